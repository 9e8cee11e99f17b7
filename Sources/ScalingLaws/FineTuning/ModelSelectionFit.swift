import Foundation

/// Base models fine-tuned on a few sizes of data each, and how well three rules rank them.
package struct ModelSelectionFit: FittedLaw, Hashable {
    package var law: String
    package var parameterConvention: String
    package var lossName: String
    package var seed: UInt64
    package var dataHash: String
    package var models: [Model]
    /// Exponent of the rectified law, one for all models.
    package var beta: Interval
    /// Each rule, fitted without every model's largest size and asked for it.
    package var scores: [Score]
    /// Id of the rule that ranks by: the rectified law only where it beats both naive rules.
    package var recommended: String
    package var objective: Double
    package var diagnostics: FitDiagnostics
    package var leftOut: [NonlinearFit.LeftOut]
    package var leftOutCount: Int

    /// One base model: a size, and the tokens it was pre-trained on where runs say them.
    package struct Model: Sendable, Hashable, Codable {
        /// Name of the run with most data.
        package var name: String
        package var parameterCount: Double
        package var pretrainingTokens: Double?
        /// In rising order; the mean of runs of one size.
        package var fineTuningTokens: [Double]
        package var lossNats: [Double]
        package var curve: RectifiedCurve
        /// Curves of resampled fits.
        package var draws: [RectifiedCurve]
    }

    package struct Score: Sendable, Hashable, Codable {
        /// "rectified", "last-three" or "constant".
        package var id: String
        package var title: String
        package var models: Int
        /// Spearman's rank correlation of predicted and observed losses.
        package var rankCorrelation: Double
        package var meanAbsolutePercent: Double
        /// Loss of the model ranked first above that of the best, in per cent.
        package var regretPercent: Double
    }

    package mutating func setAside(_ runs: [NonlinearFit.LeftOut], count: Int) {
        leftOut += runs
        leftOutCount += count
        diagnostics.leftOut += count
    }

    package var summary: FitSummary {
        FitSummary(
            parameters: ["beta": beta],
            objective: objective,
            runs: models.reduce(0) { $0 + $1.lossNats.count },
            diagnostics: diagnostics
        )
    }
}

/// L = amplitude/(learned + (D/1e7)^beta) + floor.
package struct RectifiedCurve: Sendable, Hashable, Codable {
    package var amplitude: Double
    package var learned: Double
    package var beta: Double
    package var floor: Double

    package func loss(_ tokens: Double) -> Double {
        amplitude / (learned + exp(beta * (log(tokens) - Self.pivot))) + floor
    }

    static let pivot = log(1e7)
}
