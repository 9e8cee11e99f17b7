import Foundation

/// The stored fit of the conditional law.
package struct ConditionalRateFit: FittedLaw, Hashable {
    package var law: String
    package var parameterConvention: String
    package var lossName: String
    package var seed: UInt64
    package var dataHash: String
    package var runCount: Int
    package var cellCount: Int
    /// Geometric mean of the cells.
    package var pivot: StepLawFit.Pivot
    package var rate: SaturatingRate
    /// ln B* = (1, ln N − pivot, ln D − pivot) · batch: the optimal batch that the knee is tied to.
    package var batch: [Double]
    /// ln of knee over optimal batch.
    package var logKnee: Double
    /// The knee lies at the end of what was searched: only the power law below it is known.
    package var isKneeOpen: Bool
    /// Root mean square distance of the slices' best rates from the law, ln units.
    package var residual: Double
    package var objective: Double
    package var slices: [Slice]
    /// Refits on resampled cells.
    package var draws: [Draw]
    /// The form and its simpler rivals, fitted likewise and scored on cells left out.
    package var forms: [FormScore]
    package var domain: Domain
    /// The shared bowl about the best rate, for costs.
    package var bowl: Bowl
    /// d ln L / d ln D of the cells' least losses; nil where it is not falling.
    package var lossTokenSlope: Double?
    package var bestRuns: [StepLawFit.Best]
    package var bestRunCells: [StepLawFit.Pivot]
    package var leftOut: [NonlinearFit.LeftOut]
    package var leftOutCount: Int
    package var warnings: [String]

    package struct Slice: Sendable, Hashable, Codable {
        package var parameterCount: Double
        package var tokenCount: Double
        package var batchTokens: Double
        package var bestLearningRate: Double
        package var fittedLearningRate: Double
        package var runs: Int
    }

    package struct Draw: Sendable, Hashable, Codable {
        package var rate: SaturatingRate
        package var batch: [Double]
        package var logKnee: Double
    }

    package struct FormScore: Sendable, Hashable, Codable {
        package var id: String
        package var title: String
        /// Root mean square error in ln LR on the slices of cells left out.
        package var residual: Double
        /// Loss above the slice's best run, in per cent.
        package var regret: StepLawFit.Regret
    }

    package struct Domain: Sendable, Hashable, Codable {
        package var parameterCount: Bounds
        package var tokenCount: Bounds
        package var batchTokens: Bounds
        package var batchOverOptimal: Bounds
    }

    package var summary: FitSummary {
        let own = forms.first
        let simple = forms.dropFirst().filter { $0.id != "sharpness-1" }
        return FitSummary(
            parameters: parameters,
            objective: objective,
            runs: runCount,
            diagnostics: FitDiagnostics(
                objectiveName: "sum of Huber losses of ln LR over (N, D, B) slices",
                draws: draws.count,
                resampled: "cells",
                residualPercent: 100 * expm1(residual),
                heldOutErrorPercent: own?.regret.mean,
                baselineErrorPercent: simple.map(\.regret.mean).min(),
                leftOut: leftOutCount,
                warnings: warnings
            )
        )
    }

    private var parameters: [String: Interval] {
        func interval(_ value: (Draw) -> Double) -> Interval {
            spread(value(Draw(rate: rate, batch: batch, logKnee: logKnee)), draws.map(value))
        }
        return [
            "LR*": interval { exp($0.rate.logRate(n: 0, d: 0, logBatch: $0.batch[0])) },
            "eN": interval { $0.rate.base[1] },
            "eD": interval { $0.rate.base[2] },
            "α": interval { $0.rate.slope },
            "k": interval { exp($0.logKnee) },
            "B*": interval { exp($0.batch[0]) },
            "f": interval { $0.batch[1] },
            "e": interval { $0.batch[2] },
        ]
    }

    /// 90 % interval from draws about a value, widened for the few cells; the value lies inside.
    func spread(_ value: Double, _ draws: [Double]) -> Interval {
        let sorted = draws.filter(\.isFinite).sorted()
        guard sorted.count >= 20 else { return Interval(value: value, low: value, high: value) }
        let low = sorted[sorted.count / 20]
        let high = sorted[sorted.count - 1 - sorted.count / 20]
        return Interval(
            value: value,
            low: min(value - widening * (value - low), value),
            high: max(value + widening * (high - value), value)
        )
    }

    /// Resampled cells scatter less than new ones would: degrees of freedom and Student's tails.
    private var widening: Double {
        let freedom = max(cellCount - 4, 1)
        return StudentQuantile.ninetyPercent(freedom) / 1.6448536
            * (Double(cellCount) / Double(freedom)).squareRoot()
    }

    package mutating func setAside(_ runs: [NonlinearFit.LeftOut], count: Int) {
        leftOut += runs
        leftOutCount += count
    }
}
