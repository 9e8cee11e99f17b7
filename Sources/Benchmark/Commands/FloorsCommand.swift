import ArgumentParser

/// The least that parsing, HTTP and PostgreSQL cost on this machine.
struct FloorsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "floors",
        abstract: "What COPY alone, reading JSON alone and HTTP alone cost on this machine."
    )

    @Option(help: "Seconds of each load.")
    var seconds = 10.0

    @Option(help: "Milliseconds that every commit waits before its flush.")
    var commitDelay = 0.0

    func run() async throws {
        try await MeasuredServer.withIsoloss(commitDelayMilliseconds: commitDelay) { server in
            try await Preamble.show(server.cluster)
            await server.process.stop()
            var copies = CopyFloor.table
            let floor = CopyFloor(server: server)
            for (rows, points, commits) in [(40, 100, 500), (100, 1_000, 50), (1_000, 100, 50)] {
                try await floor.run(
                    rowCount: rows,
                    pointCount: points,
                    commits: commits,
                    into: &copies
                )
            }
            copies.show()
            var parsing = ParseFloor.table
            try ParseFloor.run(into: &parsing)
            parsing.show()
            let sink = try await SinkFloor.start(folder: server.cluster.folder)
            var requests = SinkFloor.table
            do {
                try await sink.run(seconds: seconds, into: &requests)
            } catch {
                await sink.process.stop()
                throw error
            }
            await sink.process.stop()
            requests.show()
        }
    }
}
