import Postgres
import Testing

@Suite struct LeaseQueueTests {
    private typealias Queue = LeaseQueue<String, Int>

    private func name(_ decision: Queue.Decision) -> String {
        switch decision {
        case .lend(let item): item
        case .open: "open"
        case .wait: "wait"
        case .refuse: "refuse"
        }
    }

    @Test func `opens up to its capacity, then lets wait, then refuses`() {
        var queue = Queue(capacity: 2, waitingLimit: 1)
        var answers: [String] = []
        for ticket in 1...4 { answers.append(name(queue.request(ticket))) }
        #expect(answers == ["open", "open", "wait", "refuse"])
        #expect(queue.giveBack("a") == 3)
        #expect(queue.giveBack("b") == nil)
        #expect(name(queue.request(5)) == "b")
    }

    @Test func `a lost connection lets the first waiter open another`() {
        var queue = Queue(capacity: 1, waitingLimit: 5)
        _ = queue.request(1)
        _ = queue.request(2)
        #expect(queue.discard() == 2)
        #expect(queue.openCount == 1)
        #expect(queue.discard() == nil)
        #expect(queue.openCount == 0)
    }

    @Test func `a wait that ended takes no connection`() {
        var queue = Queue(capacity: 1, waitingLimit: 5)
        _ = queue.request(1)
        _ = queue.request(2)
        let cancelled = [queue.cancel(2), queue.cancel(2)]
        #expect(cancelled == [true, false])
        #expect(queue.giveBack("a") == nil)
        #expect(queue.drainIdle() == ["a"])
        #expect(queue.openCount == 0)
    }
}
