import ScalingLaws

/// Views of long series in 600 buckets: whole and cold, then zoomed at random and warm; and fifty
/// runs of ten series in one request.
struct ZoomBenchmark {
    static let table = Table(
        ["view", "points", "requests"] + Samples.columns + ["kB"]
    )

    /// Shows a series of `points` points; the server is restarted before every cold view.
    static func long(
        _ server: inout MeasuredServer,
        points: Int,
        into table: inout Table
    ) async throws {
        let calls = MLflowCalls(server: server)
        let experiment = try calls.makeExperiment("zoom")
        let run = try calls.makeRuns(1, experiment: experiment)[0]
        try await SeriesSeeder(server: server).fill(runs: [run], seriesCount: 1, points: points)
        try await views(&server, run: run, points: points, into: &table)
    }

    /// The views of one series that holds steps 0 to `points`.
    static func views(
        _ server: inout MeasuredServer,
        run: String,
        points: Int,
        into table: inout Table
    ) async throws {
        var cold = Samples()
        var warm = Samples()
        var random = SplitMix64(seed: UInt64(points))
        let path = "/api/v1/series?runs=\(run)&metrics=train%2Fmetric_0&buckets=600"
        for _ in 0..<3 {
            try await server.restart()
            var connection = try LoadConnection(port: server.port)
            _ = try connection.exchange(RequestText.get("/api/v1/health"))
            _ = try cold.time(&connection, RequestText.get(path), "series")
            for _ in 0..<20 {
                let width = Double(points) / Double.random(in: 1...1_000, using: &random)
                let from = Double.random(in: 0...(Double(points) - width), using: &random)
                let zoom = path + "&from=\(Int(from))&to=\(Int(from + width))"
                _ = try warm.time(&connection, RequestText.get(zoom), "series")
            }
        }
        for (name, samples) in [("whole, cold", cold), ("random zoom, warm", warm)] {
            let size = short(Double(samples.bytes) / 1e3)
            table.add([name, short(Double(points)), "\(samples.count)"] + samples.cells + [size])
        }
    }

    static func wide(
        _ server: MeasuredServer,
        pointsPerSeries: Int,
        into table: inout Table
    ) async throws {
        let calls = MLflowCalls(server: server)
        let experiment = try calls.makeExperiment("wide")
        let runs = try calls.makeRuns(50, experiment: experiment)
        try await SeriesSeeder(server: server)
            .fill(runs: runs, seriesCount: 10, points: pointsPerSeries)
        let names = (0..<10).map { "train%2Fmetric_\($0)" }.joined(separator: ",")
        let path =
            "/api/v1/series?runs=\(runs.joined(separator: ","))&metrics=\(names)&buckets=600"
        var connection = try LoadConnection(port: server.port)
        var samples = Samples()
        for _ in 0..<10 { _ = try samples.time(&connection, RequestText.get(path), "series") }
        table.add(
            ["50 runs × 10 metrics", short(Double(500 * pointsPerSeries)), "\(samples.count)"]
                + samples.cells + [short(Double(samples.bytes) / 1e3)]
        )
    }
}
