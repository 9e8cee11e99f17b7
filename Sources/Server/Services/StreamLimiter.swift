import Runs
import Synchronization

/// Counts open event streams, because each holds a connection and asks the database twice a second.
package final class StreamLimiter: Sendable {
    static let totalLimit = 256

    private let open = Mutex<[String: Int]>([:])

    package init() {}

    /// False when the client, or the server as a whole, has too many.
    func take(_ client: String) -> Bool {
        open.withLock { open in
            guard open[client, default: 0] < Limits.streamsPerClientCount,
                open.values.reduce(0, +) < Self.totalLimit
            else { return false }
            open[client, default: 0] += 1
            return true
        }
    }

    var openCount: Int { open.withLock { $0.values.reduce(0, +) } }

    func giveBack(_ client: String) {
        open.withLock { open in
            let left = open[client, default: 1] - 1
            open[client] = left > 0 ? left : nil
        }
    }
}
