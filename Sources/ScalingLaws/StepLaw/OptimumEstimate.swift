import Foundation

/// The laws and their intervals without cross-validation, rivals or surfaces: what a study of
/// coverage repeats hundreds of times.
package struct OptimumEstimate: Sendable {
    private let table: CellTable
    private let band: OptimumLaw
    private let joint: OptimumLaw
    private let debiased: IntervalEstimator.Debiased

    package init(_ observations: [Observation]) throws(FitError) {
        var builder = CellBuilder()
        table = try builder.build(observations)
        let moments = BandLaw.moments(table, tolerance: FitOptions().bandTolerance)
        let weights = [Double](repeating: 1, count: moments.count)
        guard let law = BandLaw.fit(moments, weights: weights, form: .parametersAndTokens) else {
            throw .singular(stage: "the near-optimal band")
        }
        band = law
        joint = JointFit.fit(table, form: .parametersAndTokens, band: law).solution.law
        guard let known = IntervalEstimator.debiased(table) else {
            throw .singular(stage: "the intervals")
        }
        debiased = known
    }

    /// Optimal learning rate and batch tokens at N and D, at the pivot of the cells when not given.
    /// - Parameter estimator: the law whose answer the intervals hold.
    package func intervals(
        _ estimator: Estimator,
        at target: (parameterCount: Double, tokenCount: Double)? = nil
    ) -> (learningRate: Interval, batchTokens: Interval) {
        let law = estimator == .band ? band : joint
        let known = debiased.seen(from: law)
        let n = target.map { log($0.parameterCount) - table.pivotN } ?? 0
        let d = target.map { log($0.tokenCount) - table.pivotD } ?? 0
        let point = law.point(n: n, d: d)
        return (
            known.learningRate.interval(logValue: point.x, n: n, d: d),
            known.batch.interval(logValue: point.y, n: n, d: d)
        )
    }
}
