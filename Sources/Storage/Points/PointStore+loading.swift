import Foundation
import Postgres
import Runs

struct LoadedSeries: Sendable {
    let runID: UUID
    let name: String
    /// In series order, each point once.
    var points: PointColumns
}

extension PointStore {
    /// Whole series of the runs and metrics named, in the order of the names given.
    func load(
        _ runIDs: [RunID],
        _ metrics: [String],
        _ session: Session
    ) async throws(StorageError) -> [LoadedSeries] {
        let ids = runIDs.map(\.uuid)
        let heads = try await session.rows(
            """
            SELECT m.run_id, m.metric_index, m.name FROM metric m
            WHERE m.run_id = ANY(\(ids)) AND m.name = ANY(\(metrics))
            ORDER BY array_position(\(ids), m.run_id), array_position(\(metrics), m.name)
            """
        ) { (row) throws(PostgresError) -> (SeriesKey, LoadedSeries) in
            let key = SeriesKey(runID: try row.value(0), metricIndex: try row.value(1))
            let series = LoadedSeries(
                runID: key.runID,
                name: try row.value(2),
                points: PointColumns()
            )
            return (key, series)
        }
        let points = try await decode(heads.map(\.0), session)
        return heads.map { key, series in
            var series = series
            series.points = (points[key] ?? PointColumns()).sortedAndDistinct()
            return series
        }
    }

    /// All stored points of series, those sent twice included; one statement, so that points which
    /// are being merged are seen once at least.
    func decode(
        _ keys: [SeriesKey],
        _ session: Session
    ) async throws(StorageError) -> [SeriesKey: PointColumns] {
        guard !keys.isEmpty else { return [:] }
        let runIDs = Array(Set(keys.map(\.runID)))
        let rows = try await session.rows(
            """
            SELECT \(SegmentRow.columns) FROM segment s \(SeriesKey.join("s", keys))
            WHERE s.run_id = ANY(\(runIDs))
            UNION ALL
            SELECT run_id, metric_index, point_count, step_bytes, time_bytes, value_bytes FROM (
                SELECT c.* FROM chunk c \(SeriesKey.join("c", keys))
                WHERE c.run_id = ANY(\(runIDs)) ORDER BY c.last_step, c.first_step, c.last_time
            ) c
            """,
            SegmentRow.init
        )
        return rows.reduce(into: [:]) {
            $0[$1.key, default: PointColumns()].append(contentsOf: $1.points)
        }
    }
}
