import COpenBLAS

extension Matrix {
    /// x with A·x = b for a symmetric positive definite A (LAPACK dposv); reads the upper triangle.
    package func choleskySolve(
        _ rightHandSide: [Double]
    ) throws(LinearAlgebraError) -> [Double] {
        guard rows == columns, rightHandSide.count == rows, rows > 0 else {
            throw .badShape(rows: rows, columns: columns, rightHandSide: rightHandSide.count)
        }
        guard storage.allSatisfy(\.isFinite), rightHandSide.allSatisfy(\.isFinite) else {
            throw .notFinite
        }
        _ = oneThread
        var factor = storage
        var solution = rightHandSide
        let upper = CChar(UInt8(ascii: "U"))
        let status = LAPACKE_dposv(
            LAPACK_COL_MAJOR,
            upper,
            Int32(rows),
            1,
            &factor,
            Int32(rows),
            &solution,
            Int32(rows)
        )
        guard status >= 0 else { throw .rejected(argument: Int(-status)) }
        guard status == 0 else { throw .notPositiveDefinite(pivot: Int(status) - 1) }
        return solution
    }

    /// Inverse of a symmetric positive definite matrix, column by column.
    package func choleskyInverse() throws(LinearAlgebraError) -> Matrix {
        var inverse = Matrix(rows: rows, columns: columns)
        for column in 0..<columns {
            var unit = [Double](repeating: 0, count: rows)
            unit[column] = 1
            let solution = try choleskySolve(unit)
            for row in 0..<rows { inverse[row, column] = solution[row] }
        }
        return inverse
    }
}
