import Foundation

/// MixMin: the weights of an ensemble of one model per domain that explain target examples best,
/// used as the mixture to train on (arXiv 2502.10510). Convex, so the optimum is the only one.
package struct MixMin: Sendable, Hashable, Codable {
    /// Shares by domain, summing to 1.
    package var proportions: [String: Double]
    /// Mean of −log(Σ_j w_j p_j(x)) / length(x): nats per token over the target examples.
    package var objective: Double
    /// The same at equal shares: the naive baseline.
    package var objectiveUniform: Double
    package var iterations: Int
    /// Most that any shift between domains can still gain, nats per token.
    package var gap: Double

    /// - Parameters:
    ///   - logProbabilities: ln p_j(x) of each whole target example under the model of each domain,
    ///     one list per domain.
    ///   - lengths: tokens of each example.
    package init(
        logProbabilities: [String: [Double]],
        lengths: [Double],
        iterationLimit: Int = 100_000,
        tolerance: Double = 1e-13
    ) throws(MixtureError) {
        let names = logProbabilities.keys.sorted()
        try Self.check(logProbabilities, lengths)
        let count = lengths.count
        // Relative to the best model of each example, so that long examples do not underflow.
        var tops = [Double](repeating: -.infinity, count: count)
        for name in names {
            for (row, value) in (logProbabilities[name] ?? []).enumerated() {
                tops[row] = max(tops[row], value)
            }
        }
        let likelihoods = names.map { name in
            zip(logProbabilities[name] ?? [], tops).map { exp($0 - $1) }
        }
        let base = zip(tops, lengths).reduce(0) { $0 - $1.0 / $1.1 / Double(count) }
        let scales = lengths.map { 1 / ($0 * Double(count)) }
        var shares = [Double](repeating: 1 / Double(names.count), count: names.count)
        var state = Self.evaluate(shares, likelihoods, scales)
        objectiveUniform = base + state.value
        var step = 1.0
        iterations = 0
        gap = Self.gap(shares, state.gradient)
        while iterations < iterationLimit, gap > tolerance {
            iterations += 1
            let moved = Self.step(shares, state.gradient, step)
            let next = Self.evaluate(moved, likelihoods, scales)
            // The plain rule has a fixed step; it is halved where it would overshoot.
            if next.value > state.value + 1e-15 {
                step /= 2
                if step < 1e-9 { break }
                continue
            }
            (shares, state) = (moved, next)
            step = min(step * 1.5, 1e6)
            gap = Self.gap(shares, state.gradient)
        }
        objective = base + state.value
        proportions = Dictionary(uniqueKeysWithValues: zip(names, shares))
    }

    private static func check(
        _ logProbabilities: [String: [Double]],
        _ lengths: [Double]
    ) throws(MixtureError) {
        guard !logProbabilities.isEmpty, !lengths.isEmpty else {
            throw .invalid(
                field: "logProbabilities",
                reason: "Give the log-probabilities of at least one example under one model."
            )
        }
        guard lengths.allSatisfy({ $0.isFinite && $0 > 0 && $0 <= 1e12 }) else {
            throw .invalid(
                field: "lengths",
                reason: "The length of an example is not a positive number of tokens."
            )
        }
        for (name, values) in logProbabilities.sorted(by: { $0.key < $1.key }) {
            guard values.count == lengths.count,
                values.allSatisfy({ $0.isFinite && abs($0) <= 1e12 })
            else {
                throw .invalid(
                    field: "logProbabilities",
                    reason: "\(name) has \(values.count) log-probabilities for \(lengths.count)"
                        + " examples, or one that is not a finite number."
                )
            }
        }
    }

    private static func evaluate(
        _ shares: [Double],
        _ likelihoods: [[Double]],
        _ scales: [Double]
    ) -> (value: Double, gradient: [Double]) {
        var value = 0.0
        var sums = [Double](repeating: 0, count: scales.count)
        for (share, column) in zip(shares, likelihoods) {
            for row in sums.indices { sums[row] += share * column[row] }
        }
        for row in sums.indices {
            sums[row] = max(sums[row], 1e-300)
            value -= scales[row] * log(sums[row])
        }
        let gradient = likelihoods.map { column in
            column.indices.reduce(0) { $0 - scales[$1] * column[$1] / sums[$1] }
        }
        return (value, gradient)
    }

    private static func step(_ shares: [Double], _ gradient: [Double], _ length: Double) -> [Double]
    {
        let least = gradient.min() ?? 0
        let raw = zip(shares, gradient).map { $0 * exp(-length * ($1 - least)) }
        let sum = raw.reduce(0, +)
        return raw.map { $0 / sum }
    }

    /// Frank and Wolfe's bound: the objective is convex, so no mixture gains more than this.
    private static func gap(_ shares: [Double], _ gradient: [Double]) -> Double {
        let mean = zip(shares, gradient).reduce(0) { $0 + $1.0 * $1.1 }
        return max(0, mean - (gradient.min() ?? 0))
    }
}
