import ArgumentParser
import Foundation
import Hummingbird
import Logging
import Storage

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
        let runtime = try await ServerRuntime.start(configuration, logger: logger)
        let dependencies = AppDependencies(
            configuration: configuration,
            store: Store(database: runtime.database)
        )
        let application = buildApplication(dependencies, logger: logger) { channel in
            let port = channel.localAddress?.port ?? configuration.port
            say("Isoloss listens on http://\(configuration.host):\(port)/")
        }
        do {
            try await application.runService()
        } catch {
            try await runtime.stop()
            throw error
        }
        await dependencies.store.writer.drain()
        try await runtime.stop()
    }
}
