import ArgumentParser

/// How fast runs are found.
struct SearchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Runs found by metric and param, sorted: first and last page."
    )

    @Option(help: "Runs to search.")
    var runs = 10_000

    @Option(help: "Params of each run.")
    var params = 200

    func run() async throws {
        try await MeasuredServer.withIsoloss { server in
            try await Preamble.show(server.cluster)
            var table = SearchBenchmark.table
            let benchmark = SearchBenchmark(server: server, runs: runs, paramCount: params)
            _ = try await benchmark.run(into: &table)
            table.show()
        }
    }
}
