import API
import Foundation
import NIOCore
import Runs
import Storage

extension MLflowService {
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
        var history = MetricHistoryJSON(name, pointCount: page.points.count)
        history.append(page.points)
        return history.finish(next: page.next.map { MLflowPageToken.history($0) })
    }

    /// Whole histories of one metric, run after run in the order of their ids, cut at
    /// `max_results`.
    func bulkHistory(_ fields: MLflowFields) async throws(MLflowError) -> ByteBuffer {
        let ids = try runIDs(fields, "run_id", call: "GetMetricHistoryBulk")
        let name = try metricKey(fields, call: "GetMetricHistoryBulk")
        let wanted = try fields.int64("max_results") ?? Int64(Limits.historyPageCount)
        guard wanted > 0 else {
            throw .invalid(value: String(wanted), path: "max_results", "It must be at least 1.")
        }
        let limit = Int(min(wanted, Int64(Limits.historyPageCount)))
        let order = ids.sorted { $0.hex < $1.hex }
        let found = try await stored { () async throws(StorageError) in
            try await store.points.histories(order, metric: name, limit: limit)
        }
        let total = found.reduce(0) { $0 + $1.points.count }
        var history = MetricHistoryJSON(name, pointCount: total)
        for (id, points) in found { history.append(points, run: id) }
        return history.finish(keepsEmpty: true)
    }

    /// At most `max_results` points of each run: both ends, and of every stretch between them the
    /// least and the greatest value, so that no spike is lost.
    func sampledHistory(_ fields: MLflowFields) async throws(MLflowError) -> ByteBuffer {
        let ids = try runIDs(fields, "run_ids", call: "GetMetricHistoryBulkInterval")
        let name = try metricKey(fields, call: "GetMetricHistoryBulkInterval")
        let limit = try fields.int64("max_results") ?? Int64(Limits.sampledPointCount)
        guard (1...Int64(Limits.sampledPointCount)).contains(limit) else {
            throw .invalid(
                "max_results must be between 1 and \(Limits.sampledPointCount); it was \(limit)."
            )
        }
        let (first, last) = (try fields.int64("start_step"), try fields.int64("end_step"))
        guard (first == nil) == (last == nil) else {
            throw .invalid(
                "If either start step or end step are specified, both must be specified."
            )
        }
        let steps: ClosedRange<Int64>
        switch (first, last) {
        case (let first?, let last?):
            guard first <= last else {
                throw .invalid(
                    "end_step must be greater than start_step. Found start_step=\(first) and "
                        + "end_step=\(last)."
                )
            }
            steps = first...last
        default: steps = .min ... .max
        }
        let count = Int(limit)
        var history = MetricHistoryJSON(name, pointCount: ids.count * count)
        for id in ids {
            let points = try await stored { () async throws(StorageError) in
                try await store.points.sample(id, metric: name, steps: steps, limit: count)
            }
            history.append(points, run: id)
        }
        return history.finish(keepsEmpty: true)
    }

    private func runIDs(
        _ fields: MLflowFields,
        _ name: String,
        call: String
    ) throws(MLflowError) -> [RunID] {
        let texts = try fields.strings(name)
        guard !texts.isEmpty else {
            throw .invalid("\(call) request must specify at least one \(name).")
        }
        guard texts.count <= Limits.historyRunCount else {
            throw .invalid(
                "\(call) request cannot specify more than \(Limits.historyRunCount) \(name). "
                    + "Received \(texts.count) \(name)."
            )
        }
        var ids: [RunID] = []
        for text in texts { ids.append(try MLflowNames.runID(text)) }
        return ids
    }

    private func metricKey(_ fields: MLflowFields, call: String) throws(MLflowError) -> String {
        guard let name = try fields.string("metric_key"), !name.isEmpty else {
            throw .invalid("\(call) request must specify a metric_key.")
        }
        return name
    }
}

/// `{"metrics": [{"key", "value", "timestamp", "step", "run_id"?}, …], "next_page_token"?}`, its
/// constant parts made once.
private struct MetricHistoryJSON {
    private var writer: JSONWriter
    private let head: [UInt8]
    private var isEmpty = true

    init(_ name: String, pointCount: Int) {
        writer = JSONWriter(capacity: 256 + pointCount * (128 + name.utf8.count))
        var head = JSONWriter(capacity: name.utf8.count + 32)
        head.raw(#"{"key":"#)
        head.string(name)
        head.raw(#","value":"#)
        self.head = Array(head.bytes)
    }

    mutating func append(_ points: PointColumns, run: RunID? = nil) {
        let timestamp = Array(#","timestamp":"#.utf8)
        let step = Array(#","step":"#.utf8)
        let tail = Array((run.map { #","run_id":"\#($0.hex)"}"# } ?? "}").utf8)
        for index in points.steps.indices {
            if isEmpty { writer.raw(#"{"metrics":["#) } else { writer.byte(UInt8(ascii: ",")) }
            isEmpty = false
            writer.raw(head)
            writer.number(points.values[index], keepsPoint: true)
            writer.raw(timestamp)
            writer.number(points.times[index] / 1_000)
            writer.raw(step)
            writer.number(points.steps[index])
            writer.raw(tail)
        }
    }

    /// Absent lists are left out in protobuf's answers, and kept in those that pages draw.
    consuming func finish(next: String? = nil, keepsEmpty: Bool = false) -> ByteBuffer {
        if isEmpty { writer.raw(keepsEmpty ? #"{"metrics":["# : "{") }
        if !isEmpty || keepsEmpty { writer.raw("]") }
        if let next {
            writer.raw(#","next_page_token":"#)
            writer.string(next)
        }
        writer.raw("}")
        return ByteBuffer(bytes: writer.bytes)
    }
}
