/// Decides who gets which connection; does nothing itself. First come, first served.
package struct LeaseQueue<Item, Ticket: Hashable> {
    package enum Decision {
        case lend(Item)
        /// The caller may open a new connection, already counted.
        case open
        case wait
        case refuse
    }

    package let capacity: Int
    package let waitingLimit: Int
    package private(set) var openCount = 0
    package private(set) var idle: [Item] = []
    package private(set) var waiting: [Ticket] = []

    package init(capacity: Int, waitingLimit: Int) {
        self.capacity = capacity
        self.waitingLimit = waitingLimit
    }

    package mutating func request(_ ticket: Ticket) -> Decision {
        if let item = idle.popLast() { return .lend(item) }
        if openCount < capacity {
            openCount += 1
            return .open
        }
        guard waiting.count < waitingLimit else { return .refuse }
        waiting.append(ticket)
        return .wait
    }

    /// A healthy connection came back: the ticket that gets it, or nil when it rests.
    package mutating func giveBack(_ item: Item) -> Ticket? {
        guard !waiting.isEmpty else {
            idle.append(item)
            return nil
        }
        return waiting.removeFirst()
    }

    /// A connection was lost or could not be opened: the ticket that may open one instead, already
    /// counted, or nil.
    package mutating func discard() -> Ticket? {
        guard !waiting.isEmpty else {
            openCount -= 1
            return nil
        }
        return waiting.removeFirst()
    }

    /// Forgets resting connections, which the caller closes.
    package mutating func drainIdle() -> [Item] {
        openCount -= idle.count
        defer { idle = [] }
        return idle
    }

    /// Takes back a wait; false when the ticket was served already.
    package mutating func cancel(_ ticket: Ticket) -> Bool {
        guard let index = waiting.firstIndex(of: ticket) else { return false }
        waiting.remove(at: index)
        return true
    }
}
