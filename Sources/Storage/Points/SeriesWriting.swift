import Foundation
import Postgres
import Runs

/// Points of one run and metric on their way into the database.
struct WrittenSeries: Sendable {
    let runID: UUID
    let name: String
    /// In series order, each point once.
    var points: PointColumns

    /// All points of one run and metric together, whichever batch brought them.
    static func merged(_ batches: [RunBatch]) -> [WrittenSeries] {
        if batches.count == 1 {
            return batches[0].series.filter { !$0.value.isEmpty }.map {
                WrittenSeries(
                    runID: batches[0].runID.uuid,
                    name: $0.key,
                    points: $0.value.sortedAndDistinct()
                )
            }
        }
        var points: [RunID: [String: PointColumns]] = [:]
        for batch in batches {
            for (name, columns) in batch.series where !columns.isEmpty {
                points[batch.runID, default: [:]][name, default: PointColumns()]
                    .append(contentsOf: columns)
            }
        }
        return points.flatMap { id, series in
            series.map {
                WrittenSeries(runID: id.uuid, name: $0.key, points: $0.value.sortedAndDistinct())
            }
        }
    }
}

/// The statements that write series: the summaries, new metrics, the segments. Each leaves out the
/// runs that are missing or deleted; the caller holds the activity rows of the others, so nobody
/// else counts metrics meanwhile or deletes a run.
enum SeriesWriting {
    /// Stores series of runs that exist and are active, within the caller's transaction.
    static func store(
        _ series: [WrittenSeries],
        now: Int64,
        _ connection: isolated Connection
    ) throws(StorageError) {
        guard !series.isEmpty else { return }
        var ids = SegmentIDs(now: now)
        let pointCount = series.reduce(0) { $0 + $1.points.count }
        if pointCount <= copiedPointCount {
            let segments = series.flatMap { NewSegment.parts(of: $0, ids: &ids) }
            _ = try connection.piped(summarised(series) + [insert(segments)])
        } else {
            try copy(series, &ids, connection)
        }
    }

    /// From here on COPY is cheaper than arrays of parameters.
    static let copiedPointCount = 20_000

    /// Updates the summaries of the metrics that are there, and adds those that are not.
    static func summarised(_ series: [WrittenSeries]) -> [SQL] {
        let summaries = series.map { ValueSummary($0.points.values) }
        let sent: SQL = """
            unnest(\(series.map(\.runID)), \(series.map(\.name)),
                \(series.map { $0.points.count }), \(summaries.map(\.notFiniteCount)),
                \(series.map { $0.points.steps.first }), \(series.map { $0.points.times.first }),
                \(series.map { $0.points.values.first }), \(series.map { $0.points.steps.last }),
                \(series.map { $0.points.times.last }), \(series.map { $0.points.values.last }),
                \(summaries.map(\.minimum)), \(summaries.map(\.maximum)))
            AS s (run_id, name, points, not_finite, first_step, first_time, first_value,
                last_step, last_time, last_value, minimum, maximum)
            JOIN run r ON r.run_id = s.run_id AND r.deleted_at IS NULL
            """
        return [update(sent), insertNew(sent)]
    }

    private static func update(_ sent: SQL) -> SQL {
        let isLater: SQL = """
            (s.last_step, s.last_time, s.last_value <> 'NaN', s.last_value)
                > (m.last_step, m.last_time, m.last_value <> 'NaN', m.last_value)
            """
        return """
            UPDATE metric AS m SET
                point_count = m.point_count + s.points,
                not_finite_count = m.not_finite_count + s.not_finite,
                is_counted = m.is_counted AND
                    (s.first_step, s.first_time, s.first_value <> 'NaN', s.first_value)
                        > (m.last_step, m.last_time, m.last_value <> 'NaN', m.last_value),
                minimum = least(m.minimum, s.minimum),
                maximum = greatest(m.maximum, s.maximum),
                last_step = CASE WHEN \(isLater) THEN s.last_step ELSE m.last_step END,
                last_time = CASE WHEN \(isLater) THEN s.last_time ELSE m.last_time END,
                last_value = CASE WHEN \(isLater) THEN s.last_value ELSE m.last_value END
            FROM \(sent) WHERE m.run_id = s.run_id AND m.name = s.name
            """
    }

    /// New metrics count on from the greatest index of their run.
    private static func insertNew(_ sent: SQL) -> SQL {
        """
        INSERT INTO metric (run_id, metric_index, name, point_count, not_finite_count,
            is_counted, last_step, last_time, last_value, minimum, maximum)
        SELECT s.run_id,
            coalesce((SELECT max(metric_index) FROM metric WHERE run_id = s.run_id), -1)
                + row_number() OVER (PARTITION BY s.run_id ORDER BY s.name),
            s.name, s.points, s.not_finite, true,
            s.last_step, s.last_time, s.last_value, s.minimum, s.maximum
        FROM \(sent)
        WHERE NOT EXISTS (SELECT FROM metric m WHERE m.run_id = s.run_id AND m.name = s.name)
        ORDER BY s.run_id, s.name
        """
    }

    static func insert(_ segments: [NewSegment]) -> SQL {
        """
        INSERT INTO segment (run_id, metric_index, segment_id, project_id, point_count,
            not_finite_count, first_step, last_step, first_time, last_time, min_value, max_value,
            last_value, step_bytes, time_bytes, value_bytes)
        SELECT s.run_id, m.metric_index, s.segment_id, r.project_id, s.points,
            s.not_finite, s.first_step, s.last_step, s.first_time, s.last_time, s.minimum,
            s.maximum, s.last_value, s.steps, s.times, s.values
        FROM unnest(\(segments.map(\.runID)), \(segments.map(\.name)), \(segments.map(\.id)),
                \(segments.map(\.pointCount)), \(segments.map(\.notFiniteCount)),
                \(segments.map(\.firstStep)), \(segments.map(\.lastStep)),
                \(segments.map(\.firstTime)), \(segments.map(\.lastTime)),
                \(segments.map(\.minimum)), \(segments.map(\.maximum)),
                \(segments.map(\.lastValue)), \(byteArrays: segments.map(\.bytes.steps)),
                \(byteArrays: segments.map(\.bytes.times)),
                \(byteArrays: segments.map(\.bytes.values)))
            AS s (run_id, name, segment_id, points, not_finite, first_step, last_step,
                first_time, last_time, minimum, maximum, last_value, steps, times, values)
        JOIN run r ON r.run_id = s.run_id AND r.deleted_at IS NULL
        JOIN metric m ON m.run_id = s.run_id AND m.name = s.name
        """
    }

    private static func copy(
        _ series: [WrittenSeries],
        _ ids: inout SegmentIDs,
        _ connection: isolated Connection
    ) throws(StorageError) {
        let places = places(of: series)
        let found = try connection.piped(summarised(series) + [places])
        var indices: [UUID: [String: (project: UUID, index: Int32)]] = [:]
        for row in found[2] {
            do throws(PostgresError) {
                let run: UUID = try row.value(0)
                let name: String = try row.value(1)
                indices[run, default: [:]][name] = (try row.value(2), try row.value(3))
            } catch {
                throw StorageError(error)
            }
        }
        var rows = CopyRows(fieldCount: 16)
        for one in series {
            guard let place = indices[one.runID]?[one.name] else {
                throw .notFound(kind: "run", id: RunID(one.runID).hex)
            }
            for part in NewSegment.parts(of: one, ids: &ids) {
                part.append(to: &rows, project: place.project, index: place.index)
            }
            if rows.byteCount > 4 << 20 {
                try copy(rows, connection)
                rows = CopyRows(fieldCount: 16)
            }
        }
        try copy(rows, connection)
    }

    private static func places(of series: [WrittenSeries]) -> SQL {
        """
        SELECT s.run_id, s.name, r.project_id, m.metric_index
        FROM unnest(\(series.map(\.runID)), \(series.map(\.name))) AS s (run_id, name)
        JOIN run r ON r.run_id = s.run_id AND r.deleted_at IS NULL
        JOIN metric m ON m.run_id = s.run_id AND m.name = s.name
        """
    }

    private static func copy(
        _ rows: CopyRows,
        _ connection: isolated Connection
    ) throws(StorageError) {
        guard rows.count > 0 else { return }
        do throws(PostgresError) {
            try connection.copy(
                into: "segment",
                columns: """
                    run_id, metric_index, segment_id, project_id, point_count,
                    not_finite_count, first_step, last_step, first_time, last_time, min_value, max_value,
                    last_value, step_bytes, time_bytes, value_bytes
                    """,
                rows
            )
        } catch {
            throw StorageError(error)
        }
    }
}
