package import ScalingLaws

extension MixtureFit {
    /// What every fit says of itself: parameters with the intervals of the resampled laws.
    package var summary: FitSummary {
        let drawn = draws.map { $0.parameters(domains: domains) }
        var parameters: [String: Interval] = [:]
        for (name, value) in model.parameters(domains: domains) {
            let sample = drawn.compactMap { $0[name] }
            parameters[name] =
                Quantiles.shownInterval(value, sample, stretch: 1)
                ?? Interval(value: value, low: value, high: value)
        }
        let losses = runs.map(\.loss)
        let mean = losses.reduce(0, +) / Double(max(losses.count, 1))
        let baseline = losses.reduce(0) { $0 + abs($1 - mean) } / Double(max(losses.count, 1))
        let own = scores.first { $0.law == model.lawID }?.meanAbsoluteError
        let scale = abs(mean) > 0 ? 100 / abs(mean) : 0
        return FitSummary(
            parameters: parameters,
            objective: nil,
            runs: runs.count,
            diagnostics: FitDiagnostics(
                objectiveName: "out-of-fold error of \(target)",
                draws: draws.count,
                residualPercent: residualDeviation * scale,
                heldOutErrorPercent: own.map { $0 * scale },
                baselineErrorPercent: baseline * scale,
                warnings: warnings
            )
        )
    }
}
