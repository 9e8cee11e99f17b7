import Foundation
import Postgres
import Runs

/// Writes of params and tags that several stores share. Every multi-row write is sorted by key, so
/// that writers never wait for each other in a circle.
enum RunWriting {
    /// A param that was set to another value before.
    struct ParamClash {
        let runID: RunID
        let key: String
        let old: String
    }

    /// Notes that runs changed, so that search reads them anew. Every transaction that changes
    /// anything of a run calls it. Being sorted, and first where points are written, it also makes
    /// other servers' writers to the same runs wait until our end. A sign of life comes from the
    /// job itself and moves its heartbeat on; an edit by a person does not.
    static func touch(
        _ ids: [UUID],
        now: Int64,
        isSignOfLife: Bool = true,
        _ session: Session
    ) async throws(StorageError) {
        try await session.execute(touching(ids, heardAt: isSignOfLife ? now : 0))
    }

    static func touching(_ ids: [UUID], heardAt: Int64) -> SQL {
        """
        INSERT INTO run_activity (run_id, project_id, updated_at)
        SELECT run_id, project_id, \(heardAt) FROM run WHERE run_id = ANY(\(ids))
        ORDER BY run_id
        ON CONFLICT (run_id) DO UPDATE
            SET updated_at = greatest(run_activity.updated_at, excluded.updated_at),
                search_block_id = NULL
        """
    }

    static func demandActive(_ id: RunID, _ session: Session) async throws(StorageError) {
        let deleted = try await session.first(
            "SELECT deleted_at IS NOT NULL FROM run WHERE run_id = \(id.uuid)"
        ) { (row) throws(PostgresError) -> Bool in try row.value(0) }
        guard let deleted else { throw .notFound(kind: "run", id: id.hex) }
        guard !deleted else { throw .notActive(id) }
    }

    /// Inserts params of several runs; values that stand stay. Returns those that differ from what
    /// was sent.
    @discardableResult
    static func insertParams(
        _ params: [(RunID, [String: String])],
        _ session: Session
    ) async throws(StorageError) -> [ParamClash] {
        try await insertParams(params, session.connection)
    }

    @discardableResult
    static func insertParams(
        _ params: [(RunID, [String: String])],
        _ connection: isolated Connection
    ) throws(StorageError) -> [ParamClash] {
        let rows = sorted(params)
        guard !rows.isEmpty else { return [] }
        let (ids, keys, values) = columns(rows)
        let inserted = try connection.stored(
            """
            INSERT INTO param (run_id, key, value)
            SELECT run_id, key, value FROM unnest(\(ids), \(keys), \(values))
                WITH ORDINALITY AS sent (run_id, key, value, place)
            ORDER BY run_id, key, place ON CONFLICT (run_id, key) DO NOTHING
            """
        )
        guard inserted < rows.count else { return [] }
        return try connection.found(
            """
            SELECT DISTINCT p.run_id, p.key, p.value
            FROM unnest(\(ids), \(keys), \(values)) AS sent (run_id, key, value)
            JOIN param p ON p.run_id = sent.run_id AND p.key = sent.key
            WHERE p.run_id = ANY(\(ids)) AND p.value <> sent.value
            """
        ) { (row) throws(PostgresError) in
            ParamClash(
                runID: RunID(try row.value(0)),
                key: try row.value(1),
                old: try row.value(2)
            )
        }
    }

    /// Sets tags of several runs; the last one sent under a key wins.
    static func upsertTags(
        _ tags: [(RunID, [String: String])],
        _ session: Session
    ) async throws(StorageError) {
        try await upsertTags(tags, session.connection)
    }

    static func upsertTags(
        _ tags: [(RunID, [String: String])],
        _ connection: isolated Connection
    ) throws(StorageError) {
        var merged: [RunID: [String: String]] = [:]
        for (id, pairs) in tags { merged[id, default: [:]].merge(pairs) { $1 } }
        let rows = sorted(merged.map { ($0.key, $0.value) })
        guard !rows.isEmpty else { return }
        let (ids, keys, values) = columns(rows)
        try connection.stored(
            """
            INSERT INTO tag (run_id, key, value)
            SELECT * FROM unnest(\(ids), \(keys), \(values)) AS sent (run_id, key, value)
            ORDER BY run_id, key
            ON CONFLICT (run_id, key) DO UPDATE SET value = excluded.value
            """
        )
    }

    private typealias TextRow = (id: UUID, key: String, value: String)

    private static func sorted(_ pairs: [(RunID, [String: String])]) -> [TextRow] {
        pairs.flatMap { id, texts in texts.map { (id: id.uuid, key: $0.key, value: $0.value) } }
    }

    private static func columns(_ rows: [TextRow]) -> ([UUID], [String], [String]) {
        (rows.map(\.id), rows.map(\.key), rows.map(\.value))
    }
}
