import Foundation

/// Loads a server for long and watches its memory.
struct SoakBenchmark {
    let server: MeasuredServer
    /// The load ends with whichever comes first.
    let seconds: Double
    let points: Int

    struct Report {
        var ingest: IngestReport
        var idleBytes: Int
        /// Resident bytes of the server, and of the database (shared pages divided), by second.
        var samples: [(second: Double, server: Int, database: Int)]
    }

    func run() async throws -> Report {
        let calls = MLflowCalls(server: server)
        let runs = try calls.makeRuns(100, experiment: try calls.makeExperiment("soak"))
        let meter = server.meter
        let before = meter.read()
        let bytesBefore = try await server.cluster.meter.bytes()
        let watch = Task { await Self.watch(meter) }
        let connections = 4
        let load = LoadRun(
            port: server.port,
            connections: connections,
            threads: connections,
            seconds: seconds
        )
        let pool = NumberPool(seed: 4)
        let limit = points / connections
        let outcome = try await load.drive { connection in
            PointsSource(
                runs: Array(runs[connection * 25..<connection * 25 + 25]),
                pool: pool,
                runsPerRequest: 10,
                stepsPerRequest: 1_000,
                limit: limit,
                seed: UInt64(connection)
            )
        }
        let loaded = meter.read()
        let drain = try await server.drain()
        watch.cancel()
        let drained = meter.read()
        let report = IngestReport(
            server: server.name,
            workload: .points,
            outcome: outcome,
            load: loaded - before,
            total: drained - before,
            drainSeconds: drain,
            bytes: try await server.cluster.meter.bytes() - bytesBefore
        )
        return Report(
            ingest: report,
            idleBytes: before.server.residentBytes,
            samples: await watch.value
        )
    }

    /// A sample every five seconds until cancelled.
    private static func watch(_ meter: Meter) async -> [(Double, Int, Int)] {
        let clock = ContinuousClock()
        let start = clock.now
        var samples: [(Double, Int, Int)] = []
        while !Task.isCancelled {
            do { try await Task.sleep(for: .seconds(5)) } catch { break }
            let reading = meter.read()
            samples.append(
                (
                    (clock.now - start) / .seconds(1), reading.server.residentBytes,
                    reading.database.proportionalBytes
                )
            )
        }
        return samples
    }
}

extension SoakBenchmark.Report {
    static let table = Table([
        "memory of the server, MB", "idle", "first quarter", "last quarter", "most",
        "PostgreSQL, most",
    ])

    var cells: [String] {
        let quarter = max(1, samples.count / 4)
        func mean(_ part: some Collection<(second: Double, server: Int, database: Int)>) -> String {
            short(Double(part.reduce(0) { $0 + $1.server }) / Double(max(part.count, 1)) / 1e6)
        }
        return [
            "under full ingest", short(Double(idleBytes) / 1e6), mean(samples.prefix(quarter)),
            mean(samples.suffix(quarter)), short(Double(samples.map(\.server).max() ?? 0) / 1e6),
            short(Double(samples.map(\.database).max() ?? 0) / 1e6),
        ]
    }
}
