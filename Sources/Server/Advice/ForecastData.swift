import API
import Foundation
import Runs
import ScalingLaws
import Storage

/// Reads what forecasts of running jobs rest on: their curves so far, and how finished runs went.
struct ForecastData: Sendable {
    let dependencies: AppDependencies
    let project: ProjectID
    let resolver: RoleResolver

    /// The ids of the runs that pass, at most `limit`, the latest started first.
    func runs(_ filter: RunFilter?, limit: Int) async throws -> [Run] {
        let listing = RunListing(filter: filter, order: .init("-startTime"), limit: limit)
        let scope = SearchScope(projectID: project, resolver: resolver)
        let page = try await dependencies.store.search.page(listing.search, in: [scope])
        return try await dependencies.store.runs.find(ids: page.ids)
    }

    /// Curves of finished runs, read again only when one of them changed.
    func peers() async throws -> [LoadedCurve] {
        let filter = try QueryParameters.filter(parsing: "status = finished", field: "where")
        let finished = try await runs(filter, limit: Limits.forecastPeerCount)
        var stamp = Hasher()
        stamp.combine(resolver.mapping)
        for run in finished { stamp.combine(run.id); stamp.combine(run.updatedAt) }
        let key = stamp.finalize()
        if let known = dependencies.peers.find(project, stamp: key) { return known }
        let loaded = try await load(finished)
        dependencies.peers.insert(loaded, project, stamp: key)
        return loaded
    }

    /// The curves of runs that logged their loss more than once, in the order of the runs.
    func load(_ runs: [Run]) async throws -> [LoadedCurve] {
        let data = FitData(store: dependencies.store)
        let curves = try await data.curves(of: runs, resolver)
        let training = try await trainingCurves(runs)
        return runs.compactMap { run in
            guard let metrics = CurveMetrics(of: run, resolver), let curve = curves[run.id] else {
                return nil
            }
            let roles = resolver.resolve(run, isExplaining: false)
            var settings = roles.values
            settings[.loss] = nil
            return LoadedCurve(
                run: run.id,
                runName: run.name,
                metric: metrics.loss,
                curve: curve,
                trainingCurve: training[run.id],
                settings: settings,
                plannedSteps: Self.plannedSteps(run, roles),
                isDiverged: RunViewer.isDiverged(run, roles),
                finalLossNats: roles.values[.loss]
            )
        }
    }

    /// Of the runs whose loss is held-out loss: a denser loss that they log beside it.
    private func trainingCurves(_ runs: [Run]) async throws -> [RunID: LossCurve] {
        var names: [RunID: String] = [:]
        for run in runs {
            guard let metrics = CurveMetrics(of: run, resolver),
                let own = run.metrics[metrics.loss]
            else { continue }
            names[run.id] = RoleAliases.trainingLosses.first { name in
                guard name != metrics.loss, let other = run.metrics[name] else { return false }
                return other.pointCount > own.pointCount
            }
        }
        var found: [RunID: LossCurve] = [:]
        for (name, ids) in Dictionary(grouping: names.keys, by: { names[$0, default: ""] }) {
            let series = try await dependencies.store.points.buckets(
                runIDs: ids,
                metrics: [name],
                axis: .step,
                count: Limits.curvePointCount
            )
            for one in series { found[one.runID] = LossCurve(one.buckets, rate: nil) }
        }
        return found
    }

    /// Steps of the whole training by the run's params: a logged count of tokens or steps is only
    /// what is done so far.
    private static func plannedSteps(_ run: Run, _ roles: ResolvedRoles) -> Double? {
        func planned(_ role: Role) -> Double? {
            guard let source = roles.sources[role], run.metrics[source.expression] == nil else {
                return nil
            }
            return roles.values[role]
        }
        if let steps = planned(.stepCount) { return steps }
        guard let tokens = planned(.tokenCount), let batch = planned(.batchTokens) else {
            return nil
        }
        return (tokens / batch).rounded(.up)
    }
}

/// A run's loss over its steps, with what a forecast asks of it.
struct LoadedCurve: Sendable {
    var run: RunID
    var runName: String
    var metric: String
    var curve: LossCurve
    var trainingCurve: LossCurve?
    var settings: [Role: Double]
    /// nil when the run does not say how long it trains.
    var plannedSteps: Double?
    var isDiverged: Bool
    var finalLossNats: Double?

    /// As a finished run that others are compared with.
    var peer: ForecastRequest.Peer? {
        guard let last = max(curve.steps.last ?? 0, trainingCurve?.steps.last ?? 0).positive else {
            return nil
        }
        return ForecastRequest.Peer(
            runName: runName,
            curve: curve,
            trainingCurve: trainingCurve,
            horizonSteps: last,
            finalLossNats: isDiverged ? .nan : finalLossNats ?? .nan,
            settings: settings
        )
    }
}

extension Double {
    fileprivate var positive: Double? { self > 0 ? self : nil }
}

/// Curves of the finished runs of the projects last asked for.
struct PeerCache: Sendable {
    private struct Key: Hashable, Sendable {
        var project: ProjectID
        /// Of the runs and the mapping that the curves were read by.
        var stamp: Int
    }

    private let curves = LeastRecentlyUsed<Key, [LoadedCurve]>(byteLimit: Limits.peerCacheBytes)

    func find(_ project: ProjectID, stamp: Int) -> [LoadedCurve]? {
        curves.values([Key(project: project, stamp: stamp)])[0]
    }

    func insert(_ found: [LoadedCurve], _ project: ProjectID, stamp: Int) {
        let bytes = found.reduce(0) { $0 + $1.byteCount }
        curves.insert([(Key(project: project, stamp: stamp), found, bytes)])
    }
}

extension LoadedCurve {
    /// Of its columns, with some more for the rest.
    fileprivate var byteCount: Int {
        let points = curve.steps.count + (trainingCurve?.steps.count ?? 0)
        return 1_024 + points * 3 * MemoryLayout<Double>.size
    }
}
