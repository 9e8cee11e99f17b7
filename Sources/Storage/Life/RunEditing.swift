import Foundation
import Postgres
import Runs

/// Changes of runs' own rows, tags and params, one run or many at once. Rows of `run` are locked
/// in the order of their ids before anything else, then those of `run_activity`.
enum RunEditing {
    struct Head {
        let id: UUID
        let status: RunStatus
        let isDeleted: Bool
        let isPurging: Bool
        let isLost: Bool
    }

    /// Locks the runs that exist.
    static func lock(_ ids: [UUID], _ session: Session) async throws(StorageError) -> [Head] {
        try await session.rows(
            """
            SELECT run_id, status, deleted_at IS NOT NULL, is_purging,
                lost_at IS NOT NULL
            FROM run
            WHERE run_id = ANY(\(ids)) ORDER BY run_id FOR UPDATE
            """
        ) { (row) throws(PostgresError) -> Head in
            let status: String = try row.value(1)
            return Head(
                id: try row.value(0),
                status: RunStatus(rawValue: status) ?? .running,
                isDeleted: try row.value(2),
                isPurging: try row.value(3),
                isLost: try row.value(4)
            )
        }
    }

    /// The runs must be locked and not deleted.
    static func apply(
        _ update: RunUpdate,
        to heads: [Head],
        now: Int64,
        _ session: Session
    ) async throws(StorageError) {
        let ids = heads.map(\.id)
        guard !ids.isEmpty else { return }
        var tags = update.tags
        if update.status == .running {
            let ended = heads.filter { $0.status.hasEnded }.map(\.id)
            try await begin(attemptsOf: ended, fromStep: update.fromStep, now: now, session)
        }
        if update.status != nil, heads.contains(where: \.isLost) {
            tags[RunLoss.reasonTag] = .some(nil)
        }
        try await session.execute(
            """
            UPDATE run SET status = coalesce(\(update.status?.rawValue), status),
                end_time = coalesce(\(update.endTime), end_time, \(update.endTimeIfNone)),
                lost_at = CASE WHEN \(update.status == nil) THEN lost_at END,
                name = coalesce(\(update.name), name),
                parent_id = CASE WHEN \(update.parent.isKept) THEN parent_id
                    ELSE \(update.parent.value?.uuid)::uuid END,
                group_name = CASE WHEN \(update.group.isKept) THEN group_name
                    ELSE \(update.group.value)::text END,
                updated_at = greatest(updated_at, \(now))
            WHERE run_id = ANY(\(ids))
            """
        )
        // Before params and tags, as writers of points do it, so that neither waits in a circle.
        try await RunWriting.touch(ids, now: now, isSignOfLife: update.status != nil, session)
        try await change(params: update.params, of: ids, now: now, session)
        try await change(tags: tags, of: ids, session)
    }

    /// Keeps how the runs ended and takes their end away.
    private static func begin(
        attemptsOf ids: [UUID],
        fromStep: Int64?,
        now: Int64,
        _ session: Session
    ) async throws(StorageError) {
        guard !ids.isEmpty else { return }
        try await session.execute(
            """
            INSERT INTO attempt (run_id, attempt_index, started_at, from_step, before_status,
                before_end)
            SELECT run_id, 1 + coalesce((SELECT max(a.attempt_index) FROM attempt a
                WHERE a.run_id = r.run_id), 0), \(now), \(fromStep), status, end_time
            FROM run r WHERE run_id = ANY(\(ids)) ORDER BY run_id
            """
        )
        try await session.execute("UPDATE run SET end_time = NULL WHERE run_id = ANY(\(ids))")
    }

    private static func change(
        tags: [String: String?],
        of ids: [UUID],
        _ session: Session
    ) async throws(StorageError) {
        let set = tags.compactMapValues { $0 }
        try await RunWriting.upsertTags(ids.map { (RunID($0), set) }, session)
        let removed = tags.filter { $0.value == nil }.keys.sorted()
        guard !removed.isEmpty else { return }
        try await session.execute(
            """
            WITH gone AS (
                SELECT run_id, key FROM tag WHERE run_id = ANY(\(ids)) AND key = ANY(\(removed))
                ORDER BY run_id, key FOR UPDATE
            )
            DELETE FROM tag t USING gone
            WHERE t.run_id = gone.run_id AND t.key = gone.key AND t.run_id = ANY(\(ids))
            """
        )
    }

    /// Sets params to other values and keeps what stood before.
    private static func change(
        params: [String: String],
        of ids: [UUID],
        now: Int64,
        _ session: Session
    ) async throws(StorageError) {
        guard !params.isEmpty else { return }
        let pairs = params.sorted { $0.key < $1.key }
        try await session.execute(
            """
            INSERT INTO param_change (run_id, changed_at, key, old_value)
            SELECT r.run_id, \(now), sent.key, p.value
            FROM unnest(\(ids)) AS r (run_id)
                CROSS JOIN unnest(\(pairs.map(\.key)), \(pairs.map(\.value))) AS sent (key, value)
                LEFT JOIN param p ON p.run_id = r.run_id AND p.key = sent.key
            WHERE p.value IS DISTINCT FROM sent.value
            ORDER BY r.run_id, sent.key ON CONFLICT DO NOTHING
            """
        )
        try await session.execute(
            """
            INSERT INTO param AS p (run_id, key, value)
            SELECT r.run_id, sent.key, sent.value
            FROM unnest(\(ids)) AS r (run_id)
                CROSS JOIN unnest(\(pairs.map(\.key)), \(pairs.map(\.value))) AS sent (key, value)
            ORDER BY r.run_id, sent.key
            ON CONFLICT (run_id, key) DO UPDATE SET value = excluded.value
            """
        )
    }
}

extension RunStatus {
    /// Whether the job is over.
    package var hasEnded: Bool {
        switch self {
        case .scheduled, .running: false
        case .finished, .failed, .killed: true
        }
    }
}
