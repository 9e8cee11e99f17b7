/// When a call is made again: never after the server may have acted on it.
///
/// Nothing reached the server (connection refused), or the server said that it did nothing and that
/// later may be better (503, 429). Anything else is final.
package struct RetryPolicy: Sendable {
    /// Calls in all, the first included.
    package var attemptCount = 4
    /// Before the second call; doubles from call to call.
    package var firstDelaySeconds = 0.25
    /// A server that asks for more patience than this is not waited for.
    package var longestDelaySeconds = 20.0

    package init() {}

    /// Seconds to wait before the next call, or nil to give up.
    /// - Parameter attempt: number of the call that failed, from 1.
    package func delay(after attempt: Int, reply: WireReply) -> Double? {
        guard attempt < attemptCount, reply.status == 503 || reply.status == 429 else { return nil }
        guard let asked = reply.headers["retry-after"].flatMap(Double.init) else {
            return backoff(attempt)
        }
        guard asked.isFinite, asked >= 0, asked <= longestDelaySeconds else { return nil }
        return asked
    }

    package func delay(after attempt: Int, error: ClientError) -> Double? {
        guard attempt < attemptCount, case .unreachable = error else { return nil }
        return backoff(attempt)
    }

    private func backoff(_ attempt: Int) -> Double {
        min(longestDelaySeconds, firstDelaySeconds * Double(1 << min(attempt - 1, 10)))
    }
}
