import Foundation
import Postgres
import Runs

/// A series with fresh segments that are due to be merged.
struct MergeTarget: Sendable, Hashable {
    let key: SeriesKey
    let segmentCount: Int
    let pointCount: Int
    /// How many points are taken at most; the oldest segment is taken in any case.
    private(set) var limit: Int

    /// A series still being written gives whole chunks and keeps the rest for later, so that chunks
    /// are seldom written twice.
    init(key: SeriesKey, segmentCount: Int, pointCount: Int, isQuiet: Bool) {
        self.key = key
        self.segmentCount = segmentCount
        self.pointCount = pointCount
        let chunk = Limits.pointsPerChunkCount
        let whole = isQuiet || pointCount < chunk ? pointCount : pointCount / chunk * chunk
        limit = min(whole, MergeScan.seriesPointLimit)
    }

    /// The same as targets that each take what one transaction can, one after the other.
    var turns: [MergeTarget] {
        stride(from: 0, to: limit, by: Limits.pointsPerMergeCount).map { start in
            var turn = self
            turn.limit = min(limit - start, Limits.pointsPerMergeCount)
            return turn
        }
    }
}

/// How much waits to be merged.
package struct MergeBacklog: Sendable, Hashable {
    package var segmentCount: Int
    package var pointCount: Int
}

/// What is due, found at a cost in proportion to what waits, never to what is merged.
enum MergeScan {
    /// Series in one scan, and points: then others get their turn.
    private static let targetLimit = 4_096
    private static let pointLimit = 8 << 20
    /// Points of one series in one scan.
    static let seriesPointLimit = 1 << 20

    /// Segments whose id lies before `old` may be merged; a series is quiet when all of its
    /// segments lie before `quiet`. Projects take turns. Returns targets by key.
    static func targets(
        old: UUID,
        quiet: UUID,
        _ session: Session
    ) async throws(StorageError) -> [MergeTarget] {
        let due = try await session.rows(
            """
            WITH waiting AS (
                SELECT run_id, metric_index, project_id,
                    count(*) FILTER (WHERE segment_id < \(old)) AS segments,
                    coalesce(sum(point_count) FILTER (WHERE segment_id < \(old)), 0) AS points,
                    bool_and(segment_id < \(quiet)) AS is_quiet
                FROM segment GROUP BY run_id, metric_index, project_id
            ), due AS (
                SELECT *, row_number() OVER (PARTITION BY project_id ORDER BY points DESC, run_id,
                    metric_index) AS place
                FROM waiting WHERE segments > 0 AND (is_quiet
                    OR points >= \(Limits.pointsPerChunkCount)
                    OR segments >= \(Limits.mergeSegmentCount))
            )
            SELECT run_id, metric_index, segments, points, is_quiet FROM due
            ORDER BY place, run_id, metric_index LIMIT \(targetLimit)
            """
        ) { (row) throws(PostgresError) -> MergeTarget in
            MergeTarget(
                key: SeriesKey(runID: try row.value(0), metricIndex: try row.value(1)),
                segmentCount: try row.value(2),
                pointCount: try row.value(3),
                isQuiet: try row.value(4)
            )
        }
        var points = 0
        let chosen = due.prefix { target in
            defer { points += target.limit }
            return points < pointLimit
        }
        return chosen.flatMap(\.turns).sorted { $0.key < $1.key }
    }

    /// Targets by key cut into parts that one transaction can take.
    static func batches(_ targets: [MergeTarget]) -> [[MergeTarget]] {
        var batches: [[MergeTarget]] = []
        var points = 0
        var segments = 0
        for target in targets {
            points += target.limit
            segments += target.segmentCount
            if let last = batches.last, points <= Limits.pointsPerMergeCount,
                segments <= Limits.segmentsPerMergeCount, last.count < Limits.seriesPerMergeCount
            {
                batches[batches.count - 1].append(target)
            } else {
                batches.append([target])
                (points, segments) = (target.limit, target.segmentCount)
            }
        }
        return batches
    }

    static func backlog(_ session: Session) async throws(StorageError) -> MergeBacklog {
        let found = try await session.first(
            "SELECT count(*), coalesce(sum(point_count), 0)::bigint FROM segment"
        ) { (row) throws(PostgresError) in
            MergeBacklog(segmentCount: try row.value(0), pointCount: try row.value(1))
        }
        return found ?? MergeBacklog(segmentCount: 0, pointCount: 0)
    }
}

extension SeriesKey: Comparable {
    /// As PostgreSQL orders the two columns.
    static func < (left: SeriesKey, right: SeriesKey) -> Bool {
        left.runID == right.runID
            ? left.metricIndex < right.metricIndex
            : left.runID.uuidString < right.runID.uuidString
    }
}
