import Foundation
import Postgres

/// Puts right the counts of series that are merged whole: chunks hold every point once, so their
/// counts are exact where those of `metric` may have counted a point sent twice.
enum MergedCounts {
    static func store(_ keys: [SeriesKey], _ session: Session) async throws(StorageError) {
        let doubtful = try await session.rows(
            """
            SELECT m.run_id, m.metric_index
            FROM unnest(\(keys.map(\.runID)), \(keys.map(\.metricIndex)))
                AS k (run_id, metric_index)
            JOIN metric m ON m.run_id = k.run_id AND m.metric_index = k.metric_index
            WHERE NOT m.is_counted AND NOT EXISTS (SELECT FROM segment s
                WHERE s.run_id = k.run_id AND s.metric_index = k.metric_index)
            """
        ) { (row) throws(PostgresError) in
            SeriesKey(runID: try row.value(0), metricIndex: try row.value(1))
        }
        guard !doubtful.isEmpty else { return }
        let runIDs = Array(Set(doubtful.map(\.runID)))
        let indices = doubtful.map(\.metricIndex)
        // Locks as writers take them: the runs' activity first, then series by run and name.
        // From then on no points come to these runs until our end.
        try await session.execute(
            """
            SELECT FROM run_activity WHERE run_id = ANY(\(runIDs)) ORDER BY run_id FOR UPDATE
            """
        )
        try await session.execute(
            """
            SELECT FROM metric WHERE run_id = ANY(\(runIDs)) AND metric_index = ANY(\(indices))
            ORDER BY run_id, name FOR UPDATE
            """
        )
        try await session.execute(
            """
            UPDATE metric m SET point_count = c.points, not_finite_count = c.not_finite,
                is_counted = true
            FROM unnest(\(doubtful.map(\.runID)), \(indices)) AS k (run_id, metric_index)
            CROSS JOIN LATERAL (
                SELECT sum(point_count) AS points, sum(not_finite_count) AS not_finite FROM chunk
                WHERE run_id = k.run_id AND metric_index = k.metric_index
            ) c
            WHERE m.run_id = k.run_id AND m.metric_index = k.metric_index
                AND NOT EXISTS (SELECT FROM segment s
                    WHERE s.run_id = k.run_id AND s.metric_index = k.metric_index)
            """
        )
        try await session.execute(
            "UPDATE run_activity SET search_block_id = NULL WHERE run_id = ANY(\(runIDs))"
        )
    }
}
