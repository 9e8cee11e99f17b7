import LinearAlgebra

/// A straight law through the cells' optima, each known with its own error, that scatter about it.
///
/// Random-effects regression: the scatter between cells is the one that makes the weighted
/// residuals as large as expected (Paule and Mandel 1982), the standard errors carry the residuals'
/// own size (Knapp and Hartung 2003).
struct IntervalPooling: Sendable {
    var coefficients: [Double]
    /// Row by row, 3 × 3, without the shared terms.
    var covariance: Matrix
    /// How the coefficients answer to every cell's position: [coefficient][cell].
    var leverage: [[Double]]

    init?(_ table: CellTable, positions: [Double], variances: [Double]) {
        let basis = table.cells.map { [1, $0.n, $0.d] }
        let freedom = Double(max(basis.count - 3, 1))
        func regress(_ scatter: Double) -> Regression? {
            Regression(basis, positions, weights: variances.map { 1 / (scatter + $0 + 1e-12) })
        }
        guard var regression = regress(0) else { return nil }
        if regression.misfit > freedom {
            var (low, high) = (0.0, 4.0)
            for _ in 0..<60 {
                let middle = 0.5 * (low + high)
                guard let trial = regress(middle) else { return nil }
                regression = trial
                if trial.misfit > freedom { low = middle } else { high = middle }
            }
        }
        coefficients = regression.coefficients
        covariance = regression.inverse
        let factor = max(regression.misfit / freedom, 1)
        for index in covariance.storage.indices { covariance.storage[index] *= factor }
        leverage = regression.leverage
    }

    private struct Regression {
        var coefficients: [Double]
        var inverse: Matrix
        var leverage: [[Double]]
        /// Σ weight · residual².
        var misfit: Double

        init?(_ basis: [[Double]], _ values: [Double], weights: [Double]) {
            var gram = Matrix(rows: 3, columns: 3)
            for (row, weight) in zip(basis, weights) {
                for i in 0..<3 {
                    for j in 0..<3 { gram[i, j] += weight * row[i] * row[j] }
                }
            }
            let inverse: Matrix
            do {
                inverse = try gram.choleskyInverse()
            } catch {
                return nil
            }
            leverage = (0..<3).map { i in
                zip(basis, weights).map { row, weight in
                    weight * (0..<3).reduce(0) { $0 + inverse[i, $1] * row[$1] }
                }
            }
            let solution = leverage.map { zip($0, values).reduce(0) { $0 + $1.0 * $1.1 } }
            misfit = 0
            for (index, row) in basis.enumerated() {
                let fitted = (0..<3).reduce(0) { $0 + solution[$1] * row[$1] }
                let residual = values[index] - fitted
                misfit += weights[index] * residual * residual
            }
            coefficients = solution
            self.inverse = inverse
        }
    }
}
