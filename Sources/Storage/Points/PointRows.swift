import Foundation
import Postgres
import Runs

/// A segment or a chunk as it comes from the database, decoded.
struct SegmentRow: Sendable {
    let key: SeriesKey
    let points: PointColumns

    static let columns: SQL = """
        s.run_id, s.metric_index, s.point_count, s.step_bytes, s.time_bytes, s.value_bytes
        """

    init(_ row: Row) throws(PostgresError) {
        key = SeriesKey(runID: try row.value(0), metricIndex: try row.value(1))
        points = try row.points(count: try row.value(2), from: 3)
    }
}

/// A chunk of which only the summary was asked for.
struct ChunkRow: Sendable {
    let key: SeriesKey
    let head: ChunkHead

    static let columns: SQL = """
        c.run_id, c.metric_index, c.chunk_id, c.point_count, c.not_finite_count, c.first_step,
        c.last_step, c.first_time, c.last_time, c.is_time_ordered, c.min_value, c.max_value,
        c.last_value
        """

    init(_ row: Row) throws(PostgresError) {
        key = SeriesKey(runID: try row.value(0), metricIndex: try row.value(1))
        let summary = ChunkSummary(
            pointCount: try row.value(3),
            notFiniteCount: try row.value(4),
            firstStep: try row.value(5),
            lastStep: try row.value(6),
            firstTime: try row.value(7),
            lastTime: try row.value(8),
            isTimeOrdered: try row.value(9),
            minimum: try row.optional(10),
            maximum: try row.optional(11),
            last: try row.value(12)
        )
        head = ChunkHead(id: try row.value(2), summary: summary)
    }
}

extension Row {
    /// The points in three columns of bytes, the first of them at `column`.
    func points(count: Int, from column: Int) throws(PostgresError) -> PointColumns {
        let bytes = SegmentBytes(
            steps: try value(column),
            times: try value(column + 1),
            values: try value(column + 2)
        )
        return try decoding { () throws(SegmentError) in
            try SegmentCodec.decode(bytes, count: count)
        }
    }

    /// Says of damaged bytes what a row of another type says.
    func decoding<Value>(
        _ body: () throws(SegmentError) -> Value
    ) throws(PostgresError) -> Value {
        do throws(SegmentError) {
            return try body()
        } catch {
            throw .decoding(column: "segment", wanted: "points", found: error.message)
        }
    }
}

extension SeriesKey {
    /// Rows of the table with the given alias that belong to any of `keys`.
    static func join(_ alias: SQL, _ keys: [SeriesKey]) -> SQL {
        """
        JOIN unnest(\(keys.map(\.runID)), \(keys.map(\.metricIndex))) AS k (run_id, metric_index)
            ON \(alias).run_id = k.run_id AND \(alias).metric_index = k.metric_index
        """
    }
}
