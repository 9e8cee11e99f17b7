import Foundation
import Postgres
import Runs

/// Stores a group of batches in one transaction and says for each how it went.
struct GroupCommit: Sendable {
    typealias Entry = CommitQueue<Int>.Entry
    typealias Outcome = Result<Void, StorageError>

    let database: Database

    /// One outcome per entry, in order. Batches that break a rule are left out and the others
    /// stored together; when the database refuses the rest for another reason, each is tried alone.
    func store(_ entries: [Entry]) async -> [Outcome] {
        var outcomes = [Outcome](repeating: .success(()), count: entries.count)
        var pending = Array(entries.indices)
        // Each round settles at least one batch, or is the last.
        while !pending.isEmpty {
            do throws(StorageError) {
                let refused = try await attempt(pending.map { entries[$0] })
                if refused.isEmpty { break }
                for (place, error) in refused { outcomes[pending[place]] = .failure(error) }
                pending = pending.indices.filter { refused[$0] == nil }.map { pending[$0] }
            } catch {
                if case .unavailable = error {
                    for index in pending { outcomes[index] = .failure(error) }
                } else if pending.count == 1 {
                    outcomes[pending[0]] = .failure(error)
                } else {
                    for index in pending { outcomes[index] = await store([entries[index]])[0] }
                }
                break
            }
        }
        return outcomes
    }

    /// Stores all, or nothing and says which entries stand in the way, by place.
    private func attempt(_ entries: [Entry]) async throws(StorageError) -> [Int: StorageError] {
        do throws(Refusal) {
            try await database.withTransaction { (connection) async throws(Refusal) in
                let session = Session(connection: connection)
                let refused: [Int: StorageError]
                do throws(StorageError) {
                    refused = try await write(entries, session)
                } catch {
                    throw .failed(error)
                }
                if !refused.isEmpty { throw .entries(refused) }
            }
            return [:]
        } catch {
            switch error {
            case .entries(let refused): return refused
            case .failed(let error): throw error
            }
        }
    }

    /// Ends a transaction without storing it.
    private enum Refusal: PostgresFailure {
        case entries([Int: StorageError])
        case failed(StorageError)

        init(_ error: PostgresError) { self = .failed(StorageError(error)) }
    }

    private func write(
        _ entries: [Entry],
        _ session: Session
    ) async throws(StorageError) -> [Int: StorageError] {
        let (projects, refused) = try await findRuns(entries, session)
        guard refused.isEmpty else { return refused }
        try await touch(entries, session)
        let clashes = try await RunWriting.insertParams(
            entries.filter { !$0.batch.params.isEmpty }.map { ($0.batch.runID, $0.batch.params) },
            session
        )
        guard clashes.isEmpty else { return Self.refusals(entries, clashes) }
        try await RunWriting.upsertTags(
            entries.filter { !$0.batch.tags.isEmpty }.map { ($0.batch.runID, $0.batch.tags) },
            session
        )
        let series = SeriesWriting.merged(entries.map(\.batch))
        let now = entries.map(\.now).max() ?? 0
        try await SeriesWriting.store(series, projects: projects, now: now, session)
        return [:]
    }

    private func findRuns(
        _ entries: [Entry],
        _ session: Session
    ) async throws(StorageError) -> ([UUID: UUID], [Int: StorageError]) {
        let ids = Array(Set(entries.map(\.batch.runID.uuid)))
        let found = try await session.rows(
            "SELECT run_id, project_id, deleted_at IS NULL FROM run WHERE run_id = ANY(\(ids))"
        ) { (row) throws(PostgresError) -> (UUID, UUID, Bool) in
            (try row.value(0), try row.value(1), try row.value(2))
        }
        let active = Dictionary(uniqueKeysWithValues: found.map { ($0.0, $0.2) })
        var refused: [Int: StorageError] = [:]
        for (place, entry) in entries.enumerated() {
            switch active[entry.batch.runID.uuid] {
            case true?: continue
            case false?: refused[place] = .notActive(entry.batch.runID)
            case nil: refused[place] = .notFound(kind: "run", id: entry.batch.runID.hex)
            }
        }
        return (Dictionary(uniqueKeysWithValues: found.map { ($0.0, $0.1) }), refused)
    }

    private func touch(_ entries: [Entry], _ session: Session) async throws(StorageError) {
        let ids = Set(entries.map(\.batch.runID.uuid))
        try await RunWriting.touch(Array(ids), now: entries.map(\.now).max() ?? 0, session)
    }

    /// A clash refuses every batch that sent something else than what stands; when the value that
    /// stands came with this very group, the batch that brought it is not among them.
    private static func refusals(
        _ entries: [Entry],
        _ clashes: [RunWriting.ParamClash]
    ) -> [Int: StorageError] {
        var refused: [Int: StorageError] = [:]
        for (place, entry) in entries.enumerated() {
            for clash in clashes where clash.runID == entry.batch.runID {
                guard let sent = entry.batch.params[clash.key], sent != clash.old else { continue }
                refused[place] = .paramChanged(
                    key: clash.key,
                    old: clash.old,
                    new: sent,
                    runID: clash.runID
                )
                break
            }
        }
        return refused
    }
}
