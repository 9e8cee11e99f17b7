import Foundation
import Postgres
import Runs

/// Rows of `chunk` to and from the domain's types.
enum ChunkRow {
    /// What `head` reads, of a table called `c`.
    static let headColumns: SQL = """
        c.chunk_id, c.point_count, c.not_finite_count, c.first_step, c.last_step, c.first_time,
        c.last_time, c.is_time_ordered, c.min_value, c.max_value, c.last_value
        """
    static let headColumnCount = 11

    /// Reads `headColumns`, which begin at column `start`.
    static func head(_ row: Row, from start: Int = 0) throws(PostgresError) -> ChunkHead {
        ChunkHead(
            id: try row.value(start),
            summary: ChunkSummary(
                pointCount: try row.value(start + 1),
                notFiniteCount: try row.value(start + 2),
                firstStep: try row.value(start + 3),
                lastStep: try row.value(start + 4),
                firstTime: try row.value(start + 5),
                lastTime: try row.value(start + 6),
                isTimeOrdered: try row.value(start + 7),
                minimum: try row.optional(start + 8),
                maximum: try row.optional(start + 9),
                last: try row.value(start + 10)
            )
        )
    }

    static let copyColumns: StaticString = """
        run_id, metric_index, last_step, chunk_id, point_count, not_finite_count, first_step,
        first_time, last_time, is_time_ordered, min_value, max_value, last_value, block_bytes,
        step_bytes, time_bytes, value_bytes
        """
    static let copyColumnCount = 17

    static func append(_ chunk: Chunk, id: UUID, of key: SeriesKey, to rows: inout CopyRows) {
        let summary = chunk.summary
        rows.beginRow()
        rows.append(key.runID)
        rows.append(key.metricIndex)
        rows.append(summary.lastStep)
        rows.append(id)
        rows.append(Int32(summary.pointCount))
        rows.append(Int32(summary.notFiniteCount))
        rows.append(summary.firstStep)
        rows.append(summary.firstTime)
        rows.append(summary.lastTime)
        rows.append(summary.isTimeOrdered)
        rows.append(summary.minimum)
        rows.append(summary.maximum)
        rows.append(summary.last)
        rows.append(bytes: chunk.blockBytes)
        rows.append(bytes: chunk.bytes.steps)
        rows.append(bytes: chunk.bytes.times)
        rows.append(bytes: chunk.bytes.values)
    }
}

extension PostgresError {
    /// Bytes of a stored column that cannot be read.
    init(_ error: SegmentError, column: String) {
        self = .decoding(column: column, wanted: "points", found: error.message)
    }
}
