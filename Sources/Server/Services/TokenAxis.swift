import API
import Runs
import Storage

/// Where the steps of runs stand on an axis of tokens or of FLOPs.
struct TokenAxis: Sendable {
    private(set) var maps: [RunID: StepMap] = [:]
    private(set) var sources: [SeriesList.Source] = []
    private(set) var leftOut: [SeriesList.LeftOut] = []

    /// One map for each run: from a logged count of tokens, else from the batch; on the axis of
    /// FLOPs times 6·N.
    static func make(
        _ runs: [Run],
        flops: Bool,
        _ dependencies: AppDependencies
    ) async throws -> TokenAxis {
        var axis = TokenAxis()
        let logged = try await axis.logged(runs, dependencies.store.points)
        var resolvers: [ProjectID: RoleResolver] = [:]
        for run in runs {
            let resolver: RoleResolver
            if let known = resolvers[run.projectID] {
                resolver = known
            } else {
                resolver = try await dependencies.lookup.resolver(run.projectID)
                resolvers[run.projectID] = resolver
            }
            axis.add(run, resolver.resolve(run), logged[run.id], flops: flops)
        }
        return axis
    }

    private mutating func add(
        _ run: Run,
        _ roles: ResolvedRoles,
        _ logged: (map: StepMap, source: String)?,
        flops: Bool
    ) {
        var tokens = logged
        if tokens == nil, let batch = roles.values[.batchTokens] {
            tokens = (StepMap(perStep: batch), "batchTokens * step")
        }
        guard let (map, source) = tokens else {
            let reason = roles.missing[.batchTokens] ?? "Its batch in tokens is not known."
            leftOut.append(.init(run: run.id, reason: reason))
            return
        }
        guard flops else {
            maps[run.id] = map
            sources.append(.init(run: run.id, source: source))
            return
        }
        let counts: [Role] = [
            .activeParameterCount, .parameterCount, .nonEmbeddingParameterCount,
        ]
        guard let role = counts.first(where: { roles.values[$0] != nil }),
            let count = roles.values[role], let scaled = map.scaled(by: 6 * count)
        else {
            let reason = roles.missing[.parameterCount] ?? "Its number of parameters is not known."
            leftOut.append(.init(run: run.id, reason: reason))
            return
        }
        maps[run.id] = scaled
        sources.append(.init(run: run.id, source: "6 * \(role.rawValue) * \(source)"))
    }

    /// Maps of the runs that logged their tokens, by a few hundred points of that metric.
    private func logged(
        _ runs: [Run],
        _ points: PointStore
    ) async throws -> [RunID: (map: StepMap, source: String)] {
        var metrics: [RunID: TokenMetric] = [:]
        for run in runs { metrics[run.id] = TokenMetric(of: run) }
        guard !metrics.isEmpty else { return [:] }
        let series = try await points.buckets(
            runIDs: runs.map(\.id).filter { metrics[$0] != nil },
            metrics: Set(metrics.values.map(\.name)).sorted(),
            axis: .step,
            count: Limits.seriesBucketCount
        )
        var found: [RunID: (map: StepMap, source: String)] = [:]
        for one in series {
            guard let metric = metrics[one.runID], metric.name == one.metric else { continue }
            let map =
                switch metric {
                case .total: StepMap(steps: one.buckets.x, amounts: one.buckets.last)
                case .perStep: StepMap(steps: one.buckets.x, perStep: one.buckets.last)
                }
            if let map {
                let source =
                    switch metric {
                    case .total(let name): name
                    case .perStep(let name): "sum of \(name)"
                    }
                found[one.runID] = (map, source)
            }
        }
        return found
    }
}

/// An axis that people ask for, as points are stored.
struct StoredAxis: Sendable {
    let axis: SeriesAxis
    /// On axes of tokens and FLOPs, where each run's x comes from.
    let sources: [SeriesList.Source]?
    let leftOut: [SeriesList.LeftOut]

    init(_ axis: PlotAxis, runs: [RunID], _ dependencies: AppDependencies) async throws {
        switch axis {
        case .step: self.axis = .step
        case .time: self.axis = .time
        case .relative: self.axis = .relativeTime
        case .tokens, .flops:
            let found = try await dependencies.store.runs.find(ids: runs)
            let tokens = try await TokenAxis.make(found, flops: axis == .flops, dependencies)
            self.axis = .mapped(tokens.maps)
            sources = tokens.sources
            leftOut = tokens.leftOut
            return
        }
        sources = nil
        leftOut = []
    }
}
