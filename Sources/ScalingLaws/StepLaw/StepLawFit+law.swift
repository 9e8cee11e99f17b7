import Foundation

extension StepLawFit {
    /// ln LR* and ln B* of the recommending estimator as functions of ln N and ln D.
    package var optimumLaw: OptimumLaw {
        OptimumLaw(
            learningRate: Self.coefficients(learningRate),
            batch: Self.coefficients(batch)
        )
    }

    private static func coefficients(_ law: PowerLaw) -> [Double] {
        [log(law.atPivot.value), law.parameterExponent?.value ?? 0, law.tokenExponent.value]
    }

    /// ln N and ln D less the pivot.
    package func coordinates(_ target: Target) -> (n: Double, d: Double) {
        (
            log(target.parameterCount / pivot.parameterCount),
            log(target.tokenCount / pivot.tokenCount)
        )
    }

    /// The bowl's own optimum, (ln LR, ln B).
    package func bowlCenter(n: Double, d: Double) -> (x: Double, y: Double) {
        OptimumLaw(learningRate: surface.learningRate, batch: surface.batch).point(n: n, d: d)
    }

    /// Peak learning rate and batch of the recommending estimator, without any checks.
    package func optimum(_ target: Target) -> SurfacePoint {
        let (n, d) = coordinates(target)
        let point = optimumLaw.point(n: n, d: d)
        return SurfacePoint(peakLearningRate: exp(point.x), batchTokens: exp(point.y))
    }

    /// Best peak learning rate when the batch is given.
    package func conditionalRate(_ target: Target, batchTokens: Double) -> Double {
        let (n, d) = coordinates(target)
        let point = optimumLaw.point(n: n, d: d)
        return exp(point.x + conditional.shift(log(batchTokens) - point.y))
    }
}

extension StepLawFit: FittedLaw {
    package var summary: FitSummary {
        var parameters = [
            "LR*": learningRate.atPivot, "b": learningRate.tokenExponent,
            "B*": batch.atPivot, "e": batch.tokenExponent,
        ]
        parameters["a"] = learningRate.parameterExponent
        parameters["f"] = batch.parameterExponent
        let nearest = baselines.map(\.interpolated.mean).min()
        return FitSummary(
            parameters: parameters,
            objective: crossValidation.interpolated.mean,
            runs: runCount,
            diagnostics: FitDiagnostics(
                objectiveName: "mean regret of left-out cells, interpolated, in per cent of loss",
                resampled: "cells",
                heldOutErrorPercent: crossValidation.interpolated.mean,
                baselineErrorPercent: nearest,
                leftOut: leftOutCount,
                warnings: warnings
            )
        )
    }

    package mutating func setAside(_ runs: [NonlinearFit.LeftOut], count: Int) {
        leftOutCount += count
        leftOut += runs.map { LeftOut(runID: $0.runID, runName: $0.runName, reason: $0.reason) }
    }
}
