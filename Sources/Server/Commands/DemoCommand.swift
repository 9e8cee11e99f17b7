import ArgumentParser
import Foundation
import Hummingbird
import Logging
import ServiceLifecycle
import Storage

/// `isoloss-server demo`: serves, with the recorded sweep loaded and fitted, from a data directory
/// of its own.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Load the recorded sample sweep, fit it, print what to set next, and serve."
    )

    @OptionGroup var options: ServerOptions

    @Flag(help: "Check that pages and API answer, then stop.")
    var once = false

    func run() async throws {
        var configuration = try options.configuration(name: "isoloss-demo")
        // A line per request would bury the answers; a level that was asked for stands.
        if options.logLevel == nil { configuration.logLevel = .warning }
        let logger = makeLogger(configuration)
        try await ServerProcess(configuration: configuration, logger: logger).run {
            dependencies,
            port in
            let session = DemoSession(dependencies: dependencies, port: port, isOnce: once)
            return [
                .init(
                    service: session,
                    successTerminationBehavior: .gracefullyShutdownGroup,
                    failureTerminationBehavior: .gracefullyShutdownGroup
                )
            ]
        }
    }
}
