import API
import Foundation
import Hummingbird
import Runs
import Storage

/// Names of metrics, and their points in buckets.
struct SeriesController: Sendable {
    let dependencies: AppDependencies
    private var store: Store { dependencies.store }

    func addRoutes(to router: Router<IsolossRequestContext>) {
        router.on(Endpoints.listMetrics) { request, _ in try await metrics(QueryParameters(request))
        }
        router.on(Endpoints.series) { request, _ in try await series(QueryParameters(request)) }
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

    private func series(_ query: QueryParameters) async throws -> SeriesList {
        let axis = try query.choice("x", as: PlotAxis.self) ?? .step
        let runs = try await runs(query)
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
        if axis == .tokens {
            return try await tokenSeries(runs, metrics: metrics, window)
        }
        let buckets = try await store.points.buckets(
            runIDs: runs.map(\.id),
            metrics: metrics,
            axis: SeriesAxis(axis),
            count: window.buckets,
            from: window.from,
            to: window.to
        )
        return SeriesList(x: axis, series: buckets.map { SeriesMessage($0) })
    }

    private func runs(_ query: QueryParameters) async throws -> [Run] {
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
        return try await store.runs.find(ids: ids)
    }

    /// Steps times the run's batch. Runs of different batches have different edges in steps, so
    /// each run is asked for by itself.
    private func tokenSeries(
        _ runs: [Run],
        metrics: [String],
        _ window: SeriesWindow
    ) async throws -> SeriesList {
        var list = SeriesList(x: .tokens, series: [])
        var leftOut: [SeriesList.LeftOut] = []
        var resolvers: [ProjectID: RoleResolver] = [:]
        for run in runs {
            let resolver: RoleResolver
            if let known = resolvers[run.projectID] {
                resolver = known
            } else {
                resolver = try await dependencies.lookup.resolver(run.projectID)
                resolvers[run.projectID] = resolver
            }
            let roles = resolver.resolve(run)
            guard let batch = roles.values[.batchTokens] else {
                let reason = roles.missing[.batchTokens] ?? "Its batch in tokens is not known."
                leftOut.append(.init(run: run.id, reason: reason))
                continue
            }
            let buckets = try await store.points.buckets(
                runIDs: [run.id],
                metrics: metrics,
                axis: .step,
                count: window.buckets,
                from: window.from.map { $0 / batch },
                to: window.to.map { $0 / batch }
            )
            list.series += buckets.map { SeriesMessage($0, scale: batch) }
        }
        list.leftOut = leftOut.isEmpty ? nil : leftOut
        return list
    }
}

/// Which part of the axis is asked for, in the axis's unit, and in how many buckets.
struct SeriesWindow {
    var buckets: Int
    var from: Double?
    var to: Double?
}

extension SeriesAxis {
    init(_ axis: PlotAxis) {
        switch axis {
        case .step, .tokens: self = .step
        case .time: self = .time
        case .relative: self = .relativeTime
        }
    }
}

extension SeriesMessage {
    init(_ buckets: SeriesBuckets, scale: Double = 1) {
        self.init(
            run: buckets.runID,
            metric: buckets.metric,
            x: buckets.buckets.x.map { $0 * scale },
            min: buckets.buckets.minimum,
            max: buckets.buckets.maximum,
            last: buckets.buckets.last,
            count: buckets.buckets.count
        )
    }
}

extension MetricList: ResponseEncodable {}
extension SeriesList: ResponseEncodable {}
