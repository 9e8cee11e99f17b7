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
        _ session: Session
    ) async throws(StorageError) -> [Run] {
        let ids = heads.map(\.id.uuid)
        guard !ids.isEmpty else { return [] }
        let params = try await texts("SELECT run_id, key, value FROM param", ids, session)
        let tags = try await texts("SELECT run_id, key, value FROM tag", ids, session)
        let metrics = try await summaries(ids, recounted, session)
        return heads.map { head in
            var run = head
            run.params = params[head.id.uuid] ?? [:]
            run.tags = tags[head.id.uuid] ?? [:]
            run.metrics = metrics[head.id.uuid] ?? [:]
            return run
        }
    }

    private static func texts(
        _ selection: SQL,
        _ ids: [UUID],
        _ session: Session
    ) async throws(StorageError) -> [UUID: [String: String]] {
        let rows = try await session.rows("\(selection) WHERE run_id = ANY(\(ids))") {
            (row) throws(PostgresError) -> (UUID, String, String) in
            (try row.value(0), try row.value(1), try row.value(2))
        }
        return rows.reduce(into: [:]) { $0[$1.0, default: [:]][$1.1] = $1.2 }
    }

    private static func summaries(
        _ ids: [UUID],
        _ recounted: [SeriesKey: PointCounts],
        _ session: Session
    ) async throws(StorageError) -> [UUID: [String: MetricSummary]] {
        let rows = try await session.rows(
            """
            SELECT run_id, name, last_step, last_time, last_value, minimum, maximum, point_count,
                not_finite_count, metric_index
            FROM metric WHERE run_id = ANY(\(ids))
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

    /// The one statement put together from parts: fixed fragments and bound values. Sort keys are
    /// (rank, number, text, run_id); rank 1 and 2, text and missing, come last in both directions.
    static func page(_ query: RunQuery, limit: Int) -> SQL {
        let key = sortKey(query.order)
        let direction: SQL = query.order.isAscending ? "ASC" : "DESC"
        return """
            SELECT * FROM (
                SELECT \(columns), \(key.rank)::bigint AS sort_rank, \(key.number) AS sort_number,
                    \(key.text) COLLATE "C" AS sort_text
                FROM run r LEFT JOIN run_activity a USING (run_id) \(key.join)
                WHERE \(scope(query))
            ) listed
            WHERE \(continuation(query))
            ORDER BY sort_rank, sort_number \(direction), sort_text \(direction), run_id
            LIMIT \(limit)
            """
    }

    private static func scope(_ query: RunQuery) -> SQL {
        let projects: SQL =
            query.projectIDs.isEmpty
            ? "true" : "r.project_id = ANY(\(query.projectIDs.map(\.uuid)))"
        switch query.lifecycle {
        case .active: return "\(projects) AND r.deleted_at IS NULL"
        case .deleted: return "\(projects) AND r.deleted_at IS NOT NULL"
        case .all: return projects
        }
    }

    private static func continuation(_ query: RunQuery) -> SQL {
        guard let after = query.after else { return "true" }
        let beyond: SQL = query.order.isAscending ? ">" : "<"
        return """
            (sort_rank > \(after.rank) OR sort_rank = \(after.rank) AND (
                sort_number \(beyond) \(after.number) OR sort_number = \(after.number) AND (
                    sort_text \(beyond) \(after.text) OR sort_text = \(after.text)
                        AND run_id > \(after.runID.uuid))))
            """
    }

    private struct SortKey {
        var rank: SQL = "0"
        var number: SQL = "0::float8"
        var text: SQL = "''::text"
        var join: SQL = ""
    }

    private static func sortKey(_ order: RunOrder) -> SortKey {
        switch order {
        case .startTime: return SortKey(number: "r.start_time::float8")
        case .name: return SortKey(text: "r.name")
        case .metric(let name, _):
            return SortKey(
                rank:
                    "CASE WHEN m.last_value IS NULL THEN 2 WHEN m.last_value = 'NaN' THEN 1 ELSE 0 END",
                number: "CASE WHEN m.last_value <> 'NaN' THEN m.last_value ELSE 0 END",
                join: "LEFT JOIN metric m ON m.run_id = r.run_id AND m.name = \(name)"
            )
        case .param(let name, _):
            // Only short decimal texts are cast: a longer one could overflow and fail the query.
            return SortKey(
                rank: "CASE WHEN q.value IS NULL THEN 2 WHEN q.number IS NULL THEN 1 ELSE 0 END",
                number: "coalesce(q.number, 0)",
                text: "coalesce(CASE WHEN q.number IS NULL THEN q.value END, '')",
                join: #"""
                    LEFT JOIN LATERAL (
                        SELECT p.value, CASE WHEN p.value ~
                            '^[+-]?([0-9]{1,20}\.?[0-9]{0,20}|\.[0-9]{1,20})([eE][+-]?[0-9]{1,2})?$'
                            THEN p.value::float8 END AS number
                        FROM param p WHERE p.run_id = r.run_id AND p.key = \#(name)
                    ) q ON true
                    """#
            )
        }
    }
}
