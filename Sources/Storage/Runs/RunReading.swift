import Foundation
import Postgres
import Runs

/// Statements and decoders that turn rows into runs.
enum RunReading {
    static let columns: SQL = """
        r.run_id, r.project_id, r.name, r.status, r.user_name, r.parent_id, r.start_time, r.end_time,
        r.deleted_at, greatest(r.updated_at, a.updated_at), r.group_name,
        coalesce(a.updated_at, r.updated_at), r.lost_at, r.is_purging
        """

    /// Two index look-ups for each of `k`, whatever the planner thinks of their number.
    static let lookUp: SQL = """
        CROSS JOIN LATERAL (SELECT * FROM run WHERE run_id = k.run_id LIMIT 1) r
        LEFT JOIN LATERAL (SELECT * FROM run_activity WHERE run_id = k.run_id LIMIT 1) a ON true
        """

    static func decode(_ row: Row) throws(PostgresError) -> Run {
        let status: String = try row.value(3)
        guard let known = RunStatus(rawValue: status) else {
            throw .decoding(column: "status", wanted: "a run status", found: status)
        }
        var run = Run(
            id: RunID(try row.value(0)),
            projectID: ProjectID(try row.value(1)),
            name: try row.value(2),
            status: known,
            userName: try row.value(4),
            parentID: try row.optional(5, as: UUID.self).map(RunID.init),
            groupName: try row.optional(10),
            startTime: try row.value(6),
            endTime: try row.optional(7),
            deletedAt: try row.optional(8),
            updatedAt: try row.value(9),
            heardAt: try row.value(11),
            lostAt: try row.optional(12)
        )
        run.isPurging = try row.value(13)
        return run
    }

    /// Adds params, tags and metric summaries to the heads of runs, in their order. `recounted`
    /// holds exact counts of the series whose stored counts may be too high.
    static func complete(
        _ heads: [Run],
        _ recounted: [SeriesKey: PointCounts],
        _ wanted: WantedKeys,
        _ session: Session
    ) async throws(StorageError) -> [Run] {
        let ids = heads.map(\.id.uuid)
        guard !ids.isEmpty else { return [] }
        let params = try await texts("param", ids, wanted.params("key"), session)
        let tags = try await texts("tag", ids, wanted.tags("key"), session)
        let metrics = try await summaries(ids, recounted, wanted.metrics("name"), session)
        return heads.map { head in
            var run = head
            run.params = params[head.id.uuid] ?? [:]
            run.tags = tags[head.id.uuid] ?? [:]
            run.metrics = metrics[head.id.uuid] ?? [:]
            return run
        }
    }

    private static func texts(
        _ table: SQL,
        _ ids: [UUID],
        _ condition: SQL?,
        _ session: Session
    ) async throws(StorageError) -> [UUID: [String: String]] {
        guard let condition else { return [:] }
        let rows = try await session.rows(
            """
            SELECT wanted.run_id, found.keys, found.values FROM unnest(\(ids)) AS wanted (run_id)
            CROSS JOIN LATERAL (
                SELECT array_agg(key) AS keys, array_agg(value) AS values FROM \(table)
                WHERE run_id = wanted.run_id AND \(condition)
            ) found WHERE found.keys IS NOT NULL
            """
        ) { (row) throws(PostgresError) -> (UUID, [String: String]) in
            let keys: TextArray = try row.value(1)
            let values: TextArray = try row.value(2)
            let pairs = zip(keys.values, values.values)
            return (try row.value(0), Dictionary(pairs, uniquingKeysWith: { $1 }))
        }
        return Dictionary(rows, uniquingKeysWith: { $1 })
    }

    private static func summaries(
        _ ids: [UUID],
        _ recounted: [SeriesKey: PointCounts],
        _ condition: SQL?,
        _ session: Session
    ) async throws(StorageError) -> [UUID: [String: MetricSummary]] {
        guard let condition else { return [:] }
        let rows = try await session.rows(
            """
            SELECT run_id, name, last_step, last_time, last_value, minimum, maximum, point_count,
                not_finite_count, metric_index
            FROM metric WHERE run_id = ANY(\(ids)) AND \(condition)
            """
        ) { (row) throws(PostgresError) -> (UUID, String, MetricSummary) in
            let key = SeriesKey(runID: try row.value(0), metricIndex: try row.value(9))
            let stored = PointCounts(points: try row.value(7), notFinite: try row.value(8))
            let exact = recounted[key]
            let summary = MetricSummary(
                lastStep: try row.value(2),
                lastTime: try row.value(3),
                lastValue: try row.value(4),
                minimum: try row.optional(5),
                maximum: try row.optional(6),
                pointCount: exact?.points ?? stored.points,
                notFiniteCount: exact?.notFinite ?? stored.notFinite
            )
            return (key.runID, try row.value(1), summary)
        }
        return rows.reduce(into: [:]) { $0[$1.0, default: [:]][$1.1] = $1.2 }
    }
}
