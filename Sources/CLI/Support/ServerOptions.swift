import ArgumentParser
import Client
import Foundation

/// Which server to talk to; the same in every command.
struct ServerOptions: ParsableArguments {
    @Option(help: "Address of the server; else ISOLOSS_SERVER, else http://127.0.0.1:7070.")
    var server: String?

    @Flag(help: "Print the server's answer as JSON.")
    var json = false

    func client() throws(Failure) -> Client { Client(address: try address(), token: token) }

    /// Asks the server and prints its answer: as it came with --json, else in words.
    /// - Parameter isSlow: says meanwhile that the server was asked.
    func answer<Value>(
        isSlow: Bool = false,
        _ call: (Client) async throws(ClientError) -> Answer<Value>,
        text: (Value) throws(Failure) -> String
    ) async throws {
        try await reporting { () throws(Failure) in
            let client = try client()
            let progress = isSlow ? ProgressLine("Asking \(client.address.shown)") : nil
            progress?.show(nil)
            defer { progress?.end() }
            let answer = try await calling { () throws(ClientError) in try await call(client) }
            progress?.end()
            if json { return Output.answer(answer.body) }
            Output.answer(try text(answer.value))
        }
    }

    /// Where the server is, by the flag, the environment or the default.
    func address() throws(Failure) -> ServerAddress {
        let named = Self.given(ProcessInfo.processInfo.environment["ISOLOSS_SERVER"])
        do {
            return try ServerAddress(server ?? named ?? "http://127.0.0.1:7070")
        } catch {
            throw .usage(error.message)
        }
    }

    /// The token comes from ISOLOSS_TOKEN only, so that it never stands in a list of processes.
    var token: String? { Self.given(ProcessInfo.processInfo.environment["ISOLOSS_TOKEN"]) }

    private static func given(_ value: String?) -> String? {
        value.flatMap { $0.isEmpty ? nil : $0 }
    }
}
