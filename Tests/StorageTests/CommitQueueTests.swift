import Runs
import Storage
import TestSupport
import Testing

@Suite struct CommitQueueTests {
    private func entry(_ ticket: Int, bytes: Int) -> CommitQueue<Int>.Entry {
        .init(ticket: ticket, batch: RunBatch(runID: Samples.runID()), now: 0, byteCount: bytes)
    }

    @Test func `takes batches in order up to the bytes of one commit`() {
        var queue = CommitQueue<Int>(countLimit: 10, byteLimit: 1_000, commitByteLimit: 100)
        for (ticket, bytes) in [60, 40, 1, 500].enumerated() {
            queue.add(entry(ticket, bytes: bytes))
        }
        #expect(queue.beginCommit().map(\.ticket) == [0, 1])
        #expect(queue.isCommitting)
        queue.endCommit()
        #expect(queue.beginCommit().map(\.ticket) == [2])
        queue.endCommit()
        // One batch larger than a commit goes alone rather than never.
        #expect(queue.beginCommit().map(\.ticket) == [3])
        queue.endCommit()
        #expect(queue.beginCommit().isEmpty)
        #expect(!queue.isCommitting)
        #expect(queue.byteCount == 0)
    }

    @Test func `has no room beyond its count and bytes`() {
        var queue = CommitQueue<Int>(countLimit: 2, byteLimit: 100, commitByteLimit: 100)
        #expect(queue.hasRoom(for: 1_000))
        queue.add(entry(0, bytes: 90))
        #expect(!queue.hasRoom(for: 11))
        #expect(queue.hasRoom(for: 10))
        queue.add(entry(1, bytes: 10))
        #expect(!queue.hasRoom(for: 0))
    }
}
