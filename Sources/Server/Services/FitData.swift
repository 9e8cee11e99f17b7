package import Runs
package import ScalingLaws
package import Storage

/// Reads from the stores what a law is fitted on.
package struct FitData: Sendable {
    private let store: Store

    package init(store: Store) { self.store = store }

    /// The runs of a project that a law can read, with their curves where its card asks for them.
    package func observations(
        _ project: ProjectID,
        _ card: LawCard,
        where filter: String? = nil
    ) async throws -> ObservationBuilder.Result {
        let resolver = try await Lookup(store: store).resolver(project)
        let builder = ObservationBuilder(
            resolver: resolver,
            card: card,
            filter: try filter.map { text throws(QueryError) in try RunFilter(parsing: text) }
        )
        let runs = try await store.runs.all(projectID: project)
        var result = builder.build(runs)
        guard card.readsCurves else { return result }
        result.leaveOut(after: Limits.fittedCurveCount)
        let wanted = Set(result.observations.map(\.runID))
        let curves = try await curves(of: runs.filter { wanted.contains($0.id) }, resolver)
        for index in result.observations.indices {
            result.observations[index].curve = curves[result.observations[index].runID]
        }
        return result
    }

    /// Loss curves in at most `Limits.curvePointCount` points each, of the runs that logged their
    /// loss more than once; points whose loss is no number are left out.
    package func curves(
        of runs: [Run],
        _ resolver: RoleResolver
    ) async throws(StorageError) -> [RunID: LossCurve] {
        var names: [RunID: CurveMetrics] = [:]
        for run in runs { names[run.id] = CurveMetrics(of: run, resolver) }
        var curves: [RunID: LossCurve] = [:]
        for (metrics, group) in Dictionary(grouping: names, by: \.value) {
            let ids = group.map(\.key)
            for start in stride(from: 0, to: ids.count, by: Self.runsPerRead) {
                let part = Array(ids[start..<min(start + Self.runsPerRead, ids.count)])
                let series = try await store.points.buckets(
                    runIDs: part,
                    metrics: [metrics.loss] + (metrics.learningRate.map { [$0] } ?? []),
                    axis: .step,
                    count: Limits.curvePointCount
                )
                for (id, found) in Dictionary(grouping: series, by: \.runID) {
                    guard let loss = found.first(where: { $0.metric == metrics.loss }) else {
                        continue
                    }
                    let rate = found.first { $0.metric == metrics.learningRate }
                    curves[id] = LossCurve(loss.buckets, rate: rate?.buckets)
                }
            }
        }
        return curves
    }

    private static let runsPerRead = 64
}

extension LossCurve {
    /// The last point of each bucket; learning rates between their points are on straight lines.
    init(_ loss: Buckets, rate: Buckets?) {
        let kept = loss.x.indices.filter { loss.last[$0].isFinite }
        let steps = kept.map { loss.x[$0] }
        var rates: [Double] = []
        if let rate {
            let known = rate.x.indices.filter { rate.last[$0].isFinite }
            let x = known.map { rate.x[$0] }
            let y = known.map { rate.last[$0] }
            if !x.isEmpty { rates = steps.map { Self.interpolate(x, y, at: $0) } }
        }
        self.init(steps: steps, lossNats: kept.map { loss.last[$0] }, learningRates: rates)
    }

    /// `x` rises; beyond its ends the end's value.
    private static func interpolate(_ x: [Double], _ y: [Double], at point: Double) -> Double {
        var low = 0
        var high = x.count
        while low < high {
            let middle = (low + high) / 2
            if x[middle] < point { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return y[0] }
        guard low < x.count else { return y[x.count - 1] }
        let width = x[low] - x[low - 1]
        let share = width > 0 ? (point - x[low - 1]) / width : 1
        return y[low - 1] + share * (y[low] - y[low - 1])
    }
}

extension ObservationBuilder.Result {
    /// Sets aside the oldest runs beyond a number that can be read at once.
    mutating func leaveOut(after count: Int) {
        guard observations.count > count else { return }
        let excess = observations.count - count
        leftOut += observations.prefix(excess).map {
            ObservationBuilder.LeftOut(
                runID: $0.runID,
                runName: $0.runName,
                reason: "A fit on loss curves reads the latest \(count) runs; name others by where."
            )
        }
        observations.removeFirst(excess)
    }
}
