import Foundation
import LinearAlgebra

/// Normal equations of one cell: its own six parameters, and its terms before they are spread over
/// the inputs that cells share. Matrices are row-major and full.
struct IntervalBlock: Sendable {
    var own = [Double](repeating: 0, count: IntervalCell.count * IntervalCell.count)
    var ownGradient = [Double](repeating: 0, count: IntervalCell.count)
    /// Own parameter by term.
    var mixed = [Double](repeating: 0, count: IntervalCell.count * IntervalTerm.count)
    var terms = [Double](repeating: 0, count: IntervalTerm.count * IntervalTerm.count)
    var termGradient = [Double](repeating: 0, count: IntervalTerm.count)
    /// Σ weight · residual².
    var cost = 0.0
    var weight = 0.0

    /// - Parameter power: exponent of the weights, 1 for normal equations, 2 for the noise that
    ///   passes through them.
    init(
        _ cell: IntervalProblem.Cell,
        _ parameters: IntervalCell,
        terms coefficients: [Double],
        scale: Double,
        power: Int = 1
    ) {
        var row = IntervalRow()
        for run in cell.x.indices {
            row.evaluate(parameters, terms: coefficients, x: cell.x[run], y: cell.y[run])
            let base = cell.weights[run] * scale
            let residual = cell.l[run] - parameters.level - row.excess
            cost += base * residual * residual
            weight += base
            add(row, power == 1 ? base : base * base, residual)
        }
    }

    private mutating func add(_ row: IntervalRow, _ w: Double, _ residual: Double) {
        let (ownCount, termCount) = (IntervalCell.count, IntervalTerm.count)
        for i in 0..<ownCount {
            let left = w * row.own[i]
            ownGradient[i] += left * residual
            for j in 0..<ownCount { own[i * ownCount + j] += left * row.own[j] }
            for j in 0..<termCount { mixed[i * termCount + j] += left * row.shared[j] }
        }
        for i in 0..<termCount {
            let left = w * row.shared[i]
            termGradient[i] += left * residual
            for j in 0..<termCount { terms[i * termCount + j] += left * row.shared[j] }
        }
    }

    /// Weighted sum of squares alone.
    static func cost(
        _ cell: IntervalProblem.Cell,
        _ parameters: IntervalCell,
        terms: [Double],
        scale: Double
    ) -> Double {
        var row = IntervalRow()
        var cost = 0.0
        for run in cell.x.indices {
            row.evaluate(parameters, terms: terms, x: cell.x[run], y: cell.y[run])
            let residual = cell.l[run] - parameters.level - row.excess
            cost += cell.weights[run] * scale * residual * residual
        }
        return cost
    }

    /// Inverse of the own block after its diagonal grew by (1 + damping); nil when singular.
    func ownInverse(damping: Double) -> [Double]? {
        let count = IntervalCell.count
        var matrix = Matrix(rows: count, columns: count)
        for i in 0..<count {
            for j in 0..<count { matrix[i, j] = own[i * count + j] }
            matrix[i, i] *= 1 + damping
        }
        do {
            return try matrix.choleskyInverse().storage
        } catch {
            return nil
        }
    }

    /// inverse · mixed: how the own parameters answer to the terms (with the opposite sign).
    func response(_ inverse: [Double]) -> [Double] {
        let (ownCount, termCount) = (IntervalCell.count, IntervalTerm.count)
        var response = [Double](repeating: 0, count: ownCount * termCount)
        for i in 0..<ownCount {
            for k in 0..<ownCount {
                let factor = inverse[i * ownCount + k]
                for j in 0..<termCount {
                    response[i * termCount + j] += factor * mixed[k * termCount + j]
                }
            }
        }
        return response
    }
}
