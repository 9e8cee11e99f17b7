package import Foundation
import ScalingLaws

/// What a fit of one target over mixtures holds: the chosen law, how sure it is, what it was
/// compared with, and the runs it rests on. Stored as its JSON.
package struct MixtureFit: Sendable, Codable {
    /// A run of the fit, with what the law said of it when it was left out.
    package struct Run: Sendable, Codable, Hashable {
        package var id: UUID
        package var name: String
        /// d shares in the order of `domains`.
        package var proportions: [Double]
        package var loss: Double
        /// Prediction by a fit without this run's fold; nil where cross-validation was not
        /// possible.
        package var outOfFold: Double?
        /// Model size and tokens seen, where the run says.
        package var parameterCount: Double?
        package var tokenCount: Double?
    }

    /// How a law did on runs that it was not fitted on.
    package struct Score: Sendable, Codable, Hashable {
        package var law: String
        /// Rank correlation of predicted and true loss; nil for a constant prediction.
        package var spearman: Double?
        package var pearson: Double?
        /// 1 − squared error / variance.
        package var r2: Double?
        /// Mean absolute error, unit of the target.
        package var meanAbsoluteError: Double?
        /// Mean absolute error on the runs of the largest scale of a fit without them; nil where
        /// all runs have one scale.
        package var largestScaleError: Double?
        /// Share in the stack; nil when it was not a member.
        package var stackWeight: Double?
        /// Why it was not fitted or not chosen.
        package var refusal: String?

        package init(law: String) { self.law = law }
    }

    package var target: String
    /// The law asked for, or "auto".
    package var predictor: String
    package var domains: [String]
    /// Unique tokens of each domain, where the runs say.
    package var availableTokens: [Double?]?
    package var model: AnyMixtureLaw
    /// The same law on resampled runs.
    package var draws: [AnyMixtureLaw]
    package var runs: [Run]
    package var scores: [Score]
    /// Root mean square of the out-of-fold errors, unit of the target.
    package var residualDeviation: Double
    package var warnings: [String]
    package var seed: UInt64
    /// Of mixtures and losses, so that two fits of the same data are known as such.
    package var dataHash: String

    package init(
        target: String,
        predictor: String,
        data: MixtureData,
        model: AnyMixtureLaw,
        seed: UInt64
    ) {
        self.target = target
        self.predictor = predictor
        self.domains = data.domains
        self.availableTokens = data.availableTokens.isEmpty ? nil : data.availableTokens
        self.model = model
        self.seed = seed
        draws = []
        scores = []
        residualDeviation = 0
        warnings = []
        dataHash = data.hash
        runs = data.runs.map {
            Run(
                id: $0.id,
                name: $0.name,
                proportions: $0.proportions,
                loss: $0.loss,
                parameterCount: $0.parameterCount,
                tokenCount: $0.tokenCount
            )
        }
    }
}

/// What a fit says of one mixture.
package struct MixturePrediction: Sendable, Codable, Hashable {
    /// Unit of the target.
    package var loss: Double
    /// Standard deviation of a new run's loss about it: law and noise together.
    package var deviation: Double
    /// 90 % interval of a new run's loss.
    package var low: Double
    package var high: Double
    /// L1 distance, 0 to 2, to the nearest run of the fit.
    package var distance: Double
    package var nearestRun: String?
    /// Farther from every run than runs are from each other: the law is extrapolating.
    package var isExtrapolation: Bool
}

/// Predicts many mixtures from one fit: what depends on the fit alone is computed once.
package struct MixturePredictor: Sendable {
    private let fit: MixtureFit
    /// L1 distance below which 95 % of the runs have a neighbour: beyond it nothing was tried.
    package let reach: Double

    package init(_ fit: MixtureFit) {
        self.fit = fit
        reach = fit.reach
    }

    /// - Parameter proportions: d shares in the order of the fit's domains.
    package func predict(_ proportions: [Double]) -> MixturePrediction {
        let loss = fit.model.loss(at: proportions)
        let spread = fit.uncertainty(proportions)
        let noise = fit.residualDeviation
        let deviation = (spread * spread + noise * noise).squareRoot()
        let nearest = fit.nearest(proportions)
        return MixturePrediction(
            loss: loss,
            deviation: deviation,
            low: loss - 1.645 * deviation,
            high: loss + 1.645 * deviation,
            distance: nearest?.distance ?? 2,
            nearestRun: nearest.map { fit.runs[$0.index].name },
            isExtrapolation: (nearest?.distance ?? 2) > reach
        )
    }
}

extension MixtureFit {
    /// Standard deviation of the expected loss, without a run's own noise: of the resampled laws,
    /// or the law's own where that is larger.
    package func uncertainty(_ proportions: [Double]) -> Double {
        let values = draws.map { $0.loss(at: proportions) }.filter(\.isFinite)
        var spread = 0.0
        if values.count > 1 {
            let mean = values.reduce(0, +) / Double(values.count)
            let square = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            spread = (square / Double(values.count - 1)).squareRoot()
        }
        return max(spread, model.deviation(at: proportions) ?? 0)
    }

    /// The run whose mixture is nearest in L1.
    package func nearest(_ proportions: [Double]) -> (index: Int, distance: Double)? {
        runs.indices.map { ($0, runs[$0].proportions.distance(to: proportions)) }
            .min { $0.1 < $1.1 }
            .map { (index: $0.0, distance: $0.1) }
    }

    /// L1 distance below which 95 % of the runs have a neighbour: beyond it nothing was tried.
    package var reach: Double {
        let gaps = runs.indices.map { index in
            runs.indices.reduce(2.0) { least, other in
                guard other != index else { return least }
                return min(least, runs[index].proportions.distance(to: runs[other].proportions))
            }
        }
        return Quantiles.value(gaps.sorted(), 0.95)
    }
}
