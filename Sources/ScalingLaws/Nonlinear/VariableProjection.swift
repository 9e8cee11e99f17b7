import Foundation
import LinearAlgebra

/// Least squares of L = E + A·N^-alpha + B·D^-beta by variable projection: for given exponents the
/// three other numbers follow from a linear problem, so that two dimensions are left to search and
/// the condition of the five (3e11) falls to about 10.
struct VariableProjection {
    private let sizes: [Double]
    private let tokens: [Double]
    private let losses: [Double]
    private let weights: [Double]
    private let center: SizeAndTokens

    /// Exponents are searched in this range.
    static let exponents = 0.01...3.0

    /// - Parameter weights: how often each run counts.
    init(_ inputs: [SizeAndTokens], losses: [Double], weights: [Double]) {
        let sum = max(weights.reduce(0, +), .leastNormalMagnitude)
        let size = zip(inputs, weights).reduce(0) { $0 + $1.0.logSize * $1.1 } / sum
        let token = zip(inputs, weights).reduce(0) { $0 + $1.0.logTokens * $1.1 } / sum
        center = SizeAndTokens(logSize: size, logTokens: token)
        sizes = inputs.map { $0.logSize - size }
        tokens = inputs.map { $0.logTokens - token }
        self.losses = losses
        self.weights = weights
    }

    /// Amplitudes at the data's centre; none is negative.
    struct Projection {
        var floor = 0.0
        var size = 0.0
        var tokens = 0.0
        /// Sum of weighted squared residuals of L.
        var value = Double.infinity
        var byAlpha = 0.0
        var byBeta = 0.0
    }

    /// The least squares amplitudes for these exponents.
    func project(alpha: Double, beta: Double) -> Projection {
        guard Self.exponents.contains(alpha), Self.exponents.contains(beta) else {
            return Projection()
        }
        let u = sizes.map { exp(-alpha * $0) }
        let v = tokens.map { exp(-beta * $0) }
        // Terms that want to be negative are left out, in every combination that keeps one.
        let full = amplitudes(u, v, [true, true, true])
        if let full, full.allSatisfy({ $0 >= 0 }) { return projection(full, u, v) }
        var best = Projection()
        for mask in 1..<7 {
            let kept = [mask & 1 > 0, mask & 2 > 0, mask & 4 > 0]
            guard let found = amplitudes(u, v, kept), found.allSatisfy({ $0 >= 0 }) else {
                continue
            }
            let other = projection(found, u, v)
            if other.value < best.value { best = other }
        }
        return best
    }

    private func amplitudes(_ u: [Double], _ v: [Double], _ kept: [Bool]) -> [Double]? {
        let places = (0..<3).filter { kept[$0] }
        var system = SmallSystem(size: places.count)
        for run in losses.indices where weights[run] > 0 {
            let row = [1, u[run], v[run]]
            for (r, place) in places.enumerated() {
                for (c, other) in places.enumerated() {
                    system.matrix[r * places.count + c] += weights[run] * row[place] * row[other]
                }
                system.vector[r] += weights[run] * row[place] * losses[run]
            }
        }
        guard system.solve(), system.vector.allSatisfy(\.isFinite) else { return nil }
        var all = [0.0, 0, 0]
        for (r, place) in places.enumerated() { all[place] = system.vector[r] }
        return all
    }

    /// At the best amplitudes the value's slope in the exponents is that with amplitudes held.
    private func projection(_ found: [Double], _ u: [Double], _ v: [Double]) -> Projection {
        var result = Projection(floor: found[0], size: found[1], tokens: found[2], value: 0)
        for run in losses.indices where weights[run] > 0 {
            let residual = found[0] + found[1] * u[run] + found[2] * v[run] - losses[run]
            result.value += weights[run] * residual * residual
            result.byAlpha -= 2 * weights[run] * residual * found[1] * u[run] * sizes[run]
            result.byBeta -= 2 * weights[run] * residual * found[2] * v[run] * tokens[run]
        }
        return result
    }

    struct Minimum {
        var alpha: Double
        var beta: Double
        var projection: Projection
        var center: SizeAndTokens
        var isConverged: Bool
        var starts: Int
        var startsAtBest: Int

        /// ln E, ln A and ln B at N = D = 1, alpha, beta; an absent term is a millionth of a
        /// millionth.
        var theta: [Double] {
            [
                log(max(projection.floor, 1e-12)),
                log(max(projection.size, 1e-12)) + alpha * center.logSize,
                log(max(projection.tokens, 1e-12)) + beta * center.logTokens,
                alpha, beta,
            ]
        }
    }

    private func bestOfGrid(_ count: Int) -> [[Double]] {
        let grid = [0.12, 0.3, 0.6, 1.1]
        let ranked = grid.flatMap { alpha in grid.map { (alpha, $0) } }
            .map { (point: [$0.0, $0.1], value: project(alpha: $0.0, beta: $0.1).value) }
            .filter { $0.value.isFinite }
            .sorted { $0.value < $1.value }
        return ranked.prefix(count).map(\.point)
    }

    /// nil when no exponents give a finite value.
    /// - Parameter near: exponents of the minimum of nearly the same runs: they alone are followed,
    ///   instead of the three best of a grid.
    func minimum(near: (alpha: Double, beta: Double)? = nil) -> Minimum? {
        let starts = near.map { [[$0.alpha, $0.beta]] } ?? bestOfGrid(3)
        let minima = starts.map { start in
            Minimiser().minimise(from: start) { point, gradient in
                let found = project(alpha: point[0], beta: point[1])
                gradient[0] = found.byAlpha
                gradient[1] = found.byBeta
                return found.value
            }
        }
        guard let best = minima.min(by: { $0.value < $1.value }), best.value.isFinite else {
            return nil
        }
        return Minimum(
            alpha: best.point[0],
            beta: best.point[1],
            projection: project(alpha: best.point[0], beta: best.point[1]),
            center: center,
            isConverged: best.isConverged,
            starts: minima.count,
            startsAtBest: minima.count {
                $0.value <= best.value * (1 + 1e-6) + Minimiser.negligible
            }
        )
    }
}
