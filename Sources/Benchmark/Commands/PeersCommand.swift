import ArgumentParser
import Dispatch

/// Isoloss beside other trackers on the same machine, with the same generator.
struct PeersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "peers",
        abstract: "The same loads on Isoloss, FastTrackML and MLflow, one table of ratios."
    )

    @Option(help: "Seconds of each ingest load.")
    var seconds = 60.0

    @Option(help: "Points of the history that is read back.")
    var history = 1_000_000

    @Option(help: "Runs that are searched.")
    var runs = 2_000

    @Option(help: "Milliseconds that every commit waits before its flush.")
    var commitDelay = 0.0

    @Option(help: "Folder that the peers are installed into, from scripts/peers.")
    var environments = "/tmp/isoloss-peers"

    @Option(help: "isoloss, fasttrackml, mlflow, clients; all when not given.")
    var only: [String] = []

    func run() async throws {
        let signals = StartedPrograms.endOnSignals()
        defer { for source in signals { source.cancel() } }
        let benchmark = PeerBenchmark(
            seconds: seconds,
            historyPoints: history,
            searchRuns: runs
        )
        say("Machine: \(Machine.description)")
        var all: [PeerBenchmark.Figures] = []
        for name in ["isoloss", "fasttrackml", "mlflow"] where wants(name) {
            let server = try await start(name)
            do {
                try await Preamble.show(server.cluster)
                all.append(try await benchmark.measure(server))
            } catch {
                try await server.stop()
                throw error
            }
            try await server.stop()
        }
        PeerBenchmark.show(all)
        if wants("clients") { try await clients() }
    }

    private func wants(_ name: String) -> Bool { only.isEmpty || only.contains(name) }

    private func start(_ name: String) async throws -> MeasuredServer {
        switch name {
        case "isoloss": return try await .isoloss(commitDelayMilliseconds: commitDelay)
        case "fasttrackml":
            let environment = try await PeerEnvironment.prepare(name, in: environments)
            return try await .fastTrackML(environment, commitDelayMilliseconds: commitDelay)
        default:
            let environment = try await PeerEnvironment.prepare(name, in: environments)
            return try await .mlflow(environment, commitDelayMilliseconds: commitDelay)
        }
    }

    private func clients() async throws {
        let environment = try await PeerEnvironment.prepare("clients", in: environments)
        var table = ClientBenchmark.table
        for client in ["wandb", "trackio", "aim"] {
            let benchmark = ClientBenchmark(environment: environment, steps: 10_000)
            try await benchmark.run(client, into: &table)
        }
        table.show()
    }
}
