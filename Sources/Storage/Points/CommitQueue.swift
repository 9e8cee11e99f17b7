package import Foundation
package import Runs

/// What waits for the next commit, within bounds. Pure: it decides, `PointWriter` acts.
///
/// 1. Every entry stands in a lane, which is its project. A commit takes from the lanes in turn,
///    within a lane in the order of arrival, as much as the bounds of one commit allow.
/// 2. While a commit is in flight, nothing else is taken.
/// 3. Beyond the bounds new entries are turned away, never old ones dropped. A lane may fill as
///    much as is still free: one that floods stops at half of the bounds, and others get in.
package struct CommitQueue<Ticket: Sendable>: Sendable {
    package struct Entry: Sendable {
        package let ticket: Ticket
        package let lane: UUID
        package let write: PendingWrite
        package let byteCount: Int

        package init(ticket: Ticket, lane: UUID, write: PendingWrite, byteCount: Int) {
            self.ticket = ticket
            self.lane = lane
            self.write = write
            self.byteCount = byteCount
        }
    }

    private struct Lane: Sendable {
        /// In order of arrival; nil once taken.
        var entries: [Entry?] = []
        /// Place of the first entry that was not taken.
        var head = 0
        var byteCount = 0

        var count: Int { entries.count - head }
        var next: Entry? { head < entries.count ? entries[head] : nil }

        mutating func removeNext() {
            byteCount -= next?.byteCount ?? 0
            entries[head] = nil
            head += 1
            guard head > 64, head * 2 > entries.count else { return }
            entries.removeFirst(head)
            head = 0
        }
    }

    private let countLimit: Int
    private let byteLimit: Int
    private let commitByteLimit: Int
    private var lanes: [UUID: Lane] = [:]
    /// Lanes that hold something, the one whose turn it is first.
    private var turns: [UUID] = []
    package private(set) var count = 0
    package private(set) var byteCount = 0
    package private(set) var isCommitting = false

    package init(countLimit: Int, byteLimit: Int, commitByteLimit: Int) {
        self.countLimit = countLimit
        self.byteLimit = byteLimit
        self.commitByteLimit = commitByteLimit
    }

    package var isEmpty: Bool { count == 0 }

    /// False when too much waits already, in all or in this lane. An entry larger than the bound of
    /// bytes is let in when nothing else waits.
    package func hasRoom(for byteCount: Int, lane: UUID) -> Bool {
        let own = lanes[lane]
        return (own?.count ?? 0) < countLimit - count
            && (isEmpty || (own?.byteCount ?? 0) + byteCount <= byteLimit - self.byteCount)
    }

    package mutating func add(_ entry: Entry) {
        precondition(hasRoom(for: entry.byteCount, lane: entry.lane), "ask hasRoom first")
        if lanes[entry.lane] == nil { turns.append(entry.lane) }
        lanes[entry.lane, default: Lane()].entries.append(entry)
        lanes[entry.lane]?.byteCount += entry.byteCount
        count += 1
        byteCount += entry.byteCount
    }

    /// Begins a commit and returns what goes into it; empty when nothing waits.
    package mutating func beginCommit() -> [Entry] {
        precondition(!isCommitting, "one commit at a time")
        var taken: [Entry] = []
        var bytes = 0
        while let id = turns.first, let next = lanes[id]?.next {
            if !taken.isEmpty, bytes + next.byteCount > commitByteLimit { break }
            taken.append(next)
            bytes += next.byteCount
            lanes[id]?.removeNext()
            turns.removeFirst()
            if lanes[id]?.next == nil {
                lanes[id] = nil
            } else {
                turns.append(id)
            }
        }
        isCommitting = !taken.isEmpty
        count -= taken.count
        byteCount -= bytes
        return taken
    }

    package mutating func endCommit() {
        isCommitting = false
    }
}

/// What one request wants stored, whole or not at all.
package struct PendingWrite: Sendable {
    package var batches: [RunBatch]
    /// Names the request, so that it is stored once however often it is sent.
    package var key: String?
    /// Time of arrival, in microseconds since 1970.
    package var now: Int64

    package init(batches: [RunBatch], key: String? = nil, now: Int64) {
        self.batches = batches
        self.key = key
        self.now = now
    }

    /// Whether it holds points of one run and nothing else.
    var isPlain: Bool {
        key == nil && batches.count == 1 && batches[0].params.isEmpty && batches[0].tags.isEmpty
    }

    package var pointCount: Int {
        batches.reduce(0) { $0 + $1.series.values.reduce(0) { $0 + $1.count } }
    }

    /// About how many bytes it holds in memory.
    package var estimatedByteCount: Int {
        batches.reduce(128 + (key?.utf8.count ?? 0)) { $0 + $1.estimatedByteCount }
    }
}

extension RunBatch {
    /// About how many bytes the batch holds in memory.
    var estimatedByteCount: Int {
        let points = series.reduce(0) { $0 + 24 * $1.value.count + $1.key.utf8.count + 64 }
        let texts = params.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count + 64 }
        let tags = tags.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count + 64 }
        return points + texts + tags + 64
    }
}
