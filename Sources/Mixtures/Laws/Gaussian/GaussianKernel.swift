import Foundation
import LinearAlgebra

/// Matérn-5/2 with a length per domain or one for all, a linear mean whose coefficients have the
/// variance 100, and noise, on standardised features and losses.
package struct GaussianKernel: Sendable, Codable, Hashable {
    /// d values.
    package var lengths: [Double]
    /// Variance of the part that bends.
    package var signal: Double
    /// Variance of one run of weight 1.
    package var noise: Double

    static let linearVariance = 100.0

    package init(lengths: [Double], signal: Double, noise: Double) {
        self.lengths = lengths
        self.signal = signal
        self.noise = noise
    }

    /// Correlation at a distance, and −2·∂correlation/∂(distance²)·(3/5): both need one
    /// exponential.
    static func matern(squaredDistance: Double) -> (value: Double, bend: Double) {
        let s = (5 * squaredDistance).squareRoot()
        let decay = exp(-s)
        return ((1 + s + s * s / 3) * decay, (1 + s) * decay)
    }

    /// Squared distances of all pairs of rows, in lengths.
    func squaredDistances(_ scaled: Matrix) -> Matrix {
        var distances = scaled.times(scaled, transposed: true)
        let count = scaled.rows
        let squares = (0..<count).map { distances.storage[$0 + $0 * count] }
        for column in 0..<count {
            let first = column * count
            for row in 0..<count {
                let cross = distances.storage[first + row]
                distances.storage[first + row] = max(squares[row] + squares[column] - 2 * cross, 0)
            }
            distances.storage[first + column] = 0
        }
        return distances
    }

    /// Features divided by their lengths, one row per run.
    func scaled(_ features: Matrix) -> Matrix {
        var result = features
        for column in 0..<features.columns {
            for row in 0..<features.rows { result[row, column] /= lengths[column] }
        }
        return result
    }
}

/// What the marginal likelihood of one set of runs needs at every kernel.
struct GaussianEvidence: Sendable {
    /// n × d, standardised.
    let features: Matrix
    /// Standardised.
    let losses: [Double]
    /// Relative weights of the runs.
    let weights: [Double]
    /// 100·(1 + s·s').
    let linear: Matrix

    init(features: Matrix, losses: [Double], weights: [Double]) {
        self.features = features
        self.losses = losses
        self.weights = weights
        var linear = features.times(features, transposed: true)
        for index in linear.storage.indices {
            linear.storage[index] = GaussianKernel.linearVariance * (1 + linear.storage[index])
        }
        self.linear = linear
    }

    func covariance(_ kernel: GaussianKernel) -> (matrix: Matrix, bends: Matrix) {
        var matrix = kernel.squaredDistances(kernel.scaled(features))
        var bends = matrix
        let count = losses.count
        for column in 0..<count {
            for row in column..<count {
                let place = row + column * count
                let (value, bend) = GaussianKernel.matern(squaredDistance: matrix.storage[place])
                let entry = kernel.signal * value + linear.storage[place]
                matrix.storage[place] = entry
                matrix.storage[column + row * count] = entry
                bends.storage[place] = kernel.signal * bend
                bends.storage[column + row * count] = kernel.signal * bend
            }
            matrix.storage[column + column * count] += kernel.noise / weights[column]
        }
        return (matrix, bends)
    }

    func factor(_ kernel: GaussianKernel) throws(LinearAlgebraError) -> CholeskyFactor {
        try CholeskyFactor(covariance(kernel).matrix)
    }

    /// −ln p(losses | kernel), and its derivatives by ln lengths, ln signal and ln noise; nil where
    /// the covariance is singular in double precision.
    func negativeLogLikelihood(
        _ kernel: GaussianKernel
    ) -> (value: Double, gradient: [Double])? {
        let (matrix, bends) = covariance(kernel)
        guard let factor = try? CholeskyFactor(matrix) else { return nil }
        let count = losses.count
        let alpha = factor.solve(losses)
        let fit = zip(alpha, losses).reduce(0) { $0 + $1.0 * $1.1 }
        let constant = Double(count) * log(2 * .pi)
        let value = 0.5 * (fit + factor.logDeterminant + constant)
        // ∂value = ½·tr(W·∂K) with W = K⁻¹ − α·αᵀ.
        var pull = factor.inverse()
        var (signalSlope, noiseSlope) = (0.0, 0.0)
        for column in 0..<count {
            let first = column * count
            let own = alpha[column]
            for row in 0..<count {
                let weight = pull.storage[first + row] - alpha[row] * own
                let entry = matrix.storage[first + row] - linear.storage[first + row]
                signalSlope += 0.5 * weight * entry
                pull.storage[first + row] = weight * bends.storage[first + row] * 5 / 3
            }
            let weight = factorDiagonal(pull, bends, column)
            let part = kernel.noise / weights[column]
            noiseSlope += 0.5 * weight * part
        }
        signalSlope -= noiseSlope
        let lengths = lengthSlopes(pull, kernel)
        return (value, lengths + [signalSlope, noiseSlope])
    }

    /// W of a run with itself, from the entry that was multiplied by its bend.
    private func factorDiagonal(_ pull: Matrix, _ bends: Matrix, _ index: Int) -> Double {
        let place = index + index * losses.count
        return pull.storage[place] / (bends.storage[place] * 5 / 3)
    }

    /// ½·Σ_ij V_ij·(z_i − z_j)² for each domain, by one product of matrices.
    private func lengthSlopes(_ pull: Matrix, _ kernel: GaussianKernel) -> [Double] {
        let scaled = kernel.scaled(features)
        let count = losses.count
        var sums = [Double](repeating: 0, count: count)
        for column in 0..<count {
            for row in 0..<count { sums[row] += pull.storage[row + column * count] }
        }
        let mixed = pull.times(scaled)
        return (0..<features.columns).map { domain in
            var total = 0.0
            for row in 0..<count {
                let z = scaled.storage[row + domain * count]
                total += z * (sums[row] * z - mixed.storage[row + domain * count])
            }
            return total
        }
    }
}
