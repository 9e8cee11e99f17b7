import Foundation
import LinearAlgebra

/// Weights of a mean of predictions.
package enum SimplexLeastSquares {
    /// More members than this would have too many subsets to try.
    package static let memberLimit = 10

    /// The w with w_k ≥ 0 and Σ w = 1 that minimise Σ_i (Σ_k w_k·p_ik − y_i)², exactly: the least
    /// squares on every subset of the members is solved, and the best without a negative weight is
    /// the answer.
    ///
    /// - Parameters:
    ///   - predictions: one list per member, a value for each run.
    ///   - observed: one value for each run.
    package static func weights(_ predictions: [[Double]], _ observed: [Double]) -> [Double] {
        let count = min(predictions.count, memberLimit)
        guard count > 1 else { return [Double](repeating: 1, count: count) }
        let errors = predictions.map { zip($0, observed).map { $0.0 - $0.1 } }
        var gram = Matrix(rows: count, columns: count)
        for a in 0..<count {
            for b in 0..<count {
                gram[a, b] = zip(errors[a], errors[b]).reduce(0) { $0 + $1.0 * $1.1 }
            }
        }
        var best = (value: Double.infinity, weights: [Double](repeating: 0, count: count))
        for subset in 1..<(1 << count) {
            let members = (0..<count).filter { subset >> $0 & 1 == 1 }
            guard let found = stationary(gram, members), found.value < best.value else { continue }
            best.value = found.value
            best.weights = [Double](repeating: 0, count: count)
            for (place, member) in members.enumerated() {
                best.weights[member] = found.weights[place]
            }
        }
        guard best.value.isFinite else { return lone(gram, count) }
        return best.weights
    }

    /// w ∝ G⁻¹·1 on the members; nil where G is singular or a weight negative.
    private static func stationary(
        _ gram: Matrix,
        _ members: [Int]
    ) -> (value: Double, weights: [Double])? {
        var part = Matrix(rows: members.count, columns: members.count)
        for (row, a) in members.enumerated() {
            for (column, b) in members.enumerated() { part[row, column] = gram[a, b] }
        }
        let ones = [Double](repeating: 1, count: members.count)
        guard let solution = try? part.choleskySolve(ones) else { return nil }
        let sum = solution.reduce(0, +)
        guard sum > 0, sum.isFinite, solution.allSatisfy({ $0 >= 0 }) else { return nil }
        return (1 / sum, solution.map { $0 / sum })
    }

    /// All weight on the member with the least error.
    private static func lone(_ gram: Matrix, _ count: Int) -> [Double] {
        let best = (0..<count).min { gram[$0, $0] < gram[$1, $1] } ?? 0
        return (0..<count).map { $0 == best ? 1 : 0 }
    }
}
