import Foundation

/// Areas of a learning rate over steps: S1, under the rate, and S2, of its annealing:
/// S2(s) = Σ_{i ≤ s} m_i with m_i = λ·m_{i−1} + (η_{i−1} − η_i), λ = 0.999 (arXiv 2408.11029,
/// equation 1 and section 3). Between known points the rate is a straight line, for which both sums
/// have closed forms, so a million steps cost no more than their logged points. The warm-up counts
/// as if at the peak (section 3.4 there).
struct AnnealingAreas: Sendable {
    static let decay = 0.999

    private struct Knot {
        var step: Double
        var rate: Double
        var first = 0.0
        var momentum = 0.0
        var second = 0.0
    }

    private var knots: [Knot] = []
    /// Steps before this one are warm-up.
    private(set) var warmupEnd = 0.0
    private(set) var peak = 0.0

    /// - Returns: nil without two usable rates or with only zeros.
    init?(steps: [Double], rates: [Double]) {
        var points: [(step: Double, rate: Double)] = []
        for (step, rate) in zip(steps, rates)
        where step.isFinite && step >= 0 && step < 1e12 && rate.isFinite && rate >= 0 && rate < 1e6
        {
            while let last = points.last, last.step >= step { points.removeLast() }
            points.append((step, rate))
        }
        guard points.count >= 2, let peak = points.map(\.rate).max(), peak > 1e-30,
            let top = points.firstIndex(where: { $0.rate >= 0.999 * peak })
        else { return nil }
        self.peak = peak
        warmupEnd = top == 0 ? 0 : points[top].step
        knots = [Knot(step: 0, rate: points[top].rate)]
        for point in points[top...] where point.step > 0 {
            guard let last = knots.last else { continue }
            knots.append(Self.advance(last, to: point.step, rate: point.rate))
        }
    }

    init?(_ schedule: LearningRateSchedule) {
        let parts = 500
        let steps = (0...parts).map { part in
            schedule.warmupSteps
                + (schedule.horizonSteps - schedule.warmupSteps) * Double(part) / Double(parts)
        }
        self.init(steps: steps, rates: steps.map { schedule.rate(at: $0) })
    }

    /// S1 and S2 at a step up to the last known rate; beyond it the rate stays.
    func areas(at step: Double) -> (first: Double, second: Double) {
        var (low, high) = (0, knots.count - 1)
        while low < high {
            let middle = (low + high + 1) / 2
            if knots[middle].step <= step { low = middle } else { high = middle - 1 }
        }
        let from = knots[low]
        guard step > from.step else { return (from.first, from.second) }
        var rate = from.rate
        if low + 1 < knots.count {
            let to = knots[low + 1]
            rate += (to.rate - from.rate) * (step - from.step) / (to.step - from.step)
        }
        let there = Self.advance(from, to: step, rate: rate)
        return (there.first, there.second)
    }

    /// The sums over n steps of a straight line.
    private static func advance(_ from: Knot, to step: Double, rate: Double) -> Knot {
        let n = step - from.step
        let drop = (from.rate - rate) / n
        let left = pow(decay, n)
        let sum = (1 - left) * decay / (1 - decay)
        return Knot(
            step: step,
            rate: rate,
            first: from.first + n * from.rate - drop * n * (n + 1) / 2,
            momentum: left * from.momentum + drop * (1 - left) / (1 - decay),
            second: from.second + from.momentum * sum + drop / (1 - decay) * (n - sum)
        )
    }
}
