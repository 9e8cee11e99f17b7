import Foundation
import ScalingLaws

/// Which mixtures to train next, given the runs so far. Deterministic: the same runs and request
/// give the same plan.
package struct NextMixtures: Sendable {
    package let request: NextMixtureRequest
    let data: MixtureData
    let region: MixtureRegion
    /// Allowed mixtures that no run has.
    private(set) var pool: [[Double]]
    private(set) var notes: [String] = []

    /// Mixtures nearer than this in L1 are the same.
    static let sameDistance = 1e-9
    /// Least L1 distance of two suggestions of one batch from a pool made here: shares differ by
    /// more than they can be kept to.
    static let batchDistance = 0.02

    package init(
        _ data: MixtureData,
        _ request: NextMixtureRequest
    ) throws(MixtureError) {
        try request.check()
        for run in data.runs where !run.loss.isFinite {
            throw .invalid(field: "runs", reason: "The loss of run \(run.name) is \(run.loss).")
        }
        self.request = request
        self.data = data
        region = try MixtureRegion(domains: data.domains, constraints: request.constraints)
        pool = []
        pool = try candidates()
        guard !pool.isEmpty else {
            throw .invalid(
                field: request.candidates == nil ? "trustRadius" : "candidates",
                reason: "No candidate is left: all are trained already, outside the bounds or"
                    + " beyond the trust radius. Widen one of them."
            )
        }
    }

    package func plan(isCancelled: (@Sendable () -> Bool)? = nil) throws(MixtureError)
        -> MixturePlan
    {
        var plan = MixturePlan(
            method: request.method.rawValue,
            domains: data.domains,
            runs: [],
            seed: request.seed,
            notes: notes
        )
        if !request.sizes.isEmpty {
            try SizedSuggestion(self).fill(&plan, isCancelled)
        } else {
            try SingleSizeSuggestion(self, isCancelled).fill(&plan)
        }
        if plan.runs.count < request.count {
            plan.notes.append("Only \(plan.runs.count) different candidates are left.")
        }
        return plan
    }

    private mutating func candidates() throws(MixtureError) -> [[Double]] {
        var found: [[Double]] = []
        if let given = request.candidates {
            for mixture in given {
                let shares = try MixtureReading.shares(mixture, data.domains, "candidates")
                if region.contains(shares) { found.append(shares) }
            }
            if found.count < given.count {
                notes.append("\(given.count - found.count) candidates overstep the bounds.")
            }
        } else {
            found = madePool()
        }
        let trained = data.runs.map(\.proportions)
        return found.filter { mixture in
            let nearest = trained.map { $0.distance(to: mixture) }.min() ?? 0
            let isNear = trained.isEmpty || nearest <= request.trustRadius ?? .infinity
            return isNear && (trained.isEmpty || nearest > Self.sameDistance)
        }
    }

    /// Over the whole region, and around the best runs, where the optimum is likely. A random part
    /// of the way to a far mixture keeps the bounds, as the region is convex.
    private func madePool() -> [[Double]] {
        let best = data.runs.sorted { $0.loss < $1.loss }.prefix(3).map(\.proportions)
        let first = best.first.map { region.pulled($0, towards: region.centre) } ?? region.centre
        let wide = region.pool(1500, around: first, seed: request.seed)
        guard !best.isEmpty else { return wide }
        var random = SplitMix64(seed: request.seed ^ 0x5EED)
        let starts = best.map { region.pulled($0, towards: region.centre) }
        // Trust regions are kept by steps, not by luck: their length is at most the radius.
        let reach = min(1, (request.trustRadius ?? 2) / 2)
        let near = wide.enumerated().map { index, mixture in
            let start = starts[index % starts.count]
            return MixtureRegion.between(start, mixture, random.uniform() * reach)
        }
        return wide + near
    }

    /// Positions of the pool that are not too near to earlier suggestions of the batch.
    func isApart(_ mixture: [Double], _ batch: [[Double]]) -> Bool {
        let least = request.candidates == nil ? Self.batchDistance : Self.sameDistance
        return batch.allSatisfy { $0.distance(to: mixture) > least }
    }
}

/// What a Gaussian process makes of a candidate.
package enum Acquisition {
    /// E max(best − Y, 0) for Y ~ N(mean, deviation²): Jones et al., 1998.
    package static func expectedImprovement(mean: Double, deviation: Double, best: Double) -> Double
    {
        guard deviation > 0, deviation.isFinite, mean.isFinite else { return 0 }
        let z = (best - mean) / deviation
        let density = exp(-z * z / 2) / (2 * Double.pi).squareRoot()
        let share = 0.5 * erfc(-z / 2.0.squareRoot())
        return max(0, deviation * (z * share + density))
    }
}
