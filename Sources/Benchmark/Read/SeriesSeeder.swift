import Foundation

/// Fills runs with points by the fastest way a server has.
struct SeriesSeeder {
    let server: MeasuredServer

    /// Gives each of `runs` `seriesCount` series of `points` points, and waits for the merging.
    func fill(
        runs: [String],
        seriesCount: Int,
        points: Int,
        pool: NumberPool = NumberPool(seed: 2)
    ) async throws {
        let connections = min(2, runs.count)
        let share = (runs.count + connections - 1) / connections
        let steps = max(1, min(points, 100_000 / seriesCount))
        let load = LoadRun(
            port: server.port,
            connections: connections,
            threads: connections,
            seconds: 3_600
        )
        let outcome = try await load.drive { connection in
            let mine = Array(runs.dropFirst(connection * share).prefix(share))
            return PointsSource(
                runs: mine,
                pool: pool,
                runsPerRequest: 1,
                stepsPerRequest: steps,
                seriesCount: seriesCount,
                limit: mine.count * seriesCount * points,
                seed: UInt64(connection)
            )
        }
        try Self.check(outcome)
        try await server.drain()
    }

    /// Gives a run one series of `points` points by `runs/log-batch`.
    func fillHistory(run: String, points: Int) async throws -> LoadOutcome {
        let load = LoadRun(port: server.port, connections: 1, threads: 1, seconds: 3_600)
        let outcome = try await load.drive { _ in
            LogBatchSource(
                runs: [run],
                pool: NumberPool(seed: 2),
                keyCount: 1,
                limit: points,
                seed: 1
            )
        }
        try Self.check(outcome)
        try await server.drain()
        return outcome
    }

    private static func check(_ outcome: LoadOutcome) throws(LoadError) {
        guard outcome.failureCount == 0 else {
            throw .refused(
                call: "filling",
                status: 0,
                body: outcome.failures.joined(separator: "; ")
            )
        }
    }
}
