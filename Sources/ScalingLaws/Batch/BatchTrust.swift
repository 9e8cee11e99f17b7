import Foundation

/// How far the hyperbolas may be trusted: the largest batch of every group left out, and runs that
/// lie far off.
struct BatchTrust {
    let groups: [CriticalBatchFit.Group]

    /// Fewest points below the largest batch.
    private static let neededPoints = 3

    /// Steps at the largest batch, predicted from the smaller ones; nil where no group has enough.
    func heldOut() -> CriticalBatchFit.HeldOutBatch? {
        var law: [Double] = []
        var line: [Double] = []
        for group in groups {
            guard let largest = group.points.map(\.batchTokens).max() else { continue }
            let rest = group.points.filter { $0.batchTokens < largest / 1.1 }
            let top = group.points.filter { $0.batchTokens == largest }
            guard StepsTable.differing(rest.map(\.batchTokens)) >= Self.neededPoints else {
                continue
            }
            let x = rest.map { log($0.batchTokens) }
            let y = rest.map { log($0.steps) }
            let solution = HyperbolaSolver(logBatches: x).solve(y)
            let last = BatchPowerLawFitter.Line(Array(x.suffix(3)), Array(y.suffix(3)))
            let at = log(largest)
            let byLaw =
                solution.logMinimumSteps
                + HyperbolaSolver.softplus(solution.logCriticalBatch - at)
            for point in top {
                law.append(100 * abs(exp(byLaw) / point.steps - 1))
                line.append(100 * abs(exp(last.level + last.slope * at) / point.steps - 1))
            }
        }
        guard !law.isEmpty else { return nil }
        let count = Double(law.count)
        let errors = (law.reduce(0, +) / count, line.reduce(0, +) / count)
        guard errors.0.isFinite, errors.1.isFinite else { return nil }
        return CriticalBatchFit.HeldOutBatch(
            runs: law.count,
            errorPercent: errors.0,
            lineErrorPercent: errors.1
        )
    }

    /// Runs whose steps lie many times the usual scatter off: a wrong unit, or another target.
    func outliers() -> [String] {
        let points = groups.flatMap(\.points)
        let sizes = points.map { abs(log($0.steps / $0.predictedSteps)) }.sorted()
        guard points.count >= 5 else { return [] }
        let usual = 1.4826 * Quantiles.value(sizes, 0.5)
        let limit = max(5 * usual, log(1.2))
        let far = points.filter { abs(log($0.steps / $0.predictedSteps)) > limit }
        guard let worst = far.max(by: { abs($0.errorPercent) < abs($1.errorPercent) }) else {
            return []
        }
        return [
            "\(far.count) runs lie far off their hyperbola; the worst, \(worst.runName), took"
                + " \(BatchText.number(worst.steps)) steps where"
                + " \(BatchText.number(worst.predictedSteps)) were expected. Check its units,"
                + " target and learning rate."
        ]
    }
}
