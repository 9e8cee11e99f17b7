import Foundation

/// Coefficients of ln LR* and ln B* on (1, n, d), n and d being ln N and ln D less the pivot.
package struct OptimumLaw: Sendable, Hashable {
    package var learningRate: [Double]
    package var batch: [Double]

    package func point(n: Double, d: Double) -> (x: Double, y: Double) {
        (
            learningRate[0] + learningRate[1] * n + learningRate[2] * d,
            batch[0] + batch[1] * n + batch[2] * d
        )
    }
}

/// Method B: least squares through the near-optimal runs, every cell with the same weight.
package enum BandLaw {
    /// What one cell adds to the normal equations; resampling cells only adds these up again.
    struct Moments: Sendable {
        var n: Double
        var d: Double
        var meanX: Double
        var meanY: Double
    }

    static func moments(_ table: CellTable, tolerance: Double) -> [Moments] {
        table.cells.map { cell in
            let near = cell.nearOptimal(tolerance)
            let count = Double(near.count)
            return Moments(
                n: cell.n,
                d: cell.d,
                meanX: near.reduce(0) { $0 + cell.x[$1] } / count,
                meanY: near.reduce(0) { $0 + cell.y[$1] } / count
            )
        }
    }

    /// nil when the cells given do not determine the coefficients.
    ///
    /// Inputs are constant within a cell, so the runs of a cell act through their mean alone.
    /// - Parameter weights: how often each cell counts.
    static func fit(
        _ cells: [Moments],
        weights: [Double],
        form: StepLawFit.BatchForm
    ) -> OptimumLaw? {
        var s = (one: 0.0, n: 0.0, d: 0.0, nn: 0.0, nd: 0.0, dd: 0.0)
        var x = (0.0, 0.0, 0.0)
        var y = (0.0, 0.0, 0.0)
        for (cell, weight) in zip(cells, weights) where weight > 0 {
            s.one += weight
            s.n += weight * cell.n
            s.d += weight * cell.d
            s.nn += weight * cell.n * cell.n
            s.nd += weight * cell.n * cell.d
            s.dd += weight * cell.d * cell.d
            x.0 += weight * cell.meanX
            x.1 += weight * cell.meanX * cell.n
            x.2 += weight * cell.meanX * cell.d
            y.0 += weight * cell.meanY
            y.1 += weight * cell.meanY * cell.n
            y.2 += weight * cell.meanY * cell.d
        }
        guard s.one > 0 else { return nil }
        // Centred, then 2 × 2.
        let mean = (n: s.n / s.one, d: s.d / s.one)
        let nn = s.nn - mean.n * s.n
        let nd = s.nd - mean.n * s.d
        let dd = s.dd - mean.d * s.d
        let determinant = nn * dd - nd * nd
        guard dd > 1e-9, nn > 1e-9, determinant > 1e-4 * nn * dd else { return nil }
        func solve(_ v: (Double, Double, Double), free: Bool) -> [Double] {
            let vn = v.1 - mean.n * v.0
            let vd = v.2 - mean.d * v.0
            let slopeN = free ? (vn * dd - vd * nd) / determinant : 0
            let slopeD = free ? (vd * nn - vn * nd) / determinant : vd / dd
            return [v.0 / s.one - slopeN * mean.n - slopeD * mean.d, slopeN, slopeD]
        }
        return OptimumLaw(
            learningRate: solve(x, free: true),
            batch: solve(y, free: form == .parametersAndTokens)
        )
    }
}
