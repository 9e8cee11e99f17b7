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
    let chunks = ChunkCache()

    init(database: Database) { self.database = database }

    /// A whole series in series order (step, time, value), each point once; empty when the run has
    /// no such metric.
    package func series(_ runID: RunID, metric: String) async throws(StorageError) -> PointColumns {
        try await database.session { (session) async throws(StorageError) in
            try await load([runID], [metric], session).first?.points ?? PointColumns()
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
