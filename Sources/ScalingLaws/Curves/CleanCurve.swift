import Foundation

/// A loss curve as it can be computed with: losses between 1e-6 and 1e6 in rising order of steps,
/// parts that were trained again after a restart only once.
struct CleanCurve: Sendable, Hashable {
    var steps: [Double] = []
    var losses: [Double] = []
    /// As long as `steps`, or empty.
    var rates: [Double] = []
    /// Points that were not finite, not positive or without a usable step.
    var unusable = 0
    /// Times the steps went back, that is the training began again from an earlier state.
    var restarts = 0

    init() {}

    init(_ curve: LossCurve, upTo horizon: Double = .infinity) {
        let hasRates = curve.learningRates.count == curve.steps.count
        for index in 0..<min(curve.steps.count, curve.lossNats.count) {
            let step = curve.steps[index]
            let loss = curve.lossNats[index]
            guard step.isFinite, step >= 0, step <= horizon, loss.isFinite, loss > 1e-6, loss < 1e6
            else {
                unusable += 1
                continue
            }
            if let last = steps.last, step <= last {
                restarts += step < last ? 1 : 0
                let kept = Self.firstIndex(in: steps, atLeast: step)
                steps.removeSubrange(kept...)
                losses.removeSubrange(kept...)
                if hasRates { rates.removeSubrange(kept...) }
            }
            steps.append(step)
            losses.append(loss)
            if hasRates { rates.append(curve.learningRates[index]) }
        }
    }

    var count: Int { steps.count }

    /// The part up to a step.
    func prefix(upTo step: Double) -> CleanCurve {
        var part = self
        let end = steps.firstIndex { $0 > step } ?? count
        part.steps = Array(steps[..<end])
        part.losses = Array(losses[..<end])
        if !rates.isEmpty { part.rates = Array(rates[..<end]) }
        return part
    }

    /// ln loss at a step, by straight lines in (ln step, ln loss); nil outside the curve.
    func logLoss(at step: Double) -> Double? {
        guard let first = steps.first, let last = steps.last, step >= first, step <= last else {
            return nil
        }
        let index = Self.firstIndex(in: steps, atLeast: step)
        if index == 0 || steps[index] == step { return log(losses[index]) }
        let (low, high) = (log(max(steps[index - 1], 0.5)), log(steps[index]))
        guard high > low else { return log(losses[index]) }
        let share = min(max((log(step) - low) / (high - low), 0), 1)
        return log(losses[index - 1]) * (1 - share) + log(losses[index]) * share
    }

    /// ln loss at a step without the noise of single steps: where points are dense, the mean over
    /// the last tenth of the way; else by straight lines. nil outside the curve.
    func level(at step: Double, isDense: Bool) -> Double? {
        guard isDense else { return logLoss(at: step) }
        let first = Self.firstIndex(in: steps, atLeast: 0.9 * step)
        let end = Self.firstIndex(in: steps, atLeast: step * (1 + 1e-12))
        guard end - first >= 2, let last = steps.last, step <= last * (1 + 1e-12) else {
            return logLoss(at: step)
        }
        return losses[first..<end].reduce(0) { $0 + log($1) } / Double(end - first)
    }

    func count(from low: Double, to high: Double) -> Int {
        Self.firstIndex(in: steps, atLeast: high * (1 + 1e-12))
            - Self.firstIndex(in: steps, atLeast: low)
    }

    /// Learning rate near a step over the greatest so far; nil where rates were not logged.
    func relativeRate(at step: Double) -> Double? {
        guard !rates.isEmpty else { return nil }
        let end = Self.firstIndex(in: steps, atLeast: step * (1 + 1e-12))
        guard end > 0, let peak = rates[..<end].max(), peak > 0, rates[end - 1].isFinite else {
            return nil
        }
        return rates[end - 1] / peak
    }

    /// Steps rise, so halving finds it.
    private static func firstIndex(in steps: [Double], atLeast step: Double) -> Int {
        var (low, high) = (0, steps.count)
        while low < high {
            let middle = (low + high) / 2
            if steps[middle] < step { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
