import ArgumentParser

/// How fast points come back: a history by pages, views in buckets.
struct ReadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "read",
        abstract: "Points read back: a long history by pages, and views in 600 buckets."
    )

    @Option(help: "Points of the history that is read back.")
    var history = 1_000_000

    @Option(help: "Lengths of the series that are zoomed into; all three sizes when not given.")
    var points: [Int] = [100_000, 1_000_000, 10_000_000]

    @Option(help: "Points of each of the 500 series that are shown at once.")
    var wide = 10_000

    func run() async throws {
        try await MeasuredServer.withIsoloss { server in
            try await Preamble.show(server.cluster)
            if history > 0 {
                var table = HistoryBenchmark.table
                let benchmark = HistoryBenchmark(server: server, points: history)
                table.add(try await benchmark.run(parsesWithPython: true).cells)
                table.show()
            }
            var table = ZoomBenchmark.table
            if wide > 0 {
                try await ZoomBenchmark.wide(server, pointsPerSeries: wide, into: &table)
            }
            for count in points {
                try await ZoomBenchmark.long(&server, points: count, into: &table)
            }
            table.show()
        }
    }
}
