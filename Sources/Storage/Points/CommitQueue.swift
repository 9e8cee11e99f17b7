package import Runs

/// What waits for the next commit, within bounds. Pure: it decides, `PointWriter` acts.
///
/// 1. Batches are taken in the order they came, as many as the bounds of one commit allow.
/// 2. While a commit is in flight, nothing else is taken.
/// 3. When the bounds of waiting are reached, new batches are turned away, never old ones dropped.
package struct CommitQueue<Ticket: Sendable>: Sendable {
    package struct Entry: Sendable {
        package let ticket: Ticket
        package let batch: RunBatch
        /// Time of arrival, in microseconds since 1970.
        package let now: Int64
        package let byteCount: Int

        package init(ticket: Ticket, batch: RunBatch, now: Int64, byteCount: Int) {
            self.ticket = ticket
            self.batch = batch
            self.now = now
            self.byteCount = byteCount
        }
    }

    private let countLimit: Int
    private let byteLimit: Int
    private let commitByteLimit: Int
    private var entries: [Entry] = []
    package private(set) var byteCount = 0
    package private(set) var isCommitting = false

    package init(countLimit: Int, byteLimit: Int, commitByteLimit: Int) {
        self.countLimit = countLimit
        self.byteLimit = byteLimit
        self.commitByteLimit = commitByteLimit
    }

    package var count: Int { entries.count }
    package var isEmpty: Bool { entries.isEmpty }
    package var first: Entry? { entries.first }

    /// False when too much waits already. A batch larger than the bound of bytes is let in alone.
    package func hasRoom(for byteCount: Int) -> Bool {
        entries.count < countLimit
            && (entries.isEmpty || self.byteCount + byteCount <= byteLimit)
    }

    package mutating func add(_ entry: Entry) {
        precondition(hasRoom(for: entry.byteCount), "ask hasRoom first")
        entries.append(entry)
        byteCount += entry.byteCount
    }

    /// Begins a commit and returns what goes into it; empty when nothing waits.
    package mutating func beginCommit() -> [Entry] {
        precondition(!isCommitting, "one commit at a time")
        var taken = 0
        var bytes = 0
        for entry in entries {
            if taken > 0, bytes + entry.byteCount > commitByteLimit { break }
            taken += 1
            bytes += entry.byteCount
        }
        guard taken > 0 else { return [] }
        isCommitting = true
        defer { entries.removeFirst(taken) }
        byteCount -= bytes
        return Array(entries.prefix(taken))
    }

    package mutating func endCommit() {
        isCommitting = false
    }
}

extension RunBatch {
    /// About how many bytes the batch holds in memory.
    var estimatedByteCount: Int {
        let points = series.reduce(0) { $0 + 24 * $1.value.count + $1.key.utf8.count + 64 }
        let texts = [params, tags].joined().reduce(0) {
            $0 + $1.key.utf8.count + $1.value.utf8.count + 64
        }
        return points + texts + 64
    }
}
