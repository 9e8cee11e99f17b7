import Foundation

/// What the choice of estimator and of the batch's form adds to the spread of the exponents.
///
/// Candidates that left-out cells cannot tell from the chosen one answer differently far from the
/// runs. Each adds the square of its difference in the exponents, with a share that falls with how
/// many standard errors its regret lies above the chosen one's. At the pivot nothing is added: the
/// level there is corrected for bias by `IntervalEstimator`.
package struct FormSpread: Sendable {
    /// A candidate that was not chosen.
    package struct Rival: Sendable {
        /// Difference of its three coefficients from the chosen ones'.
        package var learningRate: [Double]
        package var batch: [Double]
        /// Mean regret above the chosen one's over the same left-out cells, and its standard
        /// error.
        package var excess: Double
        package var error: Double

        package init(
            learningRate: [Double],
            batch: [Double],
            excess: Double,
            error: Double
        ) {
            self.learningRate = learningRate
            self.batch = batch
            self.excess = excess
            self.error = error
        }
    }

    /// Nine numbers each, to be added to the covariances of `PowerLawUncertainty`.
    package private(set) var learningRate = [Double](repeating: 0, count: 9)
    package private(set) var batch = [Double](repeating: 0, count: 9)

    package init(_ rivals: [Rival]) {
        let weights = rivals.map { rival in
            guard rival.error > 0 else { return rival.excess > 0 ? 0.0 : 1 }
            return exp(-0.5 * pow(max(rival.excess, 0) / rival.error, 2))
        }
        let whole = 1 + weights.reduce(0, +)
        for (rival, weight) in zip(rivals, weights) {
            Self.add(rival.learningRate, share: weight / whole, to: &learningRate)
            Self.add(rival.batch, share: weight / whole, to: &batch)
        }
    }

    private static func add(_ delta: [Double], share: Double, to covariance: inout [Double]) {
        guard delta.allSatisfy(\.isFinite), share.isFinite else { return }
        for i in 1..<3 {
            for j in 1..<3 { covariance[i * 3 + j] += share * delta[i] * delta[j] }
        }
    }
}

extension FormSpread {
    /// - Parameter candidates: all that were fitted, the chosen one among them.
    init(_ candidates: [Candidate], chosen: Candidate) {
        self.init(
            candidates.compactMap { candidate in
                let isChosen =
                    candidate.estimator == chosen.estimator && candidate.form == chosen.form
                return isChosen ? nil : Self.rival(candidate, chosen)
            }
        )
    }

    private static func rival(_ candidate: Candidate, _ chosen: Candidate) -> Rival? {
        let differences = zip(candidate.score.costs, chosen.score.costs).compactMap { one, other in
            one.flatMap { one in other.map { one.interpolated - $0.interpolated } }
        }
        let count = Double(differences.count)
        guard count > 1 else { return nil }
        let mean = differences.reduce(0, +) / count
        let squares = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        func delta(_ law: KeyPath<OptimumLaw, [Double]>) -> [Double] {
            zip(candidate.law[keyPath: law], chosen.law[keyPath: law]).map { $0 - $1 }
        }
        return Rival(
            learningRate: delta(\.learningRate),
            batch: delta(\.batch),
            excess: mean,
            error: (squares / (count - 1) / count).squareRoot()
        )
    }

    /// The uncertainty with this spread in it.
    func widened(
        _ known: (learningRate: PowerLawUncertainty, batch: PowerLawUncertainty)
    ) -> (learningRate: PowerLawUncertainty, batch: PowerLawUncertainty) {
        var known = known
        known.learningRate.covariance = zip(known.learningRate.covariance, learningRate).map(+)
        known.batch.covariance = zip(known.batch.covariance, batch).map(+)
        return known
    }
}
