import Foundation

/// Mean of the resampled laws' losses plus `caution` standard deviations of them: a mixture is good
/// only where the laws agree that it is.
struct CautiousObjective: SmoothFunction {
    var law: MixtureObjective
    var draws: [MixtureObjective]
    var caution: Double

    func value(_ proportions: [Double]) -> Double {
        let (mean, deviation) = moments(proportions)
        return mean + caution * deviation
    }

    /// Standard deviation of the expected loss; of the law itself where there are no draws.
    func moments(_ proportions: [Double]) -> (mean: Double, deviation: Double) {
        guard draws.count > 1 else {
            return (law.value(proportions), law.deviation(proportions))
        }
        var (sum, square) = (0.0, 0.0)
        let base = law.value(proportions)
        for draw in draws {
            let value = draw.value(proportions) - base
            sum += value
            square += value * value
        }
        let count = Double(draws.count)
        let variance = max(0, square - sum * sum / count) / (count - 1)
        return (base + sum / count, variance.squareRoot())
    }

    func gradient(_ proportions: [Double]) -> [Double]? {
        guard draws.count > 1 else { return lawGradient(proportions) }
        let (mean, deviation) = moments(proportions)
        let count = Double(draws.count)
        var slope = [Double](repeating: 0, count: proportions.count)
        for draw in draws {
            guard let part = draw.gradient(proportions) else { return nil }
            // A spread of nothing has no direction.
            let pull =
                deviation > 1e-12 * (1 + abs(mean))
                ? caution * (draw.value(proportions) - mean) / ((count - 1) * deviation) : 0
            for index in slope.indices { slope[index] += (1 / count + pull) * part[index] }
        }
        return slope
    }

    /// Forms in closed form are cheap enough for the curvature of every draw; others lend that of
    /// the law itself, which costs steps but no truth.
    func bentGradient(_ proportions: [Double]) -> [Double]? {
        draws.count > 1 && !isCheap ? law.bentGradient(proportions) : gradient(proportions)
    }

    private var isCheap: Bool { law.terms.allSatisfy { $0.law.separable != nil } }

    private func lawGradient(_ proportions: [Double]) -> [Double]? {
        guard var slope = law.gradient(proportions) else { return nil }
        guard caution != 0, law.deviation(proportions) > 0 else { return slope }
        for index in slope.indices {
            let step = 1e-5 * (proportions[index] + 1e-2)
            var (above, below) = (proportions, proportions)
            above[index] += step
            below[index] = max(0, below[index] - step)
            let change = law.deviation(above) - law.deviation(below)
            slope[index] += caution * change / (above[index] - below[index])
        }
        return slope
    }

    /// The spread of convex laws need not be convex.
    var isConvex: Bool { law.isConvex && (caution == 0 || draws.isEmpty) }
}

extension MixtureObjective {
    /// The laws' own deviations together, as if they erred independently; 0 where they tell none.
    func deviation(_ proportions: [Double]) -> Double {
        var square = 0.0
        for term in terms {
            let own = term.weight * (term.law.deviation(at: proportions) ?? 0)
            square += own * own
        }
        return square.squareRoot()
    }
}
