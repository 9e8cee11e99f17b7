import Foundation
import Postgres
import Runs

/// Ends runs that nobody has heard of for long, and lets them go on when they speak again.
enum RunLoss {
    /// Says why a run is `killed` that its job never ended.
    static let reasonTag = "isoloss.endReason"

    /// Ends up to `limit` running runs that were last heard before `deadline` (microseconds since
    /// 1970), as of their last sign of life. Returns them.
    static func end(
        heardBefore deadline: Int64,
        reason: String,
        now: Int64,
        limit: Int,
        _ session: Session
    ) async throws(StorageError) -> [UUID] {
        let ids = try await session.rows(
            """
            WITH silent AS (
                SELECT r.run_id, a.updated_at FROM run r JOIN run_activity a USING (run_id)
                WHERE r.status = 'running' AND r.deleted_at IS NULL
                    AND a.updated_at < \(deadline) AND r.updated_at < \(deadline)
                ORDER BY r.run_id LIMIT \(limit) FOR UPDATE OF r SKIP LOCKED
            )
            UPDATE run r SET status = 'killed', lost_at = \(now), updated_at = \(now),
                end_time = greatest(silent.updated_at, r.start_time)
            FROM silent WHERE r.run_id = silent.run_id RETURNING r.run_id
            """
        ) { (row) throws(PostgresError) -> UUID in try row.value(0) }
        guard !ids.isEmpty else { return [] }
        try await RunWriting.touch(ids, now: now, isSignOfLife: false, session)
        try await RunWriting.upsertTags(ids.map { (RunID($0), [reasonTag: reason]) }, session)
        return ids
    }

    /// Lets those of the runs go on, or of all when `ids` is nil, that were heard after the server
    /// had ended them. Returns them.
    static func revive(
        _ ids: [UUID]?,
        now: Int64,
        limit: Int = 1_000,
        _ session: Session
    ) async throws(StorageError) -> [UUID] {
        let revived = try await session.rows(
            """
            WITH heard AS (
                SELECT r.run_id FROM run r JOIN run_activity a USING (run_id)
                WHERE r.lost_at IS NOT NULL AND a.updated_at > r.lost_at AND r.deleted_at IS NULL
                    AND (\(ids == nil) OR r.run_id = ANY(\(ids ?? [])))
                ORDER BY r.run_id LIMIT \(limit) FOR UPDATE OF r SKIP LOCKED
            )
            UPDATE run r SET status = 'running', lost_at = NULL, end_time = NULL,
                updated_at = \(now)
            FROM heard WHERE r.run_id = heard.run_id RETURNING r.run_id
            """
        ) { (row) throws(PostgresError) -> UUID in try row.value(0) }
        guard !revived.isEmpty else { return [] }
        try await RunWriting.touch(revived, now: now, isSignOfLife: false, session)
        try await session.execute(
            "DELETE FROM tag WHERE run_id = ANY(\(revived)) AND key = \(reasonTag)"
        )
        return revived
    }
}
