import Foundation
import Runs
import Storage
import TestSupport
import Testing

@Suite struct CommitQueueTests {
    private let flooding = Samples.runID(1).uuid
    private let quiet = Samples.runID(2).uuid

    private func entry(
        _ ticket: Int,
        bytes: Int = 1,
        lane: UUID? = nil
    ) -> CommitQueue<Int>.Entry {
        .init(
            ticket: ticket,
            lane: lane ?? flooding,
            write: PendingWrite(batches: [RunBatch(runID: Samples.runID())], now: 0),
            byteCount: bytes
        )
    }

    @Test func `takes batches in order up to the bytes of one commit`() {
        var queue = CommitQueue<Int>(countLimit: 10, byteLimit: 2_000, commitByteLimit: 100)
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

    @Test func `a commit takes from the projects in turn`() {
        var queue = CommitQueue<Int>(countLimit: 1_000, byteLimit: 1_000, commitByteLimit: 4)
        for ticket in 0..<200 { queue.add(entry(ticket)) }
        queue.add(entry(1_000, lane: quiet))
        queue.add(entry(1_001, lane: quiet))
        #expect(queue.beginCommit().map(\.ticket) == [0, 1_000, 1, 1_001])
        queue.endCommit()
        #expect(queue.beginCommit().map(\.ticket) == [2, 3, 4, 5])
    }

    @Test func `has no room beyond its count and bytes`() {
        var queue = CommitQueue<Int>(countLimit: 4, byteLimit: 100, commitByteLimit: 100)
        // Whatever its size, what comes alone is let in.
        #expect(queue.hasRoom(for: 1_000, lane: flooding))
        queue.add(entry(0, bytes: 40))
        #expect(!queue.hasRoom(for: 21, lane: flooding))
        #expect(queue.hasRoom(for: 20, lane: flooding))
        #expect(!queue.hasRoom(for: 61, lane: quiet))
        #expect(queue.hasRoom(for: 60, lane: quiet))
        queue.add(entry(1, bytes: 10))
        #expect(!queue.hasRoom(for: 0, lane: flooding))
        #expect(queue.hasRoom(for: 0, lane: quiet))
    }

    @Test func `a project that floods is refused while others still get in`() {
        var queue = CommitQueue<Int>(countLimit: 100, byteLimit: 10_000, commitByteLimit: 10)
        var ticket = 0
        while queue.hasRoom(for: 1, lane: flooding) {
            queue.add(entry(ticket))
            ticket += 1
        }
        #expect(queue.count == 50)
        for number in 0..<20 {
            let lane = Samples.runID(10 + UInt8(number)).uuid
            #expect(queue.hasRoom(for: 1, lane: lane))
            queue.add(entry(1_000 + number, lane: lane))
        }
        #expect(!queue.hasRoom(for: 1, lane: flooding))
        // Nothing that was let in is lost.
        var taken: [Int] = []
        while !queue.isEmpty {
            taken += queue.beginCommit().map(\.ticket)
            queue.endCommit()
        }
        #expect(taken.sorted() == Array(0..<50) + (1_000..<1_020))
        #expect(queue.byteCount == 0)
    }
}
