import Foundation

extension FittedMixtureLaw {
    /// By the law's form where it has one, else from differences of its gradient.
    package func curvature(at proportions: [Double]) -> [Double]? {
        separable.flatMap { $0.curvature(of: self, at: proportions) }
            ?? Curvature.differences(at: proportions) { gradient(at: $0) }
    }
}

extension SeparableUtility {
    /// Second derivatives of a loss f(U(r)), d × d. U is known; f' and f'' are told by the law's
    /// gradient at two mixtures near by, so that a matrix costs two gradients.
    func curvature(of law: some FittedMixtureLaw, at proportions: [Double]) -> [Double]? {
        let size = proportions.count
        guard scales.count == size, exponents.count == size,
            let below = outer(law, proportions.map { $0 * (1 - 1e-4) }),
            let above = outer(law, proportions.map { $0 * (1 + 1e-4) }),
            above.utility > below.utility
        else { return nil }
        let first = (above.slope + below.slope) / 2
        let second = (above.slope - below.slope) / (above.utility - below.utility)
        let slopes = slopes(proportions)
        var matrix = [Double](repeating: 0, count: size * size)
        for row in 0..<size {
            let weight = second * slopes[row]
            for column in 0..<size { matrix[row * size + column] = weight * slopes[column] }
            let bend = slopes[row] * (exponents[row] - 1) / (max(proportions[row], 0) + offset)
            matrix[row * size + row] += first * bend
        }
        return matrix
    }

    /// ∂U/∂r.
    private func slopes(_ proportions: [Double]) -> [Double] {
        proportions.indices.map { index in
            let share = max(proportions[index], 0) + offset
            return scales[index] * exponents[index] * pow(share, exponents[index] - 1)
        }
    }

    /// U up to a constant, and f'(U).
    private func outer(
        _ law: some FittedMixtureLaw,
        _ proportions: [Double]
    ) -> (utility: Double, slope: Double)? {
        guard let gradient = law.gradient(at: proportions) else { return nil }
        let own = slopes(proportions)
        var (cross, square, utility) = (0.0, 0.0, 0.0)
        for index in own.indices {
            cross += gradient[index] * own[index]
            square += own[index] * own[index]
            utility += own[index] * (max(proportions[index], 0) + offset) / exponents[index]
        }
        return square > 0 ? (utility, cross / square) : nil
    }
}

enum Curvature {
    /// Second derivatives, d × d, from differences of a gradient; nil where there is none.
    static func differences(
        at proportions: [Double],
        of gradient: ([Double]) -> [Double]?
    ) -> [Double]? {
        guard let here = gradient(proportions) else { return nil }
        let size = proportions.count
        var matrix = [Double](repeating: 0, count: size * size)
        var moved = proportions
        for column in 0..<size {
            let step = 1e-5 * (proportions[column] + 1e-4)
            moved[column] += step
            guard let there = gradient(moved) else { return nil }
            moved[column] = proportions[column]
            for row in 0..<size {
                let value = (there[row] - here[row]) / step / 2
                matrix[row * size + column] += value
                matrix[column * size + row] += value
            }
        }
        return matrix
    }

    /// matrix += weight · other.
    static func add(_ other: [Double], times weight: Double, to matrix: inout [Double]) {
        for index in matrix.indices { matrix[index] += weight * other[index] }
    }

    /// matrix += weight · vector · vectorᵀ.
    static func add(square vector: [Double], times weight: Double, to matrix: inout [Double]) {
        let size = vector.count
        for row in 0..<size where vector[row] != 0 {
            let part = weight * vector[row]
            for column in 0..<size { matrix[row * size + column] += part * vector[column] }
        }
    }
}
