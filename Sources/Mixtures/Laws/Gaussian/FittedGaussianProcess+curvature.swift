import Foundation
import LinearAlgebra

extension FittedGaussianProcess {
    /// In closed form: with p = (row − point) / length² of each run, the kernel's second
    /// derivatives are 25/3 · e^−s · p·pᵀ − 5/3 · (1 + s) · e^−s / length², s = √5 · distance.
    package func curvature(at proportions: [Double]) -> [Double]? {
        let point = basis.features.values(proportions[...])
        let size = basis.dimension
        let squares = kernel.lengths.map { $0 * $0 }
        var pulls = Matrix(rows: size, columns: basis.count)
        var weighted = pulls
        var slopes = Array(linear.dropFirst())
        var diagonal = 0.0
        for row in 0..<basis.count {
            let distance = squaredDistance(row * size, point)
            let bend = GaussianKernel.matern(squaredDistance: distance).bend
            let weight = kernel.signal * alpha[row] * 5 / 3
            let decay = 5 * weight * exp(-(5 * distance).squareRoot())
            diagonal += weight * bend
            for domain in 0..<size {
                let pull = (basis.rows[row * size + domain] - point[domain]) / squares[domain]
                slopes[domain] += weight * bend * pull
                pulls.storage[row * size + domain] = pull
                weighted.storage[row * size + domain] = decay * pull
            }
        }
        var matrix = pulls.times(weighted, transposed: true).storage
        for domain in 0..<size { matrix[domain * size + domain] -= diagonal / squares[domain] }
        return inShares(matrix, slopes, proportions)
    }

    /// From derivatives by features to derivatives by shares, in the unit of the losses.
    private func inShares(
        _ matrix: [Double],
        _ slopes: [Double],
        _ proportions: [Double]
    ) -> [Double] {
        let size = basis.dimension
        let rates = proportions.indices.map {
            basis.features.slope(proportions[$0], domain: $0)
        }
        var found = matrix
        for row in 0..<size {
            for column in 0..<size {
                found[row * size + column] *= basis.deviation * rates[row] * rates[column]
            }
            let bend = basis.features.bend(proportions[row], domain: row)
            found[row * size + row] += basis.deviation * slopes[row] * bend
        }
        return found
    }
}
