import Foundation
package import Postgres
package import Runs
import Synchronization

/// What became of a write.
package struct WriteReceipt: Sendable, Hashable {
    /// The key was known: the points are there from an earlier request, and nothing was stored now.
    package var wasStoredBefore: Bool

    package init(wasStoredBefore: Bool = false) {
        self.wasStoredBefore = wasStoredBefore
    }
}

/// What the writer did, for its measurements.
package enum WriteEvent: Sendable {
    case commit(Commit)
    /// Too much waited already.
    case refused

    package struct Commit: Sendable {
        package var pointCount = 0
        package var batchCount = 0
        package var nanoseconds: Int64
        /// What came meanwhile.
        package var waitingCount: Int
        package var waitingBytes: Int
    }
}

/// Writes batches by group commit: while one commit is in flight, arriving batches gather, and the
/// next commit takes them together. An idle server commits at once, a busy one in large groups.
///
/// 1. `write` returns only after its batch was committed.
/// 2. A write is stored whole or not at all, and never fails its neighbours.
/// 3. Sending a batch again is harmless: readers drop points they have.
///
/// Commits run on the thread of a connection of their own, one after another while anything waits,
/// so that a busy writer changes threads only to wake its callers.
package final class PointWriter: Sendable {
    package typealias Waiter = CheckedContinuation<Result<WriteReceipt, StorageError>, Never>

    fileprivate struct State {
        var queue: CommitQueue<Waiter>
        var connection: Connection?
        /// The project of runs that were written lately; for fairness only.
        var projects: [UUID: UUID] = [:]
        var isWorking = false
        var idleWaiters: [CheckedContinuation<Void, Never>] = []
        var commitCount = 0
        var observer: (@Sendable (WriteEvent) -> Void)?
    }

    private let conninfo: String
    private let watch: StatementWatch?
    private let state: Mutex<State>

    package init(
        conninfo: String,
        watch: StatementWatch? = nil,
        waitingBatchCount: Int = Limits.waitingBatchCount,
        waitingBatchBytes: Int = Limits.waitingBatchBytes
    ) {
        self.conninfo = conninfo
        self.watch = watch
        state = Mutex(
            State(
                queue: CommitQueue(
                    countLimit: waitingBatchCount,
                    byteLimit: waitingBatchBytes,
                    commitByteLimit: Limits.commitBytes
                )
            )
        )
    }

    /// Number of commits so far, for measurements.
    package var commitCount: Int { state.withLock(\.commitCount) }

    /// Stores a batch; returns after its commit.
    ///
    /// `now` is the time of arrival in microseconds since 1970. Errors: `notFound` and `notActive`
    /// of the run, `paramChanged`, `unavailable` when too much waits or the database is away.
    package func write(_ batch: RunBatch, now: Int64) async throws(StorageError) {
        _ = try await write(PendingWrite(batches: [batch], now: now))
    }

    /// Stores all batches of a request or none; returns after the commit. Errors as above.
    package func write(_ write: PendingWrite) async throws(StorageError) -> WriteReceipt {
        guard let first = write.batches.first?.runID.uuid else { return WriteReceipt() }
        let byteCount = write.estimatedByteCount
        let result = await withCheckedContinuation { (waiter: Waiter) in
            let admission = state.withLock { state -> Admission in
                let lane = state.projects[first] ?? first
                guard state.queue.hasRoom(for: byteCount, lane: lane) else {
                    return .refused(state.queue.count)
                }
                state.queue.add(
                    .init(ticket: waiter, lane: lane, write: write, byteCount: byteCount)
                )
                guard !state.isWorking else { return .waits }
                state.isWorking = true
                return .begins(state.connection)
            }
            switch admission {
            case .waits: break
            case .begins(let connection): begin(connection)
            case .refused(let count):
                state.withLock(\.observer)?(.refused)
                waiter.resume(
                    returning: .failure(.unavailable("\(count) batches wait to be stored already"))
                )
            }
        }
        return try result.get()
    }

    private enum Admission {
        case refused(Int)
        case waits
        case begins(Connection?)
    }

    /// Returns when nothing waits and nothing is being committed; for a clean end.
    package func drain() async {
        await withCheckedContinuation { waiter in
            let isIdle = state.withLock { state in
                if state.isWorking { state.idleWaiters.append(waiter) }
                return !state.isWorking
            }
            if isIdle { waiter.resume() }
        }
    }

    /// Waits for what is being written, then closes the writer's connection.
    package func close() async {
        await drain()
        let connection = state.withLock { state in
            defer { state.connection = nil }
            return state.connection
        }
        // The last reference goes here, and with it the connection.
        _ = connection
    }

    /// `observer` is told of every commit and refusal, on the thread that does it; one at a time
    /// is told.
    package func observe(_ observer: @escaping @Sendable (WriteEvent) -> Void) {
        state.withLock { $0.observer = observer }
    }

    // MARK: The work

    private func begin(_ connection: Connection?) {
        if let connection {
            connection.submit { self.work(on: $0) }
        } else {
            Task { await self.open() }
        }
    }

    /// Opens a connection and works on it. When there is none to be had, what waits is turned away,
    /// and what came meanwhile gets a try of its own.
    private func open() async {
        while true {
            do throws(PostgresError) {
                let connection = try await Connection.open(conninfo, watch: watch)
                try await connection.executeScript(Self.settings)
                return connection.submit { self.work(on: $0) }
            } catch {
                let group = next(after: nil, on: nil)
                if group.isEmpty { return }
                for entry in group {
                    entry.ticket.resume(returning: .failure(StorageError(error)))
                }
            }
        }
    }

    /// Every statement here finds its rows by key. Plans are made once and must not depend on how
    /// large the tables were at the time.
    private static let settings = """
        SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off;
        SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off
        """

    private func work(on connection: isolated Connection) {
        guard connection.isAlive else {
            state.withLock { $0.connection = nil }
            Task { await self.open() }
            return
        }
        var projects: [UUID: UUID]?
        while connection.isAlive {
            let group = next(after: projects, on: connection)
            guard !group.isEmpty else { return }
            let start = ContinuousClock.now
            let outcome = GroupCommit.store(group, connection)
            projects = outcome.projects
            report(group, outcome.outcomes, since: start)
            for (entry, result) in zip(group, outcome.outcomes) {
                entry.ticket.resume(returning: result)
            }
        }
        state.withLock { $0.connection = nil }
        Task { await self.open() }
    }

    private func report(
        _ group: [CommitQueue<Waiter>.Entry],
        _ outcomes: [GroupCommit.Outcome],
        since start: ContinuousClock.Instant
    ) {
        let (observer, count, bytes) = state.withLock {
            ($0.observer, $0.queue.count, $0.queue.byteCount)
        }
        guard let observer else { return }
        let elapsed = (ContinuousClock.now - start).components
        var commit = WriteEvent.Commit(
            nanoseconds: elapsed.seconds * 1_000_000_000 + elapsed.attoseconds / 1_000_000_000,
            waitingCount: count,
            waitingBytes: bytes
        )
        for (entry, outcome) in zip(group, outcomes) {
            guard case .success(let receipt) = outcome, !receipt.wasStoredBefore else { continue }
            commit.batchCount += entry.write.batches.count
            commit.pointCount += entry.write.pointCount
        }
        observer(.commit(commit))
    }

    /// Ends the commit before, if there was one, and takes what goes into the next; empty when
    /// nothing waits, and then the work is over.
    private func next(
        after projects: [UUID: UUID]?,
        on connection: Connection?
    ) -> [CommitQueue<Waiter>.Entry] {
        let (group, idle) = state.withLock { state in
            state.connection = connection
            if let projects {
                state.commitCount += 1
                state.remember(projects)
            }
            state.queue.endCommit()
            let group = state.queue.beginCommit()
            guard group.isEmpty else {
                return (group, [CheckedContinuation<Void, Never>]())
            }
            state.isWorking = false
            defer { state.idleWaiters = [] }
            return (group, state.idleWaiters)
        }
        for waiter in idle { waiter.resume() }
        return group
    }
}

extension PointWriter.State {
    fileprivate mutating func remember(_ found: [UUID: UUID]) {
        if projects.count + found.count > Limits.knownRunCount { projects = [:] }
        for (run, project) in found { projects[run] = project }
    }
}
