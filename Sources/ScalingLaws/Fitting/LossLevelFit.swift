import LinearAlgebra

/// Level of the loss over (N, D) from the levels of the cells: linear or quadratic in logarithms,
/// whichever predicts a left-out cell better.
enum LossLevelFit {
    static func fit(_ table: CellTable, levels: [Double]) -> LossLevel? {
        let linear = attempt(table, levels, terms: 3)
        let quadratic = table.cells.count >= 9 ? attempt(table, levels, terms: 6) : nil
        guard let linear else { return quadratic }
        guard let quadratic, quadratic.leaveOneOutError < linear.leaveOneOutError else {
            return linear
        }
        return quadratic
    }

    private static func attempt(
        _ table: CellTable,
        _ levels: [Double],
        terms: Int
    ) -> LossLevel? {
        let design = table.cells.map { Array(LossLevel.basis(n: $0.n, d: $0.d).prefix(terms)) }
        guard design.count > terms, let all = solve(design, levels) else { return nil }
        var squares = 0.0
        for left in design.indices {
            var rows = design
            var values = levels
            let row = rows.remove(at: left)
            let value = values.remove(at: left)
            guard let partial = solve(rows, values) else { return nil }
            let error = value - zip(row, partial).reduce(0) { $0 + $1.0 * $1.1 }
            squares += error * error
        }
        return LossLevel(
            coefficients: all + [Double](repeating: 0, count: 6 - terms),
            leaveOneOutError: (squares / Double(design.count)).squareRoot()
        )
    }

    /// nil when the cells do not determine the polynomial: then it has no place in the choice.
    private static func solve(_ rows: [[Double]], _ values: [Double]) -> [Double]? {
        do {
            return try Matrix(rows: rows).leastSquares(values)
        } catch {
            return nil
        }
    }
}

extension LossLevel {
    static func basis(n: Double, d: Double) -> [Double] { [1, n, d, n * n, n * d, d * d] }

    /// ln loss at the optimum.
    package func logLoss(n: Double, d: Double) -> Double {
        zip(coefficients, Self.basis(n: n, d: d)).reduce(0) { $0 + $1.0 * $1.1 }
    }
}
