/// What a run had used up at a step, tokens or FLOPs: a function of the step that never falls.
/// Between the places known it is straight, beyond them it keeps the slope of the nearest two.
package struct StepMap: Sendable, Hashable {
    /// Rising.
    private let steps: [Double]
    /// Never falling, one for each step.
    private let amounts: [Double]

    /// So much a step, counted from step 0.
    package init(perStep amount: Double) {
        precondition(amount > 0 && amount.isFinite, "a step uses something")
        steps = [0, 1]
        amounts = [0, amount]
    }

    /// From a logged amount. Values that are not finite, or that fall behind an earlier one, are
    /// left out; nil when more than a tenth fall behind, for then it is no sum, or when the amount
    /// does not grow.
    package init?(steps: [Double], amounts: [Double]) {
        var known: (steps: [Double], amounts: [Double]) = ([], [])
        var finiteCount = 0
        var behindCount = 0
        for (step, amount) in zip(steps, amounts) where step.isFinite && amount.isFinite {
            finiteCount += 1
            if let last = known.amounts.last, amount < last {
                behindCount += 1
                continue
            }
            if known.steps.last == step {
                known.amounts[known.amounts.count - 1] = amount
            } else if step > known.steps.last ?? -.infinity {
                known.steps.append(step)
                known.amounts.append(amount)
            }
        }
        guard behindCount * 10 <= finiteCount, let first = known.amounts.first,
            let last = known.amounts.last, last > first,
            last / 2 - first / 2 < .greatestFiniteMagnitude / 4
        else { return nil }
        self.steps = known.steps
        self.amounts = known.amounts
    }

    /// From what one step uses, logged where it changes: the sum over all steps from 0.
    package init?(steps: [Double], perStep: [Double]) {
        var places: [Double] = []
        var sums: [Double] = []
        for (step, amount) in zip(steps, perStep) {
            guard step.isFinite, amount.isFinite, amount > 0 else { continue }
            guard let place = places.last, let sum = sums.last else {
                places = [0]
                sums = [0]
                if step > 0 {
                    places.append(step)
                    sums.append(step * amount)
                }
                continue
            }
            guard step > place else { continue }
            places.append(step)
            sums.append(sum + (step - place) * amount)
        }
        self.init(steps: places, amounts: sums)
    }

    /// The map of `factor` times the amount, for FLOPs from tokens.
    package func scaled(by factor: Double) -> StepMap? {
        StepMap(steps: steps, amounts: amounts.map { $0 * factor })
    }

    package func amount(at step: Int64) -> Double {
        let step = Double(step)
        var (low, high) = (0, steps.count - 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if steps[middle] <= step { low = middle } else { high = middle }
        }
        let slope = (amounts[high] - amounts[low]) / (steps[high] - steps[low])
        guard step < steps[high] else { return amounts[high] + (step - steps[high]) * slope }
        // Rounding must not lift what is between two places above the second.
        return min(amounts[low] + (step - steps[low]) * slope, amounts[high])
    }
}
