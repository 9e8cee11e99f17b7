import ArgumentParser
import Client
import Foundation
import Runs

/// Where what is logged waits for the server.
struct SpoolOptions: ParsableArguments {
    @Option(help: "Folder of the spool; else ISOLOSS_SPOOL, else one in the user's state folder.")
    var spool: String?

    var folder: SpoolFolder {
        let usual = SpoolFolder.usual(
            ProcessInfo.processInfo.environment,
            home: FileManager.default.homeDirectoryForCurrentUser.path
        )
        return SpoolFolder(path: URL(filePath: spool ?? usual).path)
    }
}

/// Microseconds since 1970.
func currentMicroseconds() -> Int64 { Int64(Date().timeIntervalSince1970 * 1e6) }

/// A call to the spool within a command.
func spooling<Value>(_ work: () throws(SpoolError) -> Value) throws(Failure) -> Value {
    do {
        return try work()
    } catch {
        throw .spool(error)
    }
}

extension ServerOptions {
    /// A sender whose calls end in time and are repeated by nobody but the spool.
    func sender(callMilliseconds: Int? = nil) -> SpoolSender {
        let token = self.token
        var policy = RetryPolicy()
        policy.attemptCount = 1
        let once = policy
        return SpoolSender(callMilliseconds: callMilliseconds, now: currentMicroseconds) {
            address throws(ClientError) in
            Client(address: try ServerAddress(address), token: token, policy: once)
        }
    }
}
