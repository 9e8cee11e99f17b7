import Foundation
import Postgres
import Runs

/// Rows of `chunk` as they are copied into the table.
enum ChunkWriting {
    static let columns: StaticString = """
        run_id, metric_index, last_step, chunk_id, point_count, not_finite_count, first_step,
        first_time, last_time, is_time_ordered, min_value, max_value, last_value, block_bytes,
        step_bytes, time_bytes, value_bytes
        """
    static let columnCount = 17

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
