import COpenBLAS

extension Matrix {
    /// x with A·x = b for a symmetric positive definite A (LAPACK dposv); reads the upper triangle.
    package func choleskySolve(
        _ rightHandSide: [Double]
    ) throws(LinearAlgebraError) -> [Double] {
        guard rightHandSide.count == rows else {
            throw .badShape(rows: rows, columns: columns, rightHandSide: rightHandSide.count)
        }
        return try solved(rightHandSide, count: 1)
    }

    /// Inverse of a symmetric positive definite matrix.
    package func choleskyInverse() throws(LinearAlgebraError) -> Matrix {
        var unit = Matrix(rows: rows, columns: columns)
        for index in 0..<min(rows, columns) { unit.storage[index * (rows + 1)] = 1 }
        unit.storage = try solved(unit.storage, count: columns)
        return unit
    }

    /// Solutions for `count` right-hand sides, one after the other.
    private func solved(
        _ rightHandSides: [Double],
        count: Int
    ) throws(LinearAlgebraError) -> [Double] {
        guard rows == columns, rows > 0 else {
            throw .badShape(rows: rows, columns: columns, rightHandSide: rightHandSides.count)
        }
        guard storage.allSatisfy(\.isFinite), rightHandSides.allSatisfy(\.isFinite) else {
            throw .notFinite
        }
        _ = oneThread
        var factor = storage
        var solution = rightHandSides
        let upper = CChar(UInt8(ascii: "U"))
        let status = LAPACKE_dposv(
            LAPACK_COL_MAJOR,
            upper,
            Int32(rows),
            Int32(count),
            &factor,
            Int32(rows),
            &solution,
            Int32(rows)
        )
        guard status >= 0 else { throw .rejected(argument: Int(-status)) }
        guard status == 0 else { throw .notPositiveDefinite(pivot: Int(status) - 1) }
        return solution
    }
}
