import ArgumentParser
import Logging

/// `isoloss-server serve`: listens until SIGTERM or SIGINT.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve pages, native API and MLflow API."
    )

    @OptionGroup var options: ServerOptions

    func run() async throws {
        let configuration = try options.configuration()
        let logger = makeLogger(configuration)
        try await ServerProcess(configuration: configuration, logger: logger).run { _, _ in [] }
    }
}
