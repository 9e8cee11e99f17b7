import ArgumentParser
import Client
import Foundation

/// Which server to talk to; the same in every command.
struct ServerOptions: ParsableArguments {
    @Option(help: "Address of the server; else ISOLOSS_SERVER, else http://127.0.0.1:7070.")
    var server: String?

    @Flag(help: "Print the server's answer as JSON.")
    var json = false

    /// The token comes from ISOLOSS_TOKEN only, so that it never stands in a list of processes.
    func client() throws(Failure) -> Client {
        let environment = ProcessInfo.processInfo.environment
        let text = server ?? Self.given(environment["ISOLOSS_SERVER"]) ?? "http://127.0.0.1:7070"
        do {
            return Client(
                address: try ServerAddress(text),
                token: Self.given(environment["ISOLOSS_TOKEN"])
            )
        } catch {
            throw .usage(error.message)
        }
    }

    private static func given(_ value: String?) -> String? {
        value.flatMap { $0.isEmpty ? nil : $0 }
    }
}
