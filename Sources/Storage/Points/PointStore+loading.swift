import Foundation
import Postgres
import Runs

struct LoadedSeries: Sendable {
    let runID: UUID
    let name: String
    /// Microseconds since 1970.
    let runStart: Int64
    /// In series order, each point once.
    var points: PointColumns

    func x(on axis: SeriesAxis) -> [Double] {
        switch axis {
        case .step: points.steps.map(Double.init)
        case .time: points.times.map(Double.init)
        case .relativeTime: points.times.map { (Double($0) - Double(runStart)) / 1e6 }
        }
    }
}

struct PointCounts: Sendable, Hashable {
    let points: Int64
    let notFinite: Int64
}

/// A segment as it comes from the database.
struct SegmentRow: Sendable {
    let key: SeriesKey
    let points: PointColumns

    static let columns: SQL = """
        s.run_id, s.metric_index, s.point_count, s.step_bytes, s.time_bytes, s.value_bytes
        """

    init(_ row: Row) throws(PostgresError) {
        key = SeriesKey(runID: try row.value(0), metricIndex: try row.value(1))
        let bytes = SegmentBytes(
            steps: try row.value(3),
            times: try row.value(4),
            values: try row.value(5)
        )
        do {
            points = try SegmentCodec.decode(bytes, count: try row.value(2))
        } catch let error as SegmentError {
            throw .decoding(column: "segment", wanted: "a segment", found: error.message)
        } catch {
            throw .decoding(column: "segment", wanted: "a segment", found: "\(error)")
        }
    }
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
            SELECT m.run_id, m.metric_index, m.name, r.start_time
            FROM metric m JOIN run r ON r.run_id = m.run_id
            WHERE m.run_id = ANY(\(ids)) AND m.name = ANY(\(metrics))
            ORDER BY array_position(\(ids), m.run_id), array_position(\(metrics), m.name)
            """
        ) { (row) throws(PostgresError) -> (SeriesKey, LoadedSeries) in
            let key = SeriesKey(runID: try row.value(0), metricIndex: try row.value(1))
            let series = LoadedSeries(
                runID: key.runID,
                name: try row.value(2),
                runStart: try row.value(3),
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

    /// All stored points of series, in no order, those sent twice included.
    private func decode(
        _ keys: [SeriesKey],
        _ session: Session
    ) async throws(StorageError) -> [SeriesKey: PointColumns] {
        guard !keys.isEmpty else { return [:] }
        let segments = try await session.rows(
            """
            SELECT \(SegmentRow.columns)
            FROM segment s JOIN unnest(\(keys.map(\.runID)), \(keys.map(\.metricIndex)))
                AS k (run_id, metric_index)
                ON s.run_id = k.run_id AND s.metric_index = k.metric_index
            WHERE s.run_id = ANY(\(Array(Set(keys.map(\.runID)))))
            ORDER BY s.run_id, s.metric_index, s.segment_id
            """,
            SegmentRow.init
        )
        return segments.reduce(into: [:]) {
            $0[$1.key, default: PointColumns()].append(contentsOf: $1.points)
        }
    }

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
        let points = try await decode(doubtful.map(\.0), session)
        var counts: [SeriesKey: PointCounts] = [:]
        for (key, _) in doubtful {
            let distinct = (points[key] ?? PointColumns()).sortedAndDistinct()
            counts[key] = PointCounts(
                points: Int64(distinct.count),
                notFinite: Int64(distinct.values.count { !$0.isFinite })
            )
        }
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

    /// Enough points for one page of history behind the cursor, and one more; in no order.
    ///
    /// Segments are taken by their first time until those taken hold a page of points that no later
    /// segment can come before.
    func window(
        _ runID: RunID,
        _ metric: String,
        limit: Int,
        after: HistoryCursor?,
        _ session: Session
    ) async throws(StorageError) -> PointColumns {
        let earliest = after?.time ?? .min
        let heads = try await session.rows(
            """
            SELECT s.segment_id, s.first_time, s.last_time, s.point_count
            FROM segment s JOIN metric m
                ON m.run_id = s.run_id AND m.metric_index = s.metric_index
            WHERE s.run_id = \(runID.uuid) AND m.run_id = \(runID.uuid) AND m.name = \(metric)
                AND s.last_time >= \(earliest)
            ORDER BY s.first_time, s.segment_id
            """
        ) { (row) throws(PostgresError) -> SegmentHead in
            SegmentHead(
                id: try row.value(0),
                firstTime: try row.value(1),
                lastTime: try row.value(2),
                pointCount: try row.value(3)
            )
        }
        var points = PointColumns()
        var taken = 0
        while taken < heads.count {
            let chunk = Self.nextChunk(heads[taken...], pointCount: limit + 1)
            points.append(contentsOf: try await fetch(runID, chunk.map(\.id), session))
            taken += chunk.count
            guard taken < heads.count else { break }
            let settled = points.historySortedAndDistinct()
            let bound = heads[taken].firstTime
            let ready = settled.times.indices.count { index in
                settled.times[index] < bound && after?.precedes(settled, index) ?? true
            }
            if ready > limit { break }
        }
        return points
    }

    private struct SegmentHead {
        let id: UUID
        let firstTime: Int64
        let lastTime: Int64
        let pointCount: Int
    }

    private static func nextChunk(
        _ heads: ArraySlice<SegmentHead>,
        pointCount: Int
    ) -> ArraySlice<SegmentHead> {
        var total = 0
        var end = heads.startIndex
        while end < heads.endIndex, total < pointCount {
            total += heads[end].pointCount
            end += 1
        }
        return heads[..<end]
    }

    private func fetch(
        _ runID: RunID,
        _ ids: [UUID],
        _ session: Session
    ) async throws(StorageError) -> PointColumns {
        let segments = try await session.rows(
            """
            SELECT \(SegmentRow.columns) FROM segment s
            WHERE s.run_id = \(runID.uuid) AND s.segment_id = ANY(\(ids))
            """,
            SegmentRow.init
        )
        return segments.reduce(into: PointColumns()) { $0.append(contentsOf: $1.points) }
    }
}
