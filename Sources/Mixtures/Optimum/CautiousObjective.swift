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
        guard let (slopes, weights, _) = parts(proportions) else { return nil }
        var slope = [Double](repeating: 0, count: proportions.count)
        for (part, weight) in zip(slopes, weights) {
            for index in slope.indices { slope[index] += weight * part[index] }
        }
        return slope
    }

    /// Gradients of the draws, the weight of each in the gradient of the whole, and what the
    /// curvature has of how gradients differ.
    private func parts(
        _ proportions: [Double]
    ) -> (slopes: [[Double]], weights: [Double], spread: Double)? {
        let slopes = draws.compactMap { $0.gradient(proportions) }
        guard slopes.count == draws.count else { return nil }
        let values = draws.map { $0.value(proportions) }
        let count = Double(draws.count)
        let mean = values.reduce(0, +) / count
        let square = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let deviation = (square / (count - 1)).squareRoot()
        // A spread of nothing has no direction.
        let spread =
            deviation > 1e-12 * (1 + abs(mean)) ? caution / ((count - 1) * deviation) : 0
        return (slopes, values.map { 1 / count + spread * ($0 - mean) }, spread)
    }

    /// Exact where the draws are forms in closed form; others lend the curvature of the law itself,
    /// which costs steps but no truth.
    func curvature(_ proportions: [Double]) -> [Double]? {
        guard draws.count > 1 else { return law.curvature(proportions) }
        guard let (slopes, weights, spread) = parts(proportions) else { return nil }
        let size = proportions.count
        var sum = [Double](repeating: 0, count: size * size)
        if isCheap {
            for (draw, weight) in zip(draws, weights) {
                guard let own = draw.curvature(proportions) else { return nil }
                Curvature.add(own, times: weight, to: &sum)
            }
        } else {
            guard let own = law.curvature(proportions) else { return nil }
            sum = own
        }
        guard spread > 0 else { return sum }
        let count = Double(draws.count)
        var (mean, pull) = (
            [Double](repeating: 0, count: size), [Double](repeating: 0, count: size)
        )
        for (slope, weight) in zip(slopes, weights) {
            for index in 0..<size {
                mean[index] += slope[index] / count
                pull[index] += (weight - 1 / count) * slope[index]
            }
        }
        for slope in slopes {
            let apart = slope.indices.map { slope[$0] - mean[$0] }
            Curvature.add(square: apart, times: spread, to: &sum)
        }
        Curvature.add(square: pull, times: -spread * (count - 1) / (caution * caution), to: &sum)
        return sum
    }

    /// For searches: of laws that are dear to ask, every so many draws.
    var thinned: CautiousObjective {
        guard !isCheap, draws.count > Self.dearDraws else { return self }
        var thin = self
        let step = Double(draws.count) / Double(Self.dearDraws)
        thin.draws = (0..<Self.dearDraws).map { draws[Int(Double($0) * step)] }
        return thin
    }

    private static let dearDraws = 12

    var isCheap: Bool { law.terms.allSatisfy { $0.law.separable != nil } }

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
