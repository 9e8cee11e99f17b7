import Runs
import Synchronization

/// Counts answers that take long: event streams, of which each holds a connection and asks the
/// database twice a second, and exports, of which each reads a great deal.
package final class StreamLimiter: Sendable {
    private let totalLimit: Int
    private let open = Mutex<[String: Int]>([:])

    package init(totalLimit: Int = 256) { self.totalLimit = totalLimit }

    /// nil when the client, or the server as a whole, has too many.
    func take(_ client: String) -> StreamPlace? {
        let isFree = open.withLock { open in
            guard open[client, default: 0] < Limits.streamsPerClientCount,
                open.values.reduce(0, +) < totalLimit
            else { return false }
            open[client, default: 0] += 1
            return true
        }
        return isFree ? StreamPlace { self.giveBack(client) } : nil
    }

    var openCount: Int { open.withLock { $0.values.reduce(0, +) } }

    private func giveBack(_ client: String) {
        open.withLock { open in
            let left = open[client, default: 1] - 1
            open[client] = left > 0 ? left : nil
        }
    }
}

/// One answer's place, given back once its body was written, or was dropped unwritten: a client
/// may be gone before the first byte.
final class StreamPlace: Sendable {
    private let action: @Sendable () -> Void
    private let isHeld = Atomic(true)

    fileprivate init(_ action: @escaping @Sendable () -> Void) { self.action = action }

    deinit { giveBack() }

    func giveBack() {
        if isHeld.exchange(false, ordering: .relaxed) { action() }
    }
}
