import ArgumentParser
import Foundation
import Hummingbird

/// `isoloss-server serve`: listens until SIGTERM or SIGINT.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve pages, native API and MLflow API."
    )

    @OptionGroup var options: ServerOptions

    func run() async throws {
        let configuration = try options.configuration()
        let logger = try makeLogger(level: configuration.logLevel)
        let dependencies = AppDependencies(configuration: configuration)
        let application = buildApplication(dependencies, logger: logger) { channel in
            let port = channel.localAddress?.port ?? configuration.port
            say("Isoloss listens on http://\(configuration.host):\(port)/")
        }
        try await application.runService()
    }
}
