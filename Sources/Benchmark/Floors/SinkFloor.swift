import Foundation

/// What HTTP costs before anything is stored: the sink under the very loads of `ingest`.
struct SinkFloor {
    let port: Int
    let process: ChildProgram

    static let table = Table([
        "sink", "requests/s", "points/s", "server µs/request", "server µs/point",
        "client µs/request",
    ])

    static func start(folder: String) async throws -> SinkFloor {
        let port = try freePort()
        let process = try ChildProgram(
            [CommandLine.arguments[0], "sink", "--port", "\(port)"],
            log: folder + "/sink.log"
        )
        try await process.waitUntil("the sink did not start") {
            (try? LoadConnection(port: port)) != nil
        }
        return SinkFloor(port: port, process: process)
    }

    func run(seconds: Double, into table: inout Table) async throws {
        let pool = NumberPool(seed: 7)
        let run = String(repeating: "a", count: 32)
        try await measure("one point, nothing", 32, 1, seconds, into: &table) { connection in
            LogMetricSource(run: run, pool: pool, seed: connection, path: "/nothing")
        }
        for path in ["/nothing", "/parse"] {
            let name = "1,000 points, \(path == "/parse" ? "parsed" : "nothing")"
            try await measure(name, 4, 4, seconds, into: &table) { connection in
                LogBatchSource(runs: [run], pool: pool, path: path, seed: connection)
            }
        }
        for path in ["/nothing", "/parse"] {
            let name = "100,000 points, \(path == "/parse" ? "parsed" : "nothing")"
            try await measure(name, 4, 4, seconds, into: &table) { connection in
                PointsSource(
                    runs: [String](repeating: run, count: 10),
                    pool: pool,
                    runsPerRequest: 10,
                    stepsPerRequest: 1_000,
                    seed: UInt64(connection),
                    path: path
                )
            }
        }
    }

    private func measure(
        _ name: String,
        _ connections: Int,
        _ threads: Int,
        _ seconds: Double,
        into table: inout Table,
        _ source: @escaping @Sendable (Int) -> any RequestSource
    ) async throws {
        let tree = ProcessTree(root: process.processID)
        let before = tree.usage().seconds
        let load = LoadRun(
            port: port,
            connections: connections,
            threads: threads,
            seconds: seconds
        )
        let outcome = try await load.drive(source)
        let used = tree.usage().seconds - before
        let requests = Double(max(outcome.requests, 1))
        table.add([
            name, short(outcome.requestsPerSecond), short(outcome.pointsPerSecond),
            short(used / requests * 1e6), short(used / Double(max(outcome.points, 1)) * 1e6),
            short(outcome.clientSeconds / requests * 1e6),
        ])
    }
}
