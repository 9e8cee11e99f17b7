import API
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Runs
import Storage

/// Names of metrics, and their points in buckets.
struct SeriesController: Sendable {
    let dependencies: AppDependencies
    private var store: Store { dependencies.store }

    func addRoutes(to router: Router<IsolossRequestContext>) {
        router.on(Endpoints.listMetrics) { request, _ in try await metrics(QueryParameters(request))
        }
        router.on(Endpoints.series) { request, _ in try await series(request) }
    }

    private func metrics(_ query: QueryParameters) async throws -> MetricList {
        let project = try await dependencies.lookup.project(query.required("project"))
        let found = try await store.points.metricNames(projectID: project.id)
        let all = found.sorted { ($1.runCount, $0.name) < ($0.runCount, $1.name) }
            .map { MetricList.Metric(name: $0.name, runs: $0.runCount, points: $0.pointCount) }
        // Dozens of machine metrics must not hide the few that people look for.
        return MetricList(
            metrics: all.filter { $0.kind != .system } + all.filter { $0.kind == .system }
        )
    }

    private func series(_ request: Request) async throws -> Response {
        let query = try QueryParameters(request)
        let axis = try query.choice("x", as: PlotAxis.self) ?? .step
        let runs = try runs(query)
        let metrics = query.list("metrics")
        guard !metrics.isEmpty else {
            throw APIError(.invalid, "The parameter metrics is missing.", field: "metrics")
        }
        guard runs.count * metrics.count <= Limits.seriesPerRequestCount else {
            throw APIError(
                .invalid,
                "\(runs.count) runs times \(metrics.count) metrics are more than "
                    + "\(Limits.seriesPerRequestCount) series.",
                hint: "Ask for fewer at once.",
                field: "runs"
            )
        }
        let range = 1...Int64(Limits.seriesBucketCount)
        let window = SeriesWindow(
            buckets: Int(try query.integer("buckets", in: range) ?? range.upperBound),
            from: try query.number("from"),
            to: try query.number("to")
        )
        let stored = try await StoredAxis(axis, runs: runs, dependencies)
        let list = SeriesList(
            x: axis,
            series: [],
            sources: stored.sources,
            leftOut: stored.leftOut.isEmpty ? nil : stored.leftOut
        )
        // Where x depends on the series alone, their stamp tells whether anything changed.
        var tag: String?
        if list.sources == nil {
            let stamp = try await store.points.stamp(runIDs: runs, metrics: metrics)
            tag = "\"\(stamp)\""
            if request.headers[.ifNoneMatch] == tag { return Self.answer(.notModified, tag) }
        }
        let buckets = try await store.points.buckets(
            runIDs: runs,
            metrics: metrics,
            axis: stored.axis,
            count: window.buckets,
            from: window.from,
            to: window.to
        )
        return Self.answer(.ok, tag, await SeriesText.write(list, buckets))
    }

    private static func answer(
        _ status: HTTPResponse.Status,
        _ tag: String?,
        _ body: ByteBuffer? = nil
    ) -> Response {
        var headers: HTTPFields = [.cacheControl: "no-cache"]
        if body != nil { headers[.contentType] = "application/json; charset=utf-8" }
        if let tag { headers[.eTag] = tag }
        return Response(
            status: status,
            headers: headers,
            body: body.map { ResponseBody(byteBuffer: $0) } ?? ResponseBody()
        )
    }

    private func runs(_ query: QueryParameters) throws(APIError) -> [RunID] {
        let ids = try query.list("runs").map { text throws(APIError) in
            guard let id = RunID(hex: text) else {
                throw APIError(
                    .invalid,
                    "A run id has 32 hexadecimal digits; one was \(text.prefix(80)).",
                    field: "runs"
                )
            }
            return id
        }
        guard !ids.isEmpty, ids.count <= Limits.seriesPerRequestCount else {
            throw APIError(
                .invalid,
                "runs must name 1 to \(Limits.seriesPerRequestCount) runs; it named \(ids.count).",
                field: "runs"
            )
        }
        return ids
    }
}

/// Which part of the axis is asked for, in the axis's unit, and in how many buckets.
struct SeriesWindow {
    var buckets: Int
    var from: Double?
    var to: Double?
}

extension SeriesMessage {
    init(_ buckets: SeriesBuckets) {
        self.init(
            run: buckets.runID,
            metric: buckets.metric,
            x: buckets.buckets.x,
            min: buckets.buckets.minimum,
            max: buckets.buckets.maximum,
            last: buckets.buckets.last,
            count: buckets.buckets.count
        )
    }
}

/// Writes many series as JSON on several cores.
enum SeriesText {
    private static let seriesPerTask = 32

    static func write(_ list: SeriesList, _ series: [SeriesBuckets]) async -> ByteBuffer {
        let parts = await withTaskGroup(of: (Int, [ArraySlice<UInt8>]).self) { group in
            for start in stride(from: 0, to: series.count, by: seriesPerTask) {
                let part = series[start..<min(start + seriesPerTask, series.count)]
                group.addTask {
                    let texts = part.map { one in
                        var writer = JSONWriter(capacity: 256 + one.buckets.x.count * 64)
                        SeriesMessage(one).write(to: &writer)
                        return writer.bytes
                    }
                    return (start, texts)
                }
            }
            var parts: [Int: [ArraySlice<UInt8>]] = [:]
            for await (start, texts) in group { parts[start] = texts }
            return parts
        }
        let texts = parts.sorted { $0.key < $1.key }.flatMap(\.value)
        var writer = JSONWriter(capacity: 512 + texts.reduce(0) { $0 + $1.count + 1 })
        list.write(to: &writer, series: texts)
        return ByteBuffer(bytes: writer.bytes)
    }
}

extension MetricList: ResponseEncodable {}
