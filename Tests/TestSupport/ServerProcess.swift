import Foundation
import Synchronization

/// The real server, in its own process and data directory, on a port of its own.
package final class ServerProcess: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    package let port: Int
    package let dataDirectory: String
    package var url: String { "http://127.0.0.1:\(port)" }

    private let process: Process
    private let log: Log
    private let ended: AsyncStream<Int32>

    /// Starts the server and waits until it says its address. Port 0 takes any free one.
    /// - Parameter environment: set beside what the tests' own process has.
    package init(
        dataDirectory: String,
        port: Int = 0,
        environment: [String: String] = [:]
    ) async throws {
        self.dataDirectory = dataDirectory
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Products.program("isoloss-server"))
        process.arguments = [
            "serve", "--host", "127.0.0.1", "--port", "\(port)", "--data-dir", dataDirectory,
        ]
        process.currentDirectoryURL = URL(fileURLWithPath: Products.root)
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        let log = Log()
        let (addresses, found) = AsyncStream<Int>.makeStream()
        let (ended, end) = AsyncStream<Int32>.makeStream()
        process.terminationHandler = {
            end.yield($0.terminationStatus)
            end.finish()
        }
        try process.run()
        PipeReader.read(pipe) { text in
            guard let text else { return found.finish() }
            guard let port = log.append(text) else { return }
            found.yield(port)
            found.finish()
        }
        var address: Int?
        for await port in addresses { address = address ?? port }
        guard let address else {
            throw Failure(description: "the server ended without an address:\n\(log.text)")
        }
        self.process = process
        self.log = log
        self.ended = ended
        self.port = address
    }

    /// A folder the account that runs PostgreSQL can enter.
    package static func makeDataDirectory() throws -> String {
        let path = "/tmp/isoloss-e2e-\(UUID().uuidString.prefix(8).lowercased())"
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o755]
        )
        return path
    }

    /// Runs `body` with a fresh server, stops it and removes its data.
    package static func with(_ body: (ServerProcess) async throws -> Void) async throws {
        let folder = try makeDataDirectory()
        let server = try await ServerProcess(dataDirectory: folder)
        do {
            try await body(server)
        } catch {
            _ = await server.stop()
            throw error
        }
        _ = await server.stop()
        try FileManager.default.removeItem(atPath: folder)
    }

    /// Asks for a clean stop and waits for it.
    package func stop() async -> Int32 {
        process.terminate()
        return await end()
    }

    /// Ends the process as a power cut would.
    package func killHard() async {
        kill(process.processIdentifier, SIGKILL)
        _ = await end()
    }

    package var output: String { log.text }

    package var processID: Int32 { process.processIdentifier }

    private func end() async -> Int32 {
        var status: Int32 = -1
        for await value in ended { status = value }
        return status
    }

    /// What the server wrote, and the port in it.
    private final class Log: Sendable {
        private let state = Mutex("")

        var text: String { state.withLock { $0 } }

        func append(_ part: String) -> Int? {
            state.withLock { text in
                text += part
                guard let match = text.firstMatch(of: /http:\/\/127\.0\.0\.1:([1-9][0-9]*)\b/)
                else { return nil }
                // A number cut by the end of the chunk is not read yet.
                guard match.range.upperBound < text.endIndex else { return nil }
                return Int(match.1)
            }
        }
    }
}
