import Foundation

extension LearningRateSchedule {
    /// The usual shape that the logged rates follow so far, or nil where none is within 2 % of the
    /// peak everywhere or where several that part later are.
    package init?(rates: [Double], steps: [Double], horizon: Double) {
        guard rates.count == steps.count, rates.count >= 3,
            rates.allSatisfy({ $0.isFinite && $0 >= 0 }), let peak = rates.max(), peak > 0,
            let top = rates.firstIndex(where: { $0 >= 0.999 * peak }), let last = steps.last
        else { return nil }
        // The peak lies between the logged point before the greatest rate and the one after.
        let bounds = (
            low: top == 0 ? 0 : steps[top - 1],
            high: top == 0 ? 0 : steps[min(top + 1, steps.count - 1)]
        )
        var found: [Self] = []
        for shape in [Shape.constant, .linear, .cosine] {
            for floor in shape == .constant ? [1.0] : [0, 0.01, 0.1, 0.2] {
                for part in 0...8 {
                    let warmup = bounds.low + (bounds.high - bounds.low) * Double(part) / 8
                    let trial = Self(
                        shape: shape,
                        peak: peak,
                        final: floor * peak,
                        warmupSteps: warmup,
                        horizonSteps: horizon
                    )
                    let misfit = trial.misfit(rates, steps, from: top)
                    guard misfit <= 0.02 * peak else { continue }
                    found.append(trial)
                }
            }
        }
        let now = rates[rates.count - 1]
        // A rate that stays at its peak may be constant to the end or decay late: nobody can know.
        guard now < 0.97 * peak || last >= 0.999 * horizon else { return nil }
        guard
            let best = found.min(by: {
                $0.misfit(rates, steps, from: top) < $1.misfit(rates, steps, from: top)
            })
        else { return nil }
        self = best
    }

    private func misfit(_ rates: [Double], _ steps: [Double], from first: Int) -> Double {
        var worst = 0.0
        for index in first..<rates.count {
            worst = max(worst, abs(rate(at: steps[index]) - rates[index]))
        }
        return worst
    }

    /// Area under the rate up to each of the shares of the horizon, over that of a constant peak;
    /// the warm-up counts as if at the peak, as in arXiv 2408.11029, section 3.4.
    func area(at step: Double) -> Double {
        guard horizonSteps > 0, peak > 0, step > 0 else { return 0 }
        let parts = 256
        let from = min(warmupSteps, step)
        var area = from * peak
        let width = (step - from) / Double(parts)
        for part in 0..<parts { area += width * rate(at: from + (Double(part) + 0.5) * width) }
        return area / (peak * horizonSteps)
    }
}
