/// What is sent at once: consecutive records of points, or one other record.
package struct SpoolBlock: Sendable, Hashable {
    package var kind: SpoolRecord.Kind
    package var segment: Int
    /// Offsets in the segment's file.
    package var start: Int
    package var end: Int
    package var records: [SpoolRecord]

    package init(
        kind: SpoolRecord.Kind,
        segment: Int,
        start: Int,
        end: Int,
        records: [SpoolRecord]
    ) {
        self.kind = kind
        self.segment = segment
        self.start = start
        self.end = end
        self.records = records
    }

    package var pointCount: Int { records.reduce(0) { $0 + ($1.header.pointCount ?? 0) } }

    /// Body of the request.
    /// - Parameter run: 32 hexadecimal digits.
    package func body(run: String) -> [UInt8] {
        guard kind == .points else { return records.first?.body ?? [] }
        var body = Array("{\"runs\":[".utf8)
        for (index, record) in records.enumerated() {
            body += Array((index == 0 ? "" : ",").utf8)
            body += Array("{\"run\":\"\(run)\",".utf8)
            body += record.body.dropFirst()
        }
        return body + Array("]}".utf8)
    }
}

/// What became of a block.
package enum BlockOutcome: Sendable, Hashable {
    case accepted
    /// Nothing is known of it, or the server asks for patience; the same block is sent again.
    case later(reason: String, seconds: Double?)
    /// The server will never take it.
    case refused(reason: String)
}

/// How far a run's records were sent; stored after every step. Pure: the sender acts on it.
///
/// 1. The ends of a block are stored before it is sent, and a block whose fate is unknown is sent
///    again with the same ends and therefore the same key, so that the server takes it once.
/// 2. A refused block of several records is halved until the record at fault stands alone: the
///    server stores a block whole or not at all, so that parts may be sent under other keys.
package struct SendProgress: Sendable, Codable, Hashable {
    package enum Step: Sendable, Hashable {
        case goOn
        case wait
        /// Keep the block aside with this reason, then go on.
        case setAside(reason: String)
    }

    /// Number of the segment that is being sent; 0 before the first.
    package var segment = 0
    package var offset = 0
    /// End of the block that may have been sent.
    package var pendingEnd: Int?
    /// Records in a block while one at fault is looked for.
    package var recordLimit: Int?
    package var sentPointCount = 0
    package var failureCount = 0
    /// Microseconds since 1970.
    package var nextAttempt: Int64?
    package var lastError: String?

    package init() {}

    /// Longest pause between two attempts.
    package static let longestPauseSeconds = 30.0

    /// Takes in what became of a block; `now` in microseconds since 1970.
    package mutating func settle(
        _ block: SpoolBlock,
        _ outcome: BlockOutcome,
        now: Int64
    ) -> Step {
        switch outcome {
        case .accepted:
            sentPointCount += block.pointCount
            recordLimit = recordLimit.flatMap { $0 < 1_024 ? $0 * 2 : nil }
            pass(block)
            return .goOn
        case .later(let reason, let seconds):
            failureCount += 1
            let doubled = Double(1 << min(failureCount - 1, 10))
            let pause = min(Self.longestPauseSeconds, max(0.1, seconds ?? doubled))
            nextAttempt = now + Int64(pause * 1e6)
            lastError = reason
            return .wait
        case .refused(let reason):
            lastError = reason
            guard block.records.count > 1 else {
                pass(block)
                lastError = reason
                return .setAside(reason: reason)
            }
            recordLimit = max(1, block.records.count / 2)
            pendingEnd = nil
            return .goOn
        }
    }

    /// Whether an attempt makes sense now. A clock that was set back does not stop sending.
    package func mayTry(now: Int64) -> Bool {
        guard let nextAttempt else { return true }
        return now >= nextAttempt || nextAttempt - now > Int64(Self.longestPauseSeconds * 1e6)
    }

    private mutating func pass(_ block: SpoolBlock) {
        offset = block.end
        pendingEnd = nil
        failureCount = 0
        nextAttempt = nil
        lastError = nil
    }
}
