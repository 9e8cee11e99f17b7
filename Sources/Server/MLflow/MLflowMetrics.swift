import Foundation
import NIOCore
import Runs
import Storage

extension MLflowService {
    func logBatch(_ body: [UInt8]) async throws(MLflowError) -> ByteBuffer {
        try await write(MLflowBatchReader.logBatch(body))
    }

    func logMetric(_ body: [UInt8]) async throws(MLflowError) -> ByteBuffer {
        try await write(MLflowBatchReader.logMetric(body))
    }

    func logParameter(_ fields: MLflowFields) async throws(MLflowError) -> ByteBuffer {
        let key = try fields.requiredString("key")
        try MLflowNames.check(key, path: "key")
        let value = try MLflowNames.cut(
            try fields.string("value") ?? "",
            to: Limits.paramValueCharacters,
            path: "value"
        )
        return try await write(RunBatch(runID: fields.runID(), params: [key: value]))
    }

    func setTag(_ fields: MLflowFields) async throws(MLflowError) -> ByteBuffer {
        let (key, value) = try runTag(fields)
        return try await write(RunBatch(runID: fields.runID(), tags: [key: value]))
    }

    /// Stores a batch; acknowledged after its commit. The name tag renames the run.
    func write(_ batch: RunBatch) async throws(MLflowError) -> ByteBuffer {
        try await stored { () async throws(StorageError) in
            try await store.writer.write(batch, now: now())
        }
        if let name = batch.tags["mlflow.runName"], !name.isEmpty {
            var update = RunUpdate()
            update.name = try checkedRunName(name)
            let change = update
            _ = try await stored { () async throws(StorageError) in
                try await store.runs.update(batch.runID, change, now: now())
            }
        }
        return MLflowWriter.empty
    }

    /// One page of a series by (time, step, value). The token names the last point of the page, so
    /// that points arriving meanwhile shift nothing.
    func metricHistory(_ fields: MLflowFields) async throws(MLflowError) -> ByteBuffer {
        let id = try fields.runID()
        let name = try fields.requiredString("metric_key")
        let wanted = try fields.int64("max_results") ?? Int64(Limits.historyPageCount)
        guard wanted > 0 else {
            throw .invalid(value: String(wanted), path: "max_results", "It must be at least 1.")
        }
        let token = try fields.string("page_token") ?? ""
        let position = token.isEmpty ? nil : try MLflowPageToken.history(token)
        _ = try await run(id)
        let limit = Int(min(wanted, Int64(Limits.historyPageCount)))
        let page = try await stored { () async throws(StorageError) in
            try await store.points.history(id, metric: name, limit: limit, after: position)
        }
        return MLflowWriter.object(capacity: 64 + page.points.count * 112) { writer in
            writer.points(page.points, name, page.points.steps.indices)
            writer.field("next_page_token", page.next.map { MLflowPageToken.history($0) })
        }
    }

    /// Up to `max_results` points of each run, evenly chosen along the steps with both ends among
    /// them, as MLflow's pages draw a series.
    func sampledHistory(_ fields: MLflowFields) async throws(MLflowError) -> ByteBuffer {
        let ids = try fields.strings("run_ids")
        let name = try fields.requiredString("metric_key")
        let limit = try fields.int64("max_results") ?? 320
        let bounds = (try fields.int64("start_step"), try fields.int64("end_step"))
        guard (1...2_500).contains(limit), (1...100).contains(ids.count) else {
            throw .invalid("max_results must be 1 to 2500, and run_ids 1 to 100 ids.")
        }
        guard (bounds.0 == nil) == (bounds.1 == nil) else {
            throw .invalid("start_step and end_step must be given together.")
        }
        var series: [(RunID, PointColumns)] = []
        for text in ids {
            let id = try MLflowNames.runID(text)
            let points = try await stored { () async throws(StorageError) in
                try await store.points.series(id, metric: name)
            }
            series.append((id, points))
        }
        return MLflowWriter.object { writer in
            let chosen = series.map { id, points in
                (id, points, Self.sample(points, from: bounds.0, to: bounds.1, count: Int(limit)))
            }
            writer.array("metrics", chosen.flatMap { entry in entry.2.map { (entry, $0) } }) {
                writer,
                place in
                let ((id, points, _), index) = place
                writer.object {
                    $0.metric(name, points, index)
                    $0.field("run_id", id.hex)
                }
            }
        }
    }

    private static func sample(
        _ points: PointColumns,
        from start: Int64?,
        to end: Int64?,
        count: Int
    ) -> [Int] {
        let inside = points.steps.indices.filter {
            points.steps[$0] >= start ?? .min && points.steps[$0] <= end ?? .max
        }
        guard inside.count > count else { return inside }
        guard count > 1 else { return Array(inside.suffix(1)) }
        return (0..<count).map { inside[$0 * (inside.count - 1) / (count - 1)] }
    }
}

extension MLflowWriter {
    fileprivate mutating func points(_ points: PointColumns, _ name: String, _ range: Range<Int>) {
        array("metrics", range) { writer, index in
            writer.object { $0.metric(name, points, index) }
        }
    }

    fileprivate mutating func metric(_ name: String, _ points: PointColumns, _ index: Int) {
        metric(
            name: name,
            step: points.steps[index],
            time: points.times[index],
            value: points.values[index]
        )
    }
}
