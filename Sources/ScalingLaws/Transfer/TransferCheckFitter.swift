import Foundation
import Runs

/// Fits the bowls of all widths at once; intervals come from refits with residuals drawn anew.
struct TransferCheckFitter {
    let request: FitRequest
    static let fewestRates = 5
    static let fewestWidths = 3

    init(_ request: FitRequest) { self.request = request }

    private struct Group {
        var width: Double
        var sweep: RateBowls.Sweep = []
        var diverged = 0
        var rates: Bounds
        var reason: String?
    }

    func run() throws(FitError) -> TransferCheckFit {
        var leftOut: [NonlinearFit.LeftOut] = []
        let groups = groups(&leftOut)
        let usable = groups.filter { $0.reason == nil }
        guard usable.count >= Self.fewestWidths else {
            let reasons = groups.compactMap { group in
                group.reason.map { "width \(ExpertText.number(group.width)): \($0)" }
            }
            throw .notEnough(
                law: TransferCheck.card.title,
                needed: Self.fewestWidths,
                found: usable.count,
                needs: "widths with \(Self.fewestRates) learning rates about their best one"
                    + (reasons.isEmpty ? "" : " (" + reasons.joined(separator: "; ") + ")"),
                leftOut: leftOut.count
            )
        }
        try request.checkCancelled()
        let bowls = RateBowls(usable.map(\.sweep))
        let draws = draws(usable, bowls)
        try request.checkCancelled()
        return fit(groups, usable, bowls, draws, leftOut)
    }

    private func groups(_ leftOut: inout [NonlinearFit.LeftOut]) -> [Group] {
        var groups: [Int: Group] = [:]
        for run in request.observations.sorted(by: { $0.runID.hex < $1.runID.hex }) {
            let (width, rate) = (run[.modelWidth], run.peakLearningRate)
            guard 1...1e9 ~= width, 1e-12...1e6 ~= rate else {
                leftOut.append(
                    .init(
                        runID: run.runID.hex,
                        runName: run.runName,
                        reason: "Its modelWidth \(width) or learning rate \(rate) is unusable."
                    )
                )
                continue
            }
            let key = Int((log(width) * 100).rounded())
            var group =
                groups[key] ?? Group(width: width, rates: Bounds(low: rate, high: rate))
            group.rates.low = min(group.rates.low, rate)
            group.rates.high = max(group.rates.high, rate)
            if 1e-6...1e6 ~= run.lossNats {
                group.sweep.append((log(rate), log(run.lossNats), 1))
            } else {
                group.diverged += 1
            }
            groups[key] = group
        }
        return groups.sorted { $0.key < $1.key }.map { Self.judged($0.value) }
    }

    /// Runs far above the best weigh little and those 1.5 times above it count as blown up.
    private static func judged(_ group: Group) -> Group {
        var group = group
        let least = group.sweep.map(\.y).min() ?? 0
        let before = group.sweep.count
        group.sweep = group.sweep.filter { $0.y - least < log(1.5) }
            .map { ($0.x, $0.y, exp(-($0.y - least) / RateBowls.band)) }
        group.diverged += before - group.sweep.count
        var rates: [Double] = []
        for run in group.sweep.sorted(by: { $0.x < $1.x }) where run.x - (rates.last ?? -99) > 0.05
        {
            rates.append(run.x)
        }
        let best = group.sweep.min { $0.y < $1.y }?.x ?? 0
        if rates.count < fewestRates {
            group.reason = "\(rates.count) learning rates that did not blow up"
        } else if let low = rates.first, best - low <= 0.05 {
            group.reason = "the lowest rate is the best one: sweep lower"
        } else if let high = rates.last, high - best <= 0.05 {
            group.reason = "the highest rate is the best one: sweep higher"
        }
        return group
    }

    private func draws(_ groups: [Group], _ bowls: RateBowls) -> [RateBowls] {
        let sweeps = groups.map(\.sweep)
        let scatter = Self.scatter(sweeps, bowls)
        return ParallelMap.map(min(request.options.drawCount, 400)) { draw in
            var random = SplitMix64(seed: request.seed &+ UInt64(draw) &* 0x9E37_79B9)
            let noisy = sweeps.enumerated().map { width, sweep in
                sweep.map { run in
                    (
                        x: run.x,
                        y: bowls.value(width, run.x) + scatter * random.normal(),
                        weight: run.weight
                    )
                }
            }
            var refit = bowls
            refit.fit(noisy, steps: 12)
            return refit
        }
    }

    /// Standard deviation of ln loss about the bowls. A coordinate takes up as much weight as a run
    /// has where weight is: sum of squares over sum of weights.
    private static func scatter(_ sweeps: [RateBowls.Sweep], _ bowls: RateBowls) -> Double {
        var (weights, squares, residuals) = (0.0, 0.0, 0.0)
        for (width, sweep) in sweeps.enumerated() {
            for run in sweep {
                let residual = run.y - bowls.value(width, run.x)
                weights += run.weight
                squares += run.weight * run.weight
                residuals += run.weight * residual * residual
            }
        }
        let taken = Double(2 * sweeps.count + 2) * squares / weights
        return (residuals / max(weights - taken, 0.1 * weights)).squareRoot()
    }

    private func fit(
        _ groups: [Group],
        _ usable: [Group],
        _ bowls: RateBowls,
        _ draws: [RateBowls],
        _ leftOut: [NonlinearFit.LeftOut]
    ) -> TransferCheckFit {
        let (slope, drift) = slope(usable, bowls, draws)
        let verdict = Self.verdict(drift)
        let runs = usable.reduce(0) { $0 + $1.sweep.count }
        let objective = bowls.objective(usable.map(\.sweep))
        return TransferCheckFit(
            law: TransferCheck.card.id,
            parameterConvention: request.parameterConvention,
            lossName: request.lossName,
            seed: request.seed,
            dataHash: hash(usable),
            widths: widths(groups, bowls, draws),
            slope: slope,
            driftOctaves: drift,
            verdict: verdict,
            curvature: bowls.curvature,
            skew: bowls.skew,
            objective: objective,
            diagnostics: FitDiagnostics(
                objectiveName: "half the weighted sum of squared residuals of ln loss",
                draws: draws.count,
                resampled: "residuals",
                residualPercent: 100 * (2 * objective / Double(max(runs, 1))).squareRoot(),
                leftOut: leftOut.count,
                warnings: [Self.text(verdict, drift)] + warnings(groups)
            ),
            leftOut: leftOut,
            leftOutCount: leftOut.count
        )
    }

    private func slope(
        _ usable: [Group],
        _ bowls: RateBowls,
        _ draws: [RateBowls]
    ) -> (slope: Interval, drift: Interval) {
        let x = usable.map { log($0.width) }
        let line = Self.line(x, bowls.optima)
        let shift = extraScatter(x, bowls, draws)
        var random = SplitMix64(seed: request.seed ^ 0x5EED)
        let slopes = draws.map { draw in
            Self.line(x, draw.optima.map { $0 + shift * random.normal() }).slope
        }
        let slope =
            Quantiles.interval(line.slope, slopes)
            ?? Interval(value: line.slope, low: line.slope, high: line.slope)
        let octaves = ((x.max() ?? 0) - (x.min() ?? 0)) / log(2)
        let drift = Interval(
            value: slope.value * octaves,
            low: slope.low * octaves,
            high: slope.high * octaves
        )
        return (slope, drift)
    }

    private func widths(
        _ groups: [Group],
        _ bowls: RateBowls,
        _ draws: [RateBowls]
    ) -> [TransferCheckFit.Width] {
        var place = 0
        return groups.map { group in
            var optimum: Interval?
            if group.reason == nil {
                let sample = draws.map { $0.optima[place] }
                optimum = Quantiles.interval(bowls.optima[place], sample).map {
                    Interval(value: exp($0.value), low: exp($0.low), high: exp($0.high))
                }
                place += 1
            }
            return TransferCheckFit.Width(
                modelWidth: group.width,
                runs: group.sweep.count,
                diverged: group.diverged,
                testedRates: group.rates,
                optimum: optimum,
                reason: group.reason,
                leastLossNats: exp(group.sweep.map(\.y).min() ?? 0)
            )
        }
    }

    /// Scatter of the optima about their line beyond what noise of the losses explains, in ln LR.
    private func extraScatter(_ x: [Double], _ bowls: RateBowls, _ draws: [RateBowls]) -> Double {
        guard x.count > 2, draws.count > 1 else { return 0 }
        let line = Self.line(x, bowls.optima)
        let residual = zip(x, bowls.optima).reduce(0) { sum, point in
            let gap = point.1 - line.level - line.slope * point.0
            return sum + gap * gap
        }
        let noise = x.indices.reduce(0.0) { sum, width in
            let gaps = draws.map { $0.optima[width] - bowls.optima[width] }
            return sum + gaps.reduce(0) { $0 + $1 * $1 } / Double(gaps.count)
        }
        let variance = residual / Double(x.count - 2) - noise / Double(x.count)
        return max(variance, 0).squareRoot()
    }

    private static func line(_ x: [Double], _ y: [Double]) -> (level: Double, slope: Double) {
        let count = Double(x.count)
        let (meanX, meanY) = (x.reduce(0, +) / count, y.reduce(0, +) / count)
        let spread = x.reduce(0) { $0 + ($1 - meanX) * ($1 - meanX) }
        guard spread > 0 else { return (meanY, 0) }
        let slope = zip(x, y).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) } / spread
        return (meanY - slope * meanX, slope)
    }

    private static func verdict(_ drift: Interval) -> TransferCheckFit.Verdict {
        if drift.low > 0 || drift.high < 0 { return .drifts }
        return drift.high - drift.low <= 1 ? .transfers : .undecided
    }

    private static func text(_ verdict: TransferCheckFit.Verdict, _ drift: Interval) -> String {
        let range = String(format: "%.2f [%.2f, %.2f] octaves", drift.value, drift.low, drift.high)
        switch verdict {
        case .transfers: return "The learning rate transfers: it drifts by \(range)."
        case .drifts: return "The learning rate does not transfer: it drifts by \(range)."
        case .undecided:
            return
                "Undecided: the learning rate drifts by \(range). Add runs near the best rates or"
                + " wider models."
        }
    }

    private func warnings(_ groups: [Group]) -> [String] {
        var warnings = groups.compactMap { group in
            group.reason.map { "Width \(ExpertText.number(group.width)) is left out: \($0)." }
        }
        for role in [Role.batchTokens, .tokenCount] {
            let values = request.observations.compactMap { $0.values[role] }.filter { $0 > 0 }
            guard let low = values.min(), let high = values.max(), high > 1.05 * low else {
                continue
            }
            warnings.append(
                "\(role.rawValue) runs from \(ExpertText.number(low)) to \(ExpertText.number(high)):"
                    + " it moves the best rate by itself."
            )
        }
        return warnings
    }

    private func hash(_ groups: [Group]) -> String {
        var hash = DataHash()
        for group in groups {
            hash.mix(group.width)
            for run in group.sweep.sorted(by: { ($0.x, $0.y) < ($1.x, $1.y) }) {
                hash.mix(run.x)
                hash.mix(run.y)
            }
        }
        return hash.text
    }
}
