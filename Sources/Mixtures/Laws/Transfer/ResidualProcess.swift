import Foundation
import LinearAlgebra

/// A Gaussian process with mean zero over √r, one length for all domains, on residuals of a law.
/// Length and noise have the highest evidence of a grid, with the deviation found in closed form
/// (Rasmussen and Williams 2006, equation 5.8).
struct ResidualProcess: Sendable, Codable, Hashable {
    var means: [Double]
    /// Population deviations of √r; 1 where a domain never varies.
    var deviations: [Double]
    var points: [[Double]]
    /// K⁻¹ · residuals.
    var weights: [Double]
    /// In deviations of √r.
    var length: Double

    static let lengths = [1.0, 1.5, 2.5, 4, 6.5, 10, 16]
    /// Variance of a run's noise over that of the process.
    static let noises = [1e-3, 1e-2, 0.03, 0.1, 0.3, 1, 3, 10]

    /// Nil where left-out residuals are not better predicted than by zero.
    init?(_ shares: [[Double]], _ residuals: [Double]) {
        let count = residuals.count
        guard count > 2, let first = shares.first else { return nil }
        let roots = shares.map { $0.map { max($0, 0).squareRoot() } }
        means = first.indices.map { domain in
            roots.reduce(0) { $0 + $1[domain] } / Double(count)
        }
        let means = means
        deviations = first.indices.map { domain in
            let square = roots.reduce(0) {
                $0 + ($1[domain] - means[domain]) * ($1[domain] - means[domain])
            }
            let found = (square / Double(count)).squareRoot()
            return found > 1e-12 ? found : 1
        }
        let deviations = deviations
        points = roots.map { root in
            root.indices.map { (root[$0] - means[$0]) / deviations[$0] }
        }
        var best: (evidence: Double, length: Double, noise: Double)?
        for length in Self.lengths {
            for noise in Self.noises {
                guard let factor = Self.factor(points, length, noise) else { continue }
                let solved = factor.solve(residuals)
                let square = zip(solved, residuals).reduce(0) { $0 + $1.0 * $1.1 }
                guard square > 0 else { continue }
                let evidence =
                    -Double(count) / 2 * log(square / Double(count)) - factor.logDeterminant / 2
                if evidence > best?.evidence ?? -.infinity { best = (evidence, length, noise) }
            }
        }
        guard let best, let factor = Self.factor(points, best.length, best.noise) else {
            return nil
        }
        length = best.length
        weights = factor.solve(residuals)
        let inverse = factor.inverse()
        var (own, zero) = (0.0, 0.0)
        for index in residuals.indices {
            let error = weights[index] / inverse[index, index]
            own += error * error
            zero += residuals[index] * residuals[index]
        }
        guard own < zero else { return nil }
    }

    private static func factor(
        _ points: [[Double]],
        _ length: Double,
        _ noise: Double
    ) -> CholeskyFactor? {
        var matrix = Matrix(rows: points.count, columns: points.count)
        for row in points.indices {
            for column in points.indices {
                matrix[row, column] = kernel(distance(points[row], points[column]) / length)
            }
            matrix[row, row] += noise
        }
        return try? CholeskyFactor(matrix)
    }

    private static func distance(_ a: [Double], _ b: [Double]) -> Double {
        zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    }

    /// Matérn-5/2 at a distance in lengths.
    private static func kernel(_ distance: Double) -> Double {
        let z = 5.0.squareRoot() * distance
        return (1 + z + z * z / 3) * exp(-z)
    }

    private func point(_ proportions: [Double]) -> [Double] {
        proportions.indices.map {
            (max(proportions[$0], 0).squareRoot() - means[$0]) / deviations[$0]
        }
    }

    func value(at proportions: [Double]) -> Double {
        let own = point(proportions)
        return zip(points, weights).reduce(0) { sum, pair in
            sum + pair.1 * Self.kernel(Self.distance(own, pair.0) / length)
        }
    }

    /// A share of zero is taken as a little more, where the root is vertical.
    func gradient(at proportions: [Double]) -> [Double] {
        let own = point(proportions)
        var sum = [Double](repeating: 0, count: own.count)
        for (other, weight) in zip(points, weights) {
            let z = 5.0.squareRoot() * Self.distance(own, other) / length
            // d kernel/d distance · 1/distance, which stays finite at a distance of 0.
            let pull = -weight * 5 / (3 * length * length) * (1 + z) * exp(-z)
            for index in sum.indices { sum[index] += pull * (own[index] - other[index]) }
        }
        return sum.indices.map { index in
            let slope = 0.5 / max(proportions[index], 1e-6).squareRoot() / deviations[index]
            return sum[index] * slope
        }
    }
}
