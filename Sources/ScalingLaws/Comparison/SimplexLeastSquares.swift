import LinearAlgebra

/// Weights of a mean of predictions.
package enum SimplexLeastSquares {
    /// More members than this would have too many subsets to try.
    package static let memberLimit = 10

    /// The w with w_k ≥ 0 and Σ w = 1 that minimise Σ_i (Σ_k w_k·e_ik)², exactly: the least
    /// squares on every subset of the members is solved, and the best without a negative weight is
    /// the answer. Of more members than the limit, those with the largest errors get nothing.
    ///
    /// - Parameter errors: one list per member, predicted minus observed for each run.
    package static func weights(errors: [[Double]]) -> [Double] {
        guard errors.count > 1, errors.contains(where: { !$0.isEmpty }) else {
            return [Double](repeating: 1 / Double(max(1, errors.count)), count: errors.count)
        }
        guard errors.count <= memberLimit else { return weightsOfBest(errors) }
        let count = errors.count
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
        return best.weights
    }

    /// The same of what members predicted of runs and what was observed.
    package static func weights(_ predictions: [[Double]], _ observed: [Double]) -> [Double] {
        weights(errors: predictions.map { zip($0, observed).map { $0.0 - $0.1 } })
    }

    private static func weightsOfBest(_ errors: [[Double]]) -> [Double] {
        let squares = errors.map { $0.reduce(0) { $0 + $1 * $1 } }
        let kept = errors.indices.sorted { squares[$0] < squares[$1] }.prefix(memberLimit).sorted()
        var weights = [Double](repeating: 0, count: errors.count)
        for (place, weight) in zip(kept, Self.weights(errors: kept.map { errors[$0] })) {
            weights[place] = weight
        }
        return weights
    }

    /// w ∝ G⁻¹·1 on the members; nil where G is singular or a weight negative.
    private static func stationary(
        _ gram: Matrix,
        _ members: [Int]
    ) -> (value: Double, weights: [Double])? {
        // One alone needs no solution, which a member without any error would not have.
        if let only = members.first, members.count == 1 { return (gram[only, only], [1]) }
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
}
