/// The stored fit of a nonlinear law, in one shape for all of them.
package struct NonlinearFit: FittedLaw, Hashable {
    package var law: String
    package var parameterConvention: String
    package var lossName: String
    package var seed: UInt64
    package var options: FitOptions
    /// 16 hex digits over the observations used, independent of their order.
    package var dataHash: String
    package var parameters: [Parameter]
    package var derived: [Parameter]
    package var objective: Double
    package var diagnostics: FitDiagnostics
    /// By role, the range that the runs cover.
    package var domain: [String: Bounds]
    package var residuals: [Residual]
    package var leftOut: [LeftOut]
    package var leftOutCount: Int
    /// Fits on the smallest scales, scored on the next.
    package var ladder: [Rung]
    /// Every group left out once.
    package var crossValidation: Score?
    /// Naive rules on the groups left out; the law must beat them.
    package var baselines: [NamedScore]
    /// Published constants, unfitted, on all runs.
    package var presets: [NamedScore]
    /// Best coordinates, in the order of the law's cases.
    package var theta: [Double]
    /// Coordinates of resampled refits.
    package var draws: [[Double]]

    package struct Parameter: Sendable, Hashable, Codable {
        package var symbol: String
        package var name: String
        package var unit: String
        package var value: Double
        package var low: Double
        package var high: Double
    }

    package struct Residual: Sendable, Hashable, Codable {
        package var runID: String
        package var runName: String
        /// By role.
        package var inputs: [String: Double]
        package var scale: Double
        package var observed: Double
        package var predicted: Double
        /// 100 × (observed / predicted − 1).
        package var errorPercent: Double
        /// How far the fit without this run moves the prediction at the largest scale, in per cent;
        /// a first-order estimate.
        package var influencePercent: Double
    }

    package struct LeftOut: Sendable, Hashable, Codable {
        package var runID: String
        package var runName: String
        package var reason: String

        package init(runID: String, runName: String, reason: String) {
            self.runID = runID
            self.runName = runName
            self.reason = reason
        }
    }

    /// Errors of predictions on runs that the fit did not see.
    package struct Score: Sendable, Hashable, Codable {
        package var runs: Int
        package var meanAbsolutePercent: Double
        package var maximumPercent: Double
        /// Mean signed error: positive when the law predicts too much.
        package var biasPercent: Double

        package init(
            runs: Int,
            meanAbsolutePercent: Double,
            maximumPercent: Double,
            biasPercent: Double
        ) {
            self.runs = runs
            self.meanAbsolutePercent = meanAbsolutePercent
            self.maximumPercent = maximumPercent
            self.biasPercent = biasPercent
        }
    }

    package struct NamedScore: Sendable, Hashable, Codable {
        package var id: String
        package var title: String
        package var citation: String?
        package var score: Score?
        package var refused: String?
    }

    package struct Rung: Sendable, Hashable, Codable {
        /// Runs below this scale were fitted.
        package var fittedBelow: Double
        package var fittedRuns: Int
        /// Largest scale of the runs that were predicted.
        package var predictedUpTo: Double
        package var score: Score
        package var baselines: [NamedScore]
    }

    package mutating func setAside(_ runs: [LeftOut], count: Int) {
        leftOut += runs
        leftOutCount += count
        diagnostics.leftOut += count
    }

    package var summary: FitSummary {
        FitSummary(
            parameters: Dictionary(
                (parameters + derived).map {
                    ($0.symbol, Interval(value: $0.value, low: $0.low, high: $0.high))
                },
                uniquingKeysWith: { first, _ in first }
            ),
            objective: objective,
            runs: residuals.count,
            diagnostics: diagnostics
        )
    }
}
