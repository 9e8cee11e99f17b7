import ArgumentParser

/// What a server takes in: rates, latencies, CPU a point, bytes a point, merging included.
struct IngestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest",
        abstract: "Points taken in: rate, latency, CPU and bytes a point, merging included."
    )

    @Option(help: "Seconds of load for each workload.")
    var seconds = 60.0

    @Option(
        help:
            "\(IngestWorkload.allCases.map(\.rawValue).joined(separator: ", ")); all when not given."
    )
    var workload: [IngestWorkload] = []

    @Option(help: "Milliseconds that every commit waits before its flush.")
    var commitDelay = 0.0

    @Flag(help: "Do not wait for the merging; its CPU and the final size are then left out.")
    var withoutMerging = false

    func run() async throws {
        let workloads = workload.isEmpty ? IngestWorkload.allCases : workload
        try await MeasuredServer.withIsoloss(commitDelayMilliseconds: commitDelay) { server in
            server.waitsForMerging = !withoutMerging
            try await Preamble.show(server.cluster)
            var table = IngestReport.table
            var failed = 0
            for workload in workloads {
                let benchmark = IngestBenchmark(server: server, seconds: seconds)
                let report = try await benchmark.run(workload)
                table.add(report.cells)
                failed += report.outcome.failureCount
            }
            table.show()
            if failed > 0 { throw LoadError.notReady("\(failed) requests failed") }
        }
    }
}
