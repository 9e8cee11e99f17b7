import ArgumentParser

/// Memory under long load; or a load of many points and how the server answers after it.
struct SoakCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "soak",
        abstract: "Memory under full ingest, and reads from a database that has become large."
    )

    @Option(help: "Minutes of load; an hour at most when a number of points is given instead.")
    var minutes: Double?

    @Option(help: "Points to load, such as 1e8.")
    var points: Double?

    @Option(help: "Points of the series that is viewed afterwards.")
    var view = 1_000_000

    func run() async throws {
        let seconds = 60 * (minutes ?? (points == nil ? 10 : 60))
        let limit = points.map { $0.isFinite ? Int(max(0, min($0, 1e12))) : .max } ?? .max
        try await MeasuredServer.withIsoloss { server in
            try await Preamble.show(server.cluster)
            let soak = SoakBenchmark(server: server, seconds: seconds, points: limit)
            let report = try await soak.run()
            var ingest = IngestReport.table
            ingest.add(report.ingest.cells)
            ingest.show()
            var memory = SoakBenchmark.Report.table
            memory.add(report.cells)
            memory.show()
            var views = ZoomBenchmark.table
            try await ZoomBenchmark.wide(server, pointsPerSeries: 10_000, into: &views)
            try await ZoomBenchmark.long(&server, points: view, into: &views)
            views.show()
            var history = HistoryBenchmark.table
            let walk = HistoryBenchmark(server: server, points: 1_000_000)
            history.add(try await walk.run(parsesWithPython: false).cells)
            history.show()
        }
    }
}
