import Postgres
package import Runs

/// Writes batches by group commit: while one commit is in flight, arriving batches gather, and the
/// next commit takes them together. An idle server commits at once, a busy one in large groups.
///
/// 1. `write` returns only after its batch was committed.
/// 2. A batch is stored whole or not at all, and never fails its neighbours.
/// 3. Sending a batch again is harmless: readers drop points they have.
///
/// There is no task of its own: the first waiter does the commit for all that wait with it, then
/// hands the work to the first of those that came meanwhile.
package actor PointWriter {
    private enum Signal: Sendable {
        case done(Result<Void, StorageError>)
        case lead
    }

    private typealias Waiter = CheckedContinuation<Signal, Never>

    private let database: Database
    private var queue: CommitQueue<Int>
    private var waiters: [Int: Waiter] = [:]
    private var nextTicket = 0
    private var idleWaiters: [CheckedContinuation<Void, Never>] = []
    /// Number of commits so far, for measurements.
    package private(set) var commitCount = 0

    init(
        database: Database,
        waitingBatchCount: Int = Limits.waitingBatchCount,
        waitingBatchBytes: Int = Limits.waitingBatchBytes
    ) {
        self.database = database
        queue = CommitQueue(
            countLimit: waitingBatchCount,
            byteLimit: waitingBatchBytes,
            commitByteLimit: 32 << 20
        )
    }

    /// Stores a batch; returns after its commit.
    ///
    /// `now` is the time of arrival in microseconds since 1970. Errors: `notFound` and `notActive`
    /// of the run, `paramChanged`, `unavailable` when too much waits or the database is away.
    package func write(_ batch: RunBatch, now: Int64) async throws(StorageError) {
        let byteCount = batch.estimatedByteCount
        guard queue.hasRoom(for: byteCount) else {
            throw .unavailable("\(queue.count) batches wait to be stored already")
        }
        nextTicket += 1
        let ticket = nextTicket
        queue.add(.init(ticket: ticket, batch: batch, now: now, byteCount: byteCount))
        if queue.isCommitting || queue.count > 1 {
            let signal = await withCheckedContinuation { waiters[ticket] = $0 }
            if case .done(let result) = signal { return try result.get() }
        }
        try await lead(ticket).get()
    }

    /// Returns when nothing waits and nothing is being committed; for a clean end.
    package func drain() async {
        guard queue.isCommitting || !queue.isEmpty else { return }
        await withCheckedContinuation { idleWaiters.append($0) }
    }

    /// Waits for what is being written, then closes the writer's connection.
    package func close() async {
        await drain()
        database.close()
    }

    /// Commits what waits, our own batch among it, and passes the lead on.
    private func lead(_ own: Int) async -> Result<Void, StorageError> {
        let group = queue.beginCommit()
        let outcomes = await GroupCommit(database: database).store(group)
        commitCount += 1
        queue.endCommit()
        var ownOutcome: Result<Void, StorageError> = .success(())
        for (entry, outcome) in zip(group, outcomes) {
            if entry.ticket == own {
                ownOutcome = outcome
            } else {
                waiters.removeValue(forKey: entry.ticket)?.resume(returning: .done(outcome))
            }
        }
        passLead()
        return ownOutcome
    }

    private func passLead() {
        if let next = queue.first {
            waiters.removeValue(forKey: next.ticket)?.resume(returning: .lead)
        } else {
            for waiter in idleWaiters { waiter.resume() }
            idleWaiters = []
        }
    }
}
