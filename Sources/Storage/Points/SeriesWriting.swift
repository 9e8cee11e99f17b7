import Foundation
import Postgres
import Runs

/// Writes series of points: one upsert for the summaries, one COPY for the segments. The point
/// writer and the importer share it.
enum SeriesWriting {
    struct Series: Sendable {
        let runID: UUID
        let name: String
        /// In series order, each point once.
        var points: PointColumns
    }

    /// All points of one run and metric together, whichever batch brought them.
    static func merged(_ batches: [RunBatch]) -> [Series] {
        var points: [RunID: [String: PointColumns]] = [:]
        for batch in batches {
            for (name, columns) in batch.series where !columns.isEmpty {
                points[batch.runID, default: [:]][name, default: PointColumns()]
                    .append(contentsOf: columns)
            }
        }
        return points.flatMap { id, series in
            series.map {
                Series(runID: id.uuid, name: $0.key, points: $0.value.sortedAndDistinct())
            }
        }
    }

    /// Runs must exist; `projects` gives the project of each.
    static func store(
        _ series: [Series],
        projects: [UUID: UUID],
        now: Int64,
        _ session: Session
    ) async throws(StorageError) {
        guard !series.isEmpty else { return }
        let indices = try await upsert(series, session)
        var rows = CopyRows(fieldCount: 16)
        for one in series {
            guard let project = projects[one.runID], let index = indices[one.runID]?[one.name]
            else {
                preconditionFailure("every series was given an index by the upsert before")
            }
            for start in stride(from: 0, to: one.points.count, by: Limits.pointsPerSegmentCount) {
                let end = min(start + Limits.pointsPerSegmentCount, one.points.count)
                let part =
                    start == 0 && end == one.points.count
                    ? one.points : one.points.selecting(start..<end)
                append(part, to: &rows, one.runID, index, project, now)
            }
            if rows.byteCount > 16 << 20 {
                try await copy(rows, session)
                rows = CopyRows(fieldCount: 16)
            }
        }
        try await copy(rows, session)
    }

    private static func copy(_ rows: CopyRows, _ session: Session) async throws(StorageError) {
        guard rows.count > 0 else { return }
        try await session.copy(
            into: "segment",
            columns: """
                run_id, metric_index, segment_id, project_id, point_count,
                not_finite_count, first_step, last_step, first_time, last_time, min_value, max_value,
                last_value, step_bytes, time_bytes, value_bytes
                """,
            rows
        )
    }

    private static func append(
        _ points: PointColumns,
        to rows: inout CopyRows,
        _ runID: UUID,
        _ metricIndex: Int32,
        _ projectID: UUID,
        _ now: Int64
    ) {
        let bytes = SegmentCodec.encode(points)
        let summary = ValueSummary(points.values)
        rows.beginRow()
        rows.append(runID)
        rows.append(metricIndex)
        rows.append(
            UUID(timeOrdered: now, random: (.random(in: 0 ... .max), .random(in: 0 ... .max)))
        )
        rows.append(projectID)
        rows.append(Int32(points.count))
        rows.append(Int32(summary.notFiniteCount))
        rows.append(points.steps.first)
        rows.append(points.steps.last)
        rows.append(points.times.min())
        rows.append(points.times.max())
        rows.append(summary.minimum)
        rows.append(summary.maximum)
        rows.append(points.values.last)
        rows.append(bytes: bytes.steps)
        rows.append(bytes: bytes.times)
        rows.append(bytes: bytes.values)
    }

    /// Returns the index of every metric by run and name. New ones count on from the greatest of
    /// their run; the caller holds the run's activity row, so nobody else counts meanwhile.
    private static func upsert(
        _ series: [Series],
        _ session: Session
    ) async throws(StorageError) -> [UUID: [String: Int32]] {
        let summaries = series.map { ValueSummary($0.points.values) }
        let rows = try await session.rows(
            """
            WITH sent AS (
                SELECT * FROM unnest(\(series.map(\.runID)), \(series.map(\.name)),
                    \(series.map { $0.points.count }), \(summaries.map(\.notFiniteCount)),
                    \(series.map { $0.points.steps.first }), \(series.map { $0.points.times.first }),
                    \(series.map { $0.points.values.first }), \(series.map { $0.points.steps.last }),
                    \(series.map { $0.points.times.last }), \(series.map { $0.points.values.last }),
                    \(summaries.map(\.minimum)), \(summaries.map(\.maximum)))
                AS s (run_id, name, points, not_finite, first_step, first_time, first_value,
                    last_step, last_time, last_value, minimum, maximum)
            ), present AS (
                SELECT m.run_id, m.name, m.last_step, m.last_time, m.last_value
                FROM metric m JOIN sent ON m.run_id = sent.run_id AND m.name = sent.name
                WHERE m.run_id = ANY(\(Array(Set(series.map(\.runID)))))
            ), top AS (
                SELECT run_id, max(metric_index) AS greatest FROM metric
                WHERE run_id = ANY(\(Array(Set(series.map(\.runID))))) GROUP BY run_id
            )
            INSERT INTO metric AS m (run_id, metric_index, name, point_count, not_finite_count,
                is_counted, last_step, last_time, last_value, minimum, maximum)
            SELECT s.run_id,
                coalesce(t.greatest, -1) + row_number() OVER (PARTITION BY s.run_id ORDER BY s.name),
                s.name, s.points, s.not_finite,
                p.run_id IS NULL OR (p.last_step, p.last_time, p.last_value <> 'NaN', p.last_value)
                    < (s.first_step, s.first_time, s.first_value <> 'NaN', s.first_value),
                s.last_step, s.last_time, s.last_value, s.minimum, s.maximum
            FROM sent s LEFT JOIN top t ON t.run_id = s.run_id
                LEFT JOIN present p ON p.run_id = s.run_id AND p.name = s.name
            ORDER BY s.run_id, s.name
            ON CONFLICT (run_id, name) DO UPDATE SET
                point_count = m.point_count + excluded.point_count,
                not_finite_count = m.not_finite_count + excluded.not_finite_count,
                is_counted = m.is_counted AND excluded.is_counted,
                minimum = least(m.minimum, excluded.minimum),
                maximum = greatest(m.maximum, excluded.maximum),
                (last_step, last_time, last_value) = (SELECT last.* FROM (VALUES
                    (m.last_step, m.last_time, m.last_value),
                    (excluded.last_step, excluded.last_time, excluded.last_value)
                ) AS last (step, time, value)
                ORDER BY step DESC, time DESC, value <> 'NaN' DESC, value DESC LIMIT 1)
            RETURNING m.run_id, m.name, m.metric_index
            """
        ) { (row) throws(PostgresError) -> (UUID, String, Int32) in
            (try row.value(0), try row.value(1), try row.value(2))
        }
        return rows.reduce(into: [:]) { $0[$1.0, default: [:]][$1.1] = $1.2 }
    }
}

/// What a column of values says of itself at a glance.
struct ValueSummary {
    /// Least and greatest finite value; nil when none is finite.
    private(set) var minimum: Double?
    private(set) var maximum: Double?
    private(set) var notFiniteCount = 0

    init(_ values: [Double]) {
        for value in values {
            guard value.isFinite else {
                notFiniteCount += 1
                continue
            }
            minimum = Swift.min(minimum ?? value, value)
            maximum = Swift.max(maximum ?? value, value)
        }
    }
}
