import Foundation
import Postgres
package import Runs

extension PointStore {
    /// Points that became visible since the cursor, oldest first, each segment once; and the cursor
    /// for the next call. At most `limit` segments: a reader behind asks again at once.
    package func tail(
        projectID: ProjectID?,
        after cursor: SegmentCursor,
        limit: Int = 5_000
    ) async throws(StorageError) -> (segments: [TailSegment], next: SegmentCursor) {
        var next = cursor
        let found = try await database.session { (session) async throws(StorageError) in
            try await session.rows(Self.statement(projectID, cursor, limit: limit)) {
                (row) throws(PostgresError) -> (UUID, TailSegment) in
                let segment = try SegmentRow(row)
                let tail = TailSegment(
                    runID: RunID(segment.key.runID),
                    metric: try row.value(7),
                    points: segment.points
                )
                return (try row.value(6), tail)
            }
        }
        var segments: [TailSegment] = []
        for (id, segment) in found where next.note(id) { segments.append(segment) }
        next.trim()
        return (segments, next)
    }

    private static func statement(
        _ projectID: ProjectID?,
        _ cursor: SegmentCursor,
        limit: Int
    ) -> SQL {
        """
        SELECT \(SegmentRow.columns), s.segment_id, m.name
        FROM project p CROSS JOIN LATERAL (
            SELECT * FROM segment s
            WHERE s.project_id = p.project_id
                AND s.segment_id >= \(cursor.lowerBound)
                AND s.segment_id <> ALL(\(Array(cursor.seen.keys)))
            ORDER BY s.segment_id LIMIT \(limit)
        ) s JOIN metric m ON m.run_id = s.run_id AND m.metric_index = s.metric_index
        WHERE \(projectID?.uuid)::uuid IS NULL OR p.project_id = \(projectID?.uuid)
        ORDER BY s.segment_id LIMIT \(limit)
        """
    }
}
