import ArgumentParser
import Foundation

/// `isoloss-benchmark`: every number that the project claims, measured again.
@main
struct Main: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "isoloss-benchmark",
        abstract: "Measures the laws, the server, and the server beside its peers.",
        subcommands: [
            StepLawCommand.self, ChinchillaCommand.self, MixturesCommand.self, CoverageCommand.self,
            ForecastCommand.self,
            IngestCommand.self,
            ReadCommand.self, SearchCommand.self, StorageCommand.self, SoakCommand.self,
            FloorsCommand.self,
            SinkCommand.self, PeersCommand.self,
        ]
    )
}
