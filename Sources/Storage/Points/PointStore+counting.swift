import Foundation
import Postgres
import Runs

extension PointStore {
    /// Counts points themselves where the stored counts may hold points twice, and stores what was
    /// found unless more came meanwhile. Returns the counts by series.
    func recount(
        _ runIDs: [RunID],
        _ session: Session
    ) async throws(StorageError) -> [SeriesKey: PointCounts] {
        guard !runIDs.isEmpty else { return [:] }
        let doubtful = try await session.rows(
            """
            SELECT run_id, metric_index, point_count FROM metric
            WHERE run_id = ANY(\(runIDs.map(\.uuid))) AND NOT is_counted
            ORDER BY run_id, metric_index
            """
        ) { (row) throws(PostgresError) -> (SeriesKey, Int64) in
            let key = SeriesKey(runID: try row.value(0), metricIndex: try row.value(1))
            return (key, try row.value(2))
        }
        guard !doubtful.isEmpty else { return [:] }
        let counts = try await count(doubtful.map(\.0), session)
        for (key, was) in doubtful {
            guard let count = counts[key] else { continue }
            // One row a statement: a reader then never holds a row that a writer waits for while it
            // waits itself.
            try await session.execute(
                """
                UPDATE metric SET point_count = \(count.points),
                    not_finite_count = \(count.notFinite), is_counted = true
                WHERE run_id = \(key.runID) AND metric_index = \(key.metricIndex)
                    AND point_count = \(was)
                """
            )
        }
        return counts
    }

    /// Points of each series, each once. Chunks count as they say; only those among whose steps a
    /// segment lies are decoded together with it.
    private func count(
        _ keys: [SeriesKey],
        _ session: Session
    ) async throws(StorageError) -> [SeriesKey: PointCounts] {
        let runIDs = Array(Set(keys.map(\.runID)))
        let rows = try await session.rows(
            """
            SELECT \(SegmentRow.columns), s.not_finite_count, true
            FROM segment s \(SeriesKey.join("s", keys)) WHERE s.run_id = ANY(\(runIDs))
            UNION ALL
            SELECT c.run_id, c.metric_index, c.point_count,
                CASE WHEN o.overlaps THEN c.step_bytes END,
                CASE WHEN o.overlaps THEN c.time_bytes END,
                CASE WHEN o.overlaps THEN c.value_bytes END, c.not_finite_count, o.overlaps
            FROM chunk c \(SeriesKey.join("c", keys)) CROSS JOIN LATERAL (
                SELECT EXISTS (
                    SELECT FROM segment s
                    WHERE s.run_id = c.run_id AND s.metric_index = c.metric_index
                        AND s.first_step <= c.last_step AND s.last_step >= c.first_step
                ) AS overlaps
            ) o WHERE c.run_id = ANY(\(runIDs))
            """,
            CountedRow.init
        )
        var counts = keys.reduce(into: [:]) { $0[$1] = PointCounts(points: 0, notFinite: 0) }
        var decoded: [SeriesKey: PointColumns] = [:]
        for row in rows {
            if let points = row.points {
                decoded[row.key, default: PointColumns()].append(contentsOf: points)
            } else {
                counts[row.key]?.add(row.counts)
            }
        }
        for (key, points) in decoded {
            let distinct = points.sortedAndDistinct()
            let notFinite = Int64(distinct.values.count { !$0.isFinite })
            counts[key]?.add(PointCounts(points: Int64(distinct.count), notFinite: notFinite))
        }
        return counts
    }
}

struct PointCounts: Sendable, Hashable {
    private(set) var points: Int64
    private(set) var notFinite: Int64

    mutating func add(_ other: PointCounts) {
        points += other.points
        notFinite += other.notFinite
    }
}

private struct CountedRow: Sendable {
    let key: SeriesKey
    let counts: PointCounts
    let points: PointColumns?

    init(_ row: Row) throws(PostgresError) {
        key = SeriesKey(runID: try row.value(0), metricIndex: try row.value(1))
        counts = PointCounts(points: try row.value(2), notFinite: try row.value(6))
        points = try row.value(7) ? row.points(count: try row.value(2), from: 3) : nil
    }
}
