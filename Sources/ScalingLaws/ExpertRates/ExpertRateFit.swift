import Foundation

/// The stored fit of learning rate and batch for mixtures of experts.
package struct ExpertRateFit: FittedLaw, Hashable {
    package var law: String
    package var parameterConvention: String
    package var lossName: String
    package var seed: UInt64
    package var runCount: Int
    package var cells: [Cell]
    /// Geometric means of the cells.
    package var pivot: Pivot
    package var variant: ExpertVariant
    package var estimator: Estimator
    /// ln LR* and ln B* = (1, ln total, ln active, ln tokens, all less the pivot) · these four.
    package var learningRate: [Double]
    package var batch: [Double]
    /// Standard deviations, ln units: what is not known of the optima of all cells alike.
    package var rateMisfit: Double
    package var batchMisfit: Double
    /// Refits on resampled cells, over the variants that the runs cannot tell from the chosen one.
    package var draws: [Draw]
    /// Every variant by mean regret on left-out cells, best first.
    package var scores: [VariantScore]
    package var baselines: [StepLawFit.Baseline]
    package var crossValidation: StepLawFit.Regret
    package var leftOut: [NonlinearFit.LeftOut]
    package var leftOutCount: Int
    package var warnings: [String]

    package struct Pivot: Sendable, Hashable, Codable {
        package var totalParameterCount: Double
        package var activeParameterCount: Double
        package var tokenCount: Double
    }

    package struct Cell: Sendable, Hashable, Codable {
        package var totalParameterCount: Double
        package var activeParameterCount: Double
        package var tokenCount: Double
        package var runCount: Int
        package var best: StepLawFit.Best
    }

    package struct Draw: Sendable, Hashable, Codable {
        package var learningRate: [Double]
        package var batch: [Double]
    }

    package struct VariantScore: Sendable, Hashable, Codable {
        package var variant: ExpertVariant
        package var estimator: Estimator
        /// Interpolated, in per cent of loss.
        package var regret: StepLawFit.Regret
        /// Mean regret above the chosen variant's over the same cells, and its standard error.
        package var margin: Double
        package var marginError: Double
        package var isChosen: Bool
    }

    /// Over the cells, in their canonical order.
    package var dataHash: String {
        var hash = DataHash()
        for cell in cells {
            for value in [
                cell.totalParameterCount, cell.activeParameterCount, cell.tokenCount,
                Double(cell.runCount), cell.best.peakLearningRate, cell.best.batchTokens,
                cell.best.lossNats,
            ] {
                hash.mix(value)
            }
            hash.mix(cell.best.runID)
        }
        return hash.text
    }

    package var summary: FitSummary {
        var parameters = [
            "LR*": atPivot(\.learningRate, rateMisfit),
            "b": interval(misfit: 0) { $0.learningRate[3] },
            "B*": atPivot(\.batch, batchMisfit),
            "e": interval(misfit: 0) { $0.batch[3] },
        ]
        let rate = variant.learningRate.columns
        let batchColumns = variant.batch.columns
        if rate.contains(0) { parameters["aT"] = interval(misfit: 0) { $0.learningRate[1] } }
        if rate.contains(1) { parameters["aA"] = interval(misfit: 0) { $0.learningRate[2] } }
        if batchColumns.contains(0) { parameters["fT"] = interval(misfit: 0) { $0.batch[1] } }
        if batchColumns.contains(1) { parameters["fA"] = interval(misfit: 0) { $0.batch[2] } }
        return FitSummary(
            parameters: parameters,
            objective: crossValidation.mean,
            runs: runCount,
            diagnostics: FitDiagnostics(
                objectiveName: "mean regret of left-out cells, interpolated, in per cent of loss",
                draws: draws.count,
                resampled: "cells",
                heldOutErrorPercent: crossValidation.mean,
                baselineErrorPercent: baselines.map(\.interpolated.mean).min(),
                leftOut: leftOutCount,
                warnings: warnings
            )
        )
    }

    private func atPivot(_ law: KeyPath<Draw, [Double]>, _ misfit: Double) -> Interval {
        let logs = interval(misfit: misfit) { $0[keyPath: law][0] }
        return Interval(value: exp(logs.value), low: exp(logs.low), high: exp(logs.high))
    }

    /// 90 % interval of a number linear in the coefficients, in ln units.
    func interval(
        misfit: Double,
        _ value: (Draw) -> Double
    ) -> Interval {
        let own = value(Draw(learningRate: learningRate, batch: batch))
        let sorted = draws.map(value).filter(\.isFinite).sorted()
        guard sorted.count >= 20 else { return Interval(value: own, low: own, high: own) }
        let freedom = max(cells.count - 4, 1)
        let widening =
            StudentQuantile.ninetyPercent(freedom) / 1.6448536
            * (Double(cells.count) / Double(freedom)).squareRoot()
        let shape = 1.6448536 * misfit
        let below = hypot(widening * max(own - sorted[sorted.count / 20], 0), shape)
        let above = hypot(
            widening * max(sorted[sorted.count - 1 - sorted.count / 20] - own, 0),
            shape
        )
        return Interval(value: own, low: own - below, high: own + above)
    }

    package mutating func setAside(_ runs: [NonlinearFit.LeftOut], count: Int) {
        leftOut += runs
        leftOutCount += count
    }
}
