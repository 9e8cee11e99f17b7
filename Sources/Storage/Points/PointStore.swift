import Foundation
import Postgres
package import Runs

/// One metric of one run, by the database's short key.
struct SeriesKey: Hashable, Sendable {
    let runID: UUID
    let metricIndex: Int32
}

/// Reads points. Every read decodes the segments it touches and drops points sent twice, so that a
/// resent batch changes no answer.
package struct PointStore: Sendable {
    let database: Database

    init(database: Database) { self.database = database }

    /// A whole series in series order (step, time, value), each point once; empty when the run has
    /// no such metric.
    package func series(_ runID: RunID, metric: String) async throws(StorageError) -> PointColumns {
        try await database.session { (session) async throws(StorageError) in
            try await load([runID], [metric], session).first?.points ?? PointColumns()
        }
    }

    /// Series cut into at most `count` buckets of x each, for drawing. Series without points in the
    /// range are left out.
    package func buckets(
        runIDs: [RunID],
        metrics: [String],
        axis: SeriesAxis,
        count: Int,
        from: Double? = nil,
        to: Double? = nil
    ) async throws(StorageError) -> [SeriesBuckets] {
        let count = min(max(count, 1), Limits.seriesBucketCount)
        return try await database.session { (session) async throws(StorageError) in
            try await load(runIDs, metrics, session).compactMap { series in
                let x = series.x(on: axis)
                let buckets = Downsampling.buckets(
                    x: x,
                    values: series.points.values,
                    count: count,
                    from: from,
                    to: to
                )
                guard !buckets.x.isEmpty else { return nil }
                return SeriesBuckets(
                    runID: RunID(series.runID),
                    metric: series.name,
                    buckets: buckets
                )
            }
        }
    }

    /// The metrics of a project's runs that are not deleted, with how many runs have each.
    package func metricNames(
        projectID: ProjectID
    ) async throws(StorageError) -> [MetricOverview] {
        try await database.session { (session) async throws(StorageError) in
            try await session.rows(
                """
                SELECT m.name, count(*), sum(m.point_count)::bigint
                FROM metric m JOIN run r ON r.run_id = m.run_id
                WHERE r.project_id = \(projectID.uuid) AND r.deleted_at IS NULL
                GROUP BY m.name ORDER BY m.name
                """
            ) { (row) throws(PostgresError) in
                MetricOverview(
                    name: try row.value(0),
                    runCount: try row.value(1),
                    pointCount: try row.value(2)
                )
            }
        }
    }
}
