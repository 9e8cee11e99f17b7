import Foundation
import LinearAlgebra

/// How far the true optimum may be from the law's.
///
/// Real bowls are asymmetric, and whatever averages near-optimal runs is drawn to the flat side. So
/// every cell's own optimum is fitted with a shape that may lean or differ left and right of it,
/// the shape shared by all cells and changing slowly with N and D (`IntervalSolver`); a law is
/// drawn through the cells' optima that allows for their scatter (`IntervalPooling`); and what is
/// not known about the shape, the same for all cells, is added. The difference between the
/// recommending law and this one is its bias.
package enum IntervalEstimator {
    /// ln units: what a finite family of shapes may still get wrong about the optimum, the same for
    /// all cells. About half of the largest bias seen over planted shapes outside the family.
    static let shapeMisfit = 0.012

    /// What the interval is built from, before a recommending law is compared with it.
    struct Debiased: Sendable {
        /// Laws through the cells' own optima.
        var learningRate: PowerLawUncertainty
        var batch: PowerLawUncertainty

        /// The same errors seen from the recommending law.
        func seen(
            from law: OptimumLaw
        ) -> (learningRate: PowerLawUncertainty, batch: PowerLawUncertainty) {
            var (rate, batch) = (learningRate, batch)
            rate.bias = zip(law.learningRate, rate.bias).map { $0 + $1 }
            batch.bias = zip(law.batch, batch.bias).map { $0 + $1 }
            return (rate, batch)
        }
    }

    /// The laws as biases of a law that is 0 everywhere; nil where the shape cannot be fitted.
    static func debiased(_ table: CellTable) -> Debiased? {
        var solver = IntervalSolver(table)
        guard solver.solve(), let optima = CellOptima(solver),
            let rate = uncertainty(table, optima, axis: 0),
            let batch = uncertainty(table, optima, axis: 1)
        else { return nil }
        return Debiased(learningRate: rate, batch: batch)
    }

    private static func uncertainty(
        _ table: CellTable,
        _ optima: CellOptima,
        axis: Int
    ) -> PowerLawUncertainty? {
        let pooled = IntervalPooling(
            table,
            positions: optima.positions.map { $0[axis] },
            variances: optima.variances.map { $0[axis] }
        )
        guard let pooled else { return nil }
        let answers = pooled.leverage.map { leverage in
            var answer = [Double](repeating: 0, count: optima.sharedCovariance.rows)
            for (cell, share) in leverage.enumerated() {
                for (index, value) in optima.responses[cell][axis].enumerated() {
                    answer[index] += share * value
                }
            }
            return answer
        }
        let passed = answers.map { optima.sharedCovariance * $0 }
        var covariance = [Double](repeating: 0, count: 9)
        for i in 0..<3 {
            for j in 0..<3 {
                let shape = zip(answers[i], passed[j]).reduce(0) { $0 + $1.0 * $1.1 }
                covariance[i * 3 + j] = pooled.covariance[i, j] + shape
            }
        }
        covariance[0] += shapeMisfit * shapeMisfit
        let result = PowerLawUncertainty(
            bias: pooled.coefficients.map { -$0 },
            covariance: covariance,
            quantile: StudentQuantile.ninetyPercent(table.cells.count - 3)
        )
        return (result.bias + result.covariance).allSatisfy(\.isFinite) ? result : nil
    }

    /// Where the shape cannot be fitted: least squares through one optimum per cell, `errors` being
    /// their distances from the law. Cells, not runs, are the sample.
    static func simpleUncertainty(
        _ table: CellTable,
        errors: [Double],
        usesParameterCount: Bool
    ) -> PowerLawUncertainty {
        let columns = usesParameterCount ? [0, 1, 2] : [0, 2]
        let basis = table.cells.map { cell in columns.map { [1, cell.n, cell.d][$0] } }
        let freedom = max(table.cells.count - columns.count, 1)
        let variance = errors.reduce(0) { $0 + $1 * $1 } / Double(freedom)
        var gram = Matrix(rows: columns.count, columns: columns.count)
        for row in basis {
            for (i, left) in row.enumerated() {
                for (j, right) in row.enumerated() { gram[i, j] += left * right }
            }
        }
        var covariance = [Double](repeating: 0, count: 9)
        do {
            let inverse = try gram.choleskyInverse()
            for (i, row) in columns.enumerated() {
                for (j, column) in columns.enumerated() {
                    covariance[row * 3 + column] = variance * inverse[i, j]
                }
            }
        } catch {
            // The cells were checked to span N and D before; nothing is known otherwise.
            covariance = [variance, 0, 0, 0, 1, 0, 0, 0, 1]
        }
        return PowerLawUncertainty(
            bias: [0, 0, 0],
            covariance: covariance,
            quantile: StudentQuantile.ninetyPercent(freedom)
        )
    }
}

/// Two-sided 90 % quantiles of Student's distribution.
package enum StudentQuantile {
    private static let table = [
        6.314, 2.920, 2.353, 2.132, 2.015, 1.943, 1.895, 1.860, 1.833, 1.812, 1.796, 1.782, 1.771,
        1.761, 1.753, 1.746, 1.740, 1.734, 1.729, 1.725,
    ]

    package static func ninetyPercent(_ freedom: Int) -> Double {
        guard freedom > table.count else { return table[max(freedom, 1) - 1] }
        // Cornish and Fisher's first terms; within 0.001 from 21 degrees on.
        let z = 1.6448536
        let f = Double(freedom)
        return z + (z * z * z + z) / (4 * f)
            + (5 * pow(z, 5) + 16 * pow(z, 3) + 3 * z) / (96 * f * f)
    }
}

extension PowerLawUncertainty {
    /// ln units to either side of the value: beyond, nothing is known, and exp would overflow.
    private static let farthest = 100.0

    /// 90 % interval about exp(logValue) at ln N and ln D less the pivot; the value lies inside.
    package func interval(logValue: Double, n: Double, d: Double) -> Interval {
        let (half, offset) = halfWidth([1, n, d])
        let center = logValue - offset
        return Interval(
            value: exp(logValue),
            low: exp(max(min(center - half, logValue), logValue - Self.farthest)),
            high: exp(min(max(center + half, logValue), logValue + Self.farthest))
        )
    }

    /// Interval of the coefficient with this index, on its own scale.
    package func coefficient(_ index: Int, value: Double) -> Interval {
        var direction = [0.0, 0, 0]
        direction[index] = 1
        let (half, offset) = halfWidth(direction)
        return Interval(
            value: value,
            low: min(value - offset - half, value),
            high: max(value - offset + half, value)
        )
    }

    private func halfWidth(_ v: [Double]) -> (half: Double, offset: Double) {
        var variance = 0.0
        var offset = 0.0
        for i in 0..<3 {
            offset += v[i] * bias[i]
            for j in 0..<3 { variance += v[i] * v[j] * covariance[i * 3 + j] }
        }
        return (quantile * max(variance, 0).squareRoot(), offset)
    }
}
