import Foundation

/// Weights of a mean of predictions.
enum ConvexWeights {
    /// The convex weights w with least sum of squares of rows · w, by Frank and Wolfe's method with
    /// exact steps, ended when no vertex gains a millionth.
    ///
    /// - Parameter rows: relative errors of each member on one run.
    static func least(_ rows: [[Double]], count: Int) -> [Double] {
        var weights = [Double](repeating: 1 / Double(max(count, 1)), count: count)
        guard count > 1, !rows.isEmpty else { return weights }
        var gram = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
        for row in rows {
            for a in 0..<count {
                for b in 0..<count { gram[a][b] += row[a] * row[b] }
            }
        }
        for _ in 0..<20_000 {
            let slope = gram.map { line in zip(line, weights).reduce(0) { $0 + $1.0 * $1.1 } }
            let value = zip(slope, weights).reduce(0) { $0 + $1.0 * $1.1 }
            guard let best = slope.indices.min(by: { slope[$0] < slope[$1] }),
                value - slope[best] > 1e-9 * value
            else { break }
            // Along w + t·(vertex − w) the value is a parabola in t.
            let curvature = gram[best][best] - 2 * slope[best] + value
            guard curvature > 0 else { break }
            let step = min(1, (value - slope[best]) / curvature)
            for index in weights.indices { weights[index] *= 1 - step }
            weights[best] += step
        }
        return weights.map { $0 < 1e-4 ? 0 : $0 }.normalised
    }
}

extension [Double] {
    fileprivate var normalised: [Double] {
        let sum = reduce(0, +)
        return sum > 0 ? map { $0 / sum } : self
    }
}
