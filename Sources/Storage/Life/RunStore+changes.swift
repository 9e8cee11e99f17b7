import Postgres
package import Runs

extension RunStore {
    /// Changes what `update` names; a deleted run is `notActive`.
    @discardableResult
    package func update(
        _ id: RunID,
        _ update: RunUpdate,
        now: Int64
    ) async throws(StorageError) -> Run {
        try await database.transaction { (session) async throws(StorageError) in
            let heads = try await RunEditing.lock([id.uuid], session)
            guard let head = heads.first else { throw .notFound(kind: "run", id: id.hex) }
            guard !head.isDeleted else { throw .notActive(id) }
            try await RunEditing.apply(update, to: heads, now: now, session)
        }
        guard let run = try await find(id: id) else { throw .notFound(kind: "run", id: id.hex) }
        return run
    }

    /// `notFound` when the run has no such tag.
    package func deleteTag(
        _ id: RunID,
        key: String,
        now: Int64
    ) async throws(StorageError) {
        try await database.transaction { (session) async throws(StorageError) in
            try await RunWriting.demandActive(id, session)
            try await session.execute(
                "UPDATE run SET updated_at = \(now) WHERE run_id = \(id.uuid)"
            )
            try await RunWriting.touch([id.uuid], now: now, isSignOfLife: false, session)
            let count = try await session.execute(
                "DELETE FROM tag WHERE run_id = \(id.uuid) AND key = \(key)"
            )
            guard count == 1 else { throw .notFound(kind: "tag", id: key) }
        }
    }

    /// Marks a run as deleted; again changes nothing.
    package func delete(_ id: RunID, now: Int64) async throws(StorageError) {
        try await mark(id, "coalesce(deleted_at, \(now))", now: now)
    }

    /// Undoes `delete`; a run that is being removed for good is a `conflict`.
    package func restore(_ id: RunID, now: Int64) async throws(StorageError) {
        try await mark(id, "NULL", now: now)
    }

    private func mark(
        _ id: RunID,
        _ deletedAt: SQL,
        now: Int64
    ) async throws(StorageError) {
        try await database.transaction { (session) async throws(StorageError) in
            let heads = try await RunEditing.lock([id.uuid], session)
            guard let head = heads.first else { throw .notFound(kind: "run", id: id.hex) }
            guard !head.isPurging else { throw .purging(kind: "run", id: id.hex) }
            try await session.execute(
                """
                UPDATE run SET deleted_at = \(deletedAt), updated_at = \(now)
                WHERE run_id = \(id.uuid)
                """
            )
            try await RunWriting.touch([id.uuid], now: now, isSignOfLife: false, session)
        }
    }

    /// Notes a sign of life of a job that has nothing to log. A run that the server had ended for
    /// its silence goes on. Returns its status; a deleted run is `notActive`.
    package func heartbeat(_ id: RunID, now: Int64) async throws(StorageError) -> RunStatus {
        try await database.transaction { (session) async throws(StorageError) in
            try await RunWriting.demandActive(id, session)
            try await RunWriting.touch([id.uuid], now: now, session)
            _ = try await RunLoss.revive([id.uuid], now: now, session)
            let status = try await session.first(
                "SELECT status FROM run WHERE run_id = \(id.uuid)"
            ) { (row) throws(PostgresError) -> String in try row.value(0) }
            guard let status, let known = RunStatus(rawValue: status) else {
                throw .notFound(kind: "run", id: id.hex)
            }
            return known
        }
    }
}
