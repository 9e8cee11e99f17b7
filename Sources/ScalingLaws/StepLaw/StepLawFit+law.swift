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
