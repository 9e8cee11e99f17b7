import ArgumentParser
import Foundation
import Logging

/// Flags that all commands share. A flag that is not given leaves the word to the environment.
struct ServerOptions: ParsableArguments {
    @Option(help: "Address to listen on. Anything but loopback needs ISOLOSS_TOKEN.")
    var host: String?

    @Option(help: "Port to listen on; 0 takes a free one and prints it.")
    var port: String?

    @Option(help: "Folder of the database cluster and the artifacts.")
    var dataDir: String?

    @Option(help: "Folder of the pages.")
    var webDir: String?

    @Option(help: "Folder of the migrations.")
    var sqlDir: String?

    @Option(help: "trace, debug, info, notice, warning, error or critical.")
    var logLevel: String?

    func configuration(name: String = "isoloss") throws -> ServerConfiguration {
        let flags = [
            "host": host, "port": port, "dataDir": dataDir, "webDir": webDir, "sqlDir": sqlDir,
            "logLevel": logLevel,
        ]
        return try ServerConfiguration(
            flags: flags.compactMapValues { $0 },
            directories: .current(name: name)
        )
    }
}

/// The program's own log: standard error, so that answers on standard output stay clean.
func makeLogger(_ configuration: ServerConfiguration) -> Logger {
    var logger = Logger(label: "isoloss") { label in
        switch configuration.logFormat {
        case .text: StreamLogHandler.standardError(label: label)
        case .json: JSONLogHandler()
        }
    }
    logger.logLevel = configuration.logLevel
    return logger
}
