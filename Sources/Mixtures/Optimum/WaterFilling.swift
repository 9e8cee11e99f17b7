import Foundation

/// The mixture with most Σ scale_j (r_j + offset)^exponent_j in a box: every free domain has the
/// same marginal utility, and the level of it is found by bisection of its logarithm.
enum WaterFilling {
    /// - Returns: nil when the box holds no mixture.
    static func optimum(
        _ utility: SeparableUtility,
        lower: [Double],
        upper: [Double]
    ) -> [Double]? {
        let domains = lower.indices
        guard domains.allSatisfy({ lower[$0] <= upper[$0] }), lower.reduce(0, +) <= 1 + 1e-12,
            upper.reduce(0, +) >= 1 - 1e-12
        else { return nil }
        func shares(_ level: Double) -> [Double] {
            domains.map { domain in
                let power = utility.exponents[domain]
                let gain = utility.scales[domain] * power
                guard gain > 0 else { return lower[domain] }
                let share = exp((log(gain) - level) / (1 - power)) - utility.offset
                // What rounding leaves beside a bound is the bound.
                if share < lower[domain] + 1e-15 { return lower[domain] }
                return share > upper[domain] - 1e-15 ? upper[domain] : share
            }
        }
        var (low, high) = (-800.0, 800.0)
        for _ in 0..<200 {
            let middle = (low + high) / 2
            guard middle > low, middle < high else { break }
            if shares(middle).reduce(0, +) > 1 { low = middle } else { high = middle }
        }
        var found = shares((low + high) / 2)
        settle(&found, lower, upper)
        return found
    }

    /// What the level could not place, such as shares of domains that are worth nothing.
    private static func settle(_ shares: inout [Double], _ lower: [Double], _ upper: [Double]) {
        var rest = 1 - shares.reduce(0, +)
        // Rounding goes to domains inside their bounds first, so that zeros and caps stay exact.
        let inside = shares.indices.filter { shares[$0] > lower[$0] && shares[$0] < upper[$0] }
        for index in inside + Array(shares.indices) where abs(rest) > 1e-15 {
            let value = min(max(shares[index] + rest, lower[index]), upper[index])
            rest -= value - shares[index]
            shares[index] = value
        }
    }

    /// Error of the optimality conditions, relative to the spread of the gradient, and the price of
    /// each bound.
    static func prices(
        _ gradient: [Double],
        at shares: [Double],
        lower: [Double],
        upper: [Double]
    ) -> (lower: [Double], upper: [Double], residual: Double) {
        let free = shares.indices.filter { shares[$0] > lower[$0] && shares[$0] < upper[$0] }
        let atLow = shares.indices.filter { shares[$0] <= lower[$0] && lower[$0] < upper[$0] }
        let atHigh = shares.indices.filter { shares[$0] >= upper[$0] && lower[$0] < upper[$0] }
        let level =
            if !free.isEmpty {
                free.reduce(0) { $0 + gradient[$1] } / Double(free.count)
            } else {
                atLow.map { gradient[$0] }.min() ?? atHigh.map { gradient[$0] }.max()
                    ?? gradient.reduce(0, +) / Double(max(gradient.count, 1))
            }
        let mean = gradient.reduce(0, +) / Double(max(gradient.count, 1))
        let spread = gradient.reduce(1e-10) { max($0, abs($1 - mean)) }
        let errors =
            free.map { abs(gradient[$0] - level) } + atLow.map { level - gradient[$0] }
            + atHigh.map { gradient[$0] - level }
        return (
            shares.indices.map { shares[$0] <= lower[$0] ? max(0, gradient[$0] - level) : 0 },
            shares.indices.map { shares[$0] >= upper[$0] ? max(0, level - gradient[$0]) : 0 },
            max(0, errors.max() ?? 0) / spread
        )
    }
}
