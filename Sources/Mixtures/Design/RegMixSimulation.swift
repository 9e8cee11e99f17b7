import ScalingLaws

/// RegMix's search (arXiv 2407.01492 and its notebook): many draws of a Dirichlet distribution
/// around the prior, and the mean of those that a law likes best. It knows no bounds and no doubt;
/// it stands beside the optimiser as the published way.
package struct RegMixSimulation: Sendable, Hashable, Codable {
    /// Mean of the best draws, by domain.
    package var proportions: [String: Double]
    /// Predicted loss of that mean, and of the best single draw, in the unit of the target.
    package var loss: Double
    package var bestDrawLoss: Double
    package var bestDraw: [String: Double]
    /// Predicted loss of the prior: the naive baseline.
    package var priorLoss: Double
    package var draws: Int

    package static let drawsLimit = 1_000_000
    /// Draws that are predicted at a time: bounds the memory.
    static let batch = 10_000

    /// - Parameters:
    ///   - prior: shares by domain; need not sum to 1 exactly.
    ///   - draws: how many mixtures are predicted.
    ///   - best: how many of them are averaged.
    package init(
        _ law: some FittedMixtureLaw,
        domains: [String],
        prior: [String: Double],
        draws: Int = 100_000,
        best: Int = 128,
        seed: UInt64 = 1
    ) throws(MixtureError) {
        guard draws >= 1, draws <= Self.drawsLimit, best >= 1, best <= draws else {
            throw .invalid(
                field: "draws",
                reason: "draws must be 1 to 1,000,000 and best 1 to draws."
            )
        }
        let shares = try MixtureReading.shares(prior, domains, "prior")
        var random = SplitMix64(seed: seed)
        var kept: [(loss: Double, mixture: [Double])] = []
        var rest = draws
        while rest > 0 {
            let size = min(rest, Self.batch)
            let mixtures = (0..<size).map { _ in Dirichlet.draw(shares, &random) }
            let losses = law.losses(at: mixtures)
            for (loss, mixture) in zip(losses, mixtures) where loss.isFinite {
                kept.append((loss, mixture))
            }
            kept.sort { $0.loss < $1.loss }
            if kept.count > best { kept.removeLast(kept.count - best) }
            rest -= size
        }
        guard let first = kept.first else {
            throw .degenerate(law: "regmix", reason: "no draw has a finite prediction.")
        }
        func named(_ values: [Double]) -> [String: Double] {
            Dictionary(uniqueKeysWithValues: zip(domains, values))
        }
        let mean = domains.indices.map { index in
            kept.reduce(0) { $0 + $1.mixture[index] } / Double(kept.count)
        }
        proportions = named(mean)
        loss = law.loss(at: mean)
        bestDrawLoss = first.loss
        bestDraw = named(first.mixture)
        priorLoss = law.loss(at: shares)
        self.draws = draws
    }
}
