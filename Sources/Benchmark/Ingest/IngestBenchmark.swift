/// Drives one workload against one server and measures what it cost.
struct IngestBenchmark {
    let server: MeasuredServer
    let seconds: Double

    func run(_ workload: IngestWorkload) async throws -> IngestReport {
        let calls = MLflowCalls(server: server)
        let experiment = try calls.makeExperiment(workload.rawValue)
        let perConnection = workload.runsPerConnection
        let runs = try calls.makeRuns(
            perConnection * workload.connections,
            experiment: experiment
        )
        let pool = NumberPool(seed: 1)
        let load = LoadRun(
            port: server.port,
            connections: workload.connections,
            threads: workload == .logMetric ? 1 : workload.connections,
            seconds: seconds
        )
        let bytesBefore = try await server.cluster.meter.bytes()
        let meter = server.meter
        let before = meter.read()
        let outcome = try await load.drive { connection in
            let start = connection * perConnection
            let mine = Array(runs[start..<start + perConnection])
            return Self.source(workload, mine, pool, connection)
        }
        let loaded = meter.read()
        let drainSeconds = try await server.drain()
        let drained = meter.read()
        return IngestReport(
            server: server.name,
            workload: workload,
            outcome: outcome,
            load: loaded - before,
            total: drained - before,
            drainSeconds: drainSeconds,
            bytes: try await server.cluster.meter.bytes() - bytesBefore
        )
    }

    private static func source(
        _ workload: IngestWorkload,
        _ runs: [String],
        _ pool: NumberPool,
        _ connection: Int
    ) -> any RequestSource {
        switch workload {
        case .logBatch: LogBatchSource(runs: runs, pool: pool, seed: connection)
        case .logMetric: LogMetricSource(run: runs[0], pool: pool, seed: connection)
        case .points:
            PointsSource(
                runs: runs,
                pool: pool,
                runsPerRequest: 10,
                stepsPerRequest: 1_000,
                seed: UInt64(connection)
            )
        case .pointsSpread:
            PointsSource(
                runs: runs,
                pool: pool,
                runsPerRequest: 100,
                stepsPerRequest: 100,
                seed: UInt64(connection)
            )
        }
    }
}
