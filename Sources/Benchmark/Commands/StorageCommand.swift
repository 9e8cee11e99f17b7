import ArgumentParser

/// How much room points take.
struct StorageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "storage",
        abstract: "Bytes a point of all tables and indexes, after merging."
    )

    @Option(help: "Points of each of the 1,000 series.")
    var points = 10_000

    func run() async throws {
        try await MeasuredServer.withIsoloss { server in
            try await Preamble.show(server.cluster)
            var table = StorageBenchmark.table
            for values in StorageBenchmark.Values.allCases {
                let benchmark = StorageBenchmark(server: server, pointsPerSeries: points)
                try await benchmark.run(values, into: &table)
            }
            table.show()
        }
    }
}
