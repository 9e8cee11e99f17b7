import Foundation
import Postgres
import Runs

/// Stores a group of writes and says for each how it went. Runs on the connection's own thread from
/// beginning to end.
///
/// 1. Points alone, the hot case, go in one round trip: runs that are missing or deleted are left
///    out by the statements themselves.
/// 2. Writes with params, tags, a key or several runs share a transaction; those that break a rule
///    are left out and the others stored together.
/// 3. When the database refuses a group for another reason, each write is tried alone.
enum GroupCommit {
    typealias Entry = CommitQueue<PointWriter.Waiter>.Entry
    typealias Outcome = Result<WriteReceipt, StorageError>

    /// One outcome per entry, in order; and the projects of the runs that were found.
    static func store(
        _ entries: [Entry],
        _ connection: isolated Connection
    ) -> (outcomes: [Outcome], projects: [UUID: UUID]) {
        var outcomes = [Outcome](repeating: .success(WriteReceipt()), count: entries.count)
        var projects: [UUID: UUID] = [:]
        let places = entries.indices
        let plain = places.filter { entries[$0].write.isPlain && !entries[$0].isLarge }
        let rest = places.filter { !entries[$0].write.isPlain || entries[$0].isLarge }
        settle(plain, entries, &outcomes, &projects, connection, pipe)
        settle(rest, entries, &outcomes, &projects, connection, transact)
        return (outcomes, projects)
    }

    private typealias Attempt = (
        [Entry], isolated Connection, inout [UUID: UUID]
    ) throws(StorageError) -> [Outcome]

    private static func settle(
        _ places: [Int],
        _ entries: [Entry],
        _ outcomes: inout [Outcome],
        _ projects: inout [UUID: UUID],
        _ connection: isolated Connection,
        _ attempt: Attempt
    ) {
        guard !places.isEmpty else { return }
        do throws(StorageError) {
            let settled = try attempt(places.map { entries[$0] }, connection, &projects)
            for (place, outcome) in zip(places, settled) { outcomes[place] = outcome }
        } catch {
            var isUnavailable = false
            if case .unavailable = error { isUnavailable = true }
            if places.count == 1 || isUnavailable {
                for place in places { outcomes[place] = .failure(error) }
            } else {
                for place in places {
                    settle([place], entries, &outcomes, &projects, connection, attempt)
                }
            }
        }
    }

    // MARK: Points alone

    private static func pipe(
        _ entries: [Entry],
        _ connection: isolated Connection,
        _ projects: inout [UUID: UUID]
    ) throws(StorageError) -> [Outcome] {
        let now = entries.map(\.write.now).max() ?? 0
        let series = WrittenSeries.merged(entries.flatMap(\.write.batches))
        var ids = SegmentIDs(now: now)
        let segments = series.flatMap { NewSegment.parts(of: $0, ids: &ids) }
        let runs = runs(of: entries)
        let answers = try connection.piped(
            [RunWriting.touching(runs, heardAt: now), states(of: runs)]
                + (series.isEmpty ? [] : SeriesWriting.summarised(series))
                + (segments.isEmpty ? [] : [SeriesWriting.insert(segments)])
        )
        let states = try states(answers[1])
        for (run, state) in states { projects[run] = state.project }
        return entries.map { entry in
            refusal(entry.write, states).map { .failure($0) } ?? .success(WriteReceipt())
        }
    }

    private static func runs(of entries: [Entry]) -> [UUID] {
        Array(Set(entries.flatMap { $0.write.batches.map(\.runID.uuid) }))
    }

    private struct RunState {
        var project: UUID
        var isActive: Bool
    }

    /// The caller holds the activity rows by now, so what this reads stays true to the end.
    private static func states(of runs: [UUID]) -> SQL {
        "SELECT run_id, project_id, deleted_at IS NULL FROM run WHERE run_id = ANY(\(runs))"
    }

    private static func states(_ rows: [Row]) throws(StorageError) -> [UUID: RunState] {
        var states: [UUID: RunState] = [:]
        do throws(PostgresError) {
            for row in rows {
                let run: UUID = try row.value(0)
                states[run] = RunState(project: try row.value(1), isActive: try row.value(2))
            }
        } catch {
            throw StorageError(error)
        }
        return states
    }

    private static func refusal(
        _ write: PendingWrite,
        _ states: [UUID: RunState]
    ) -> StorageError? {
        for batch in write.batches {
            switch states[batch.runID.uuid]?.isActive {
            case true?: continue
            case false?: return .notActive(batch.runID)
            case nil: return .notFound(kind: "run", id: batch.runID.hex)
            }
        }
        return nil
    }

    // MARK: Everything else

    private static func transact(
        _ entries: [Entry],
        _ connection: isolated Connection,
        _ projects: inout [UUID: UUID]
    ) throws(StorageError) -> [Outcome] {
        var outcomes = [Outcome](repeating: .success(WriteReceipt()), count: entries.count)
        var pending = Array(entries.indices)
        // Each round settles at least one write, or is the last.
        while !pending.isEmpty {
            var receipts: [Int: WriteReceipt] = [:]
            let refused = try attempt(
                pending.map { entries[$0].write },
                connection,
                &projects,
                &receipts
            )
            if refused.isEmpty {
                for (place, receipt) in receipts { outcomes[pending[place]] = .success(receipt) }
                break
            }
            for (place, error) in refused { outcomes[pending[place]] = .failure(error) }
            pending = pending.indices.filter { refused[$0] == nil }.map { pending[$0] }
        }
        return outcomes
    }

    /// Stores all, or nothing and says which writes stand in the way, by place.
    private static func attempt(
        _ writes: [PendingWrite],
        _ connection: isolated Connection,
        _ projects: inout [UUID: UUID],
        _ receipts: inout [Int: WriteReceipt]
    ) throws(StorageError) -> [Int: StorageError] {
        try connection.stored("BEGIN")
        do throws(StorageError) {
            let refused = try write(writes, connection, &projects, &receipts)
            if refused.isEmpty {
                try connection.committed()
            } else {
                try connection.stored("ROLLBACK")
            }
            return refused
        } catch {
            // The first error is the one to tell; a connection that cannot roll back is replaced.
            do { try connection.stored("ROLLBACK") } catch {}
            throw error
        }
    }

    private static func write(
        _ writes: [PendingWrite],
        _ connection: isolated Connection,
        _ projects: inout [UUID: UUID],
        _ receipts: inout [Int: WriteReceipt]
    ) throws(StorageError) -> [Int: StorageError] {
        let now = writes.map(\.now).max() ?? 0
        let runs = Array(Set(writes.flatMap { $0.batches.map(\.runID.uuid) }))
        let answers = try connection.piped(
            [RunWriting.touching(runs, heardAt: now), states(of: runs)]
        )
        let states = try states(answers[1])
        for (run, state) in states { projects[run] = state.project }
        var refused: [Int: StorageError] = [:]
        for (place, write) in writes.enumerated() {
            if let error = refusal(write, states) { refused[place] = error }
        }
        guard refused.isEmpty else { return refused }
        let repeated = try IngestKeys.take(writes, now: now, connection)
        for place in repeated { receipts[place] = WriteReceipt(wasStoredBefore: true) }
        let fresh = writes.indices.filter { !repeated.contains($0) }
        let batches = fresh.flatMap { writes[$0].batches }
        let clashes = try RunWriting.insertParams(
            batches.filter { !$0.params.isEmpty }.map { ($0.runID, $0.params) },
            connection
        )
        guard clashes.isEmpty else { return refusals(writes, clashes) }
        try RunWriting.upsertTags(
            batches.filter { !$0.tags.isEmpty }.map { ($0.runID, $0.tags) },
            connection
        )
        try SeriesWriting.store(WrittenSeries.merged(batches), now: now, connection)
        return [:]
    }

    /// A clash refuses every write that sent something else than what stands; when the value that
    /// stands came with this very group, the write that brought it is not among them.
    private static func refusals(
        _ writes: [PendingWrite],
        _ clashes: [RunWriting.ParamClash]
    ) -> [Int: StorageError] {
        var refused: [Int: StorageError] = [:]
        for (place, write) in writes.enumerated() {
            refused[place] = write.batches.lazy.compactMap { refusal($0, clashes) }.first
        }
        return refused
    }

    private static func refusal(
        _ batch: RunBatch,
        _ clashes: [RunWriting.ParamClash]
    ) -> StorageError? {
        for clash in clashes where clash.runID == batch.runID {
            guard let sent = batch.params[clash.key], sent != clash.old else { continue }
            return .paramChanged(key: clash.key, old: clash.old, new: sent, runID: clash.runID)
        }
        return nil
    }
}

extension CommitQueue.Entry {
    /// Worth a COPY, which takes a transaction.
    fileprivate var isLarge: Bool {
        byteCount > SeriesWriting.copiedPointCount * MemoryLayout<(Int64, Int64, Double)>.size
    }
}
