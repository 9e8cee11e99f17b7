import COpenBLAS

/// OpenBLAS starts one thread per core unless told otherwise; the systems here are small, and
/// parallelism is the caller's.
let oneThread: Void = openblas_set_num_threads(1)

extension Matrix {
    /// x with least |A·x − b|², by QR with column pivoting (LAPACK dgelsy).
    ///
    /// - Parameter conditionLimit: directions with a relative size below 1 / limit count as
    ///   undetermined.
    package func leastSquares(
        _ rightHandSide: [Double],
        conditionLimit: Double = 1e12
    ) throws(LinearAlgebraError) -> [Double] {
        guard rightHandSide.count == rows, rows >= columns, columns > 0 else {
            throw .badShape(rows: rows, columns: columns, rightHandSide: rightHandSide.count)
        }
        guard storage.allSatisfy(\.isFinite), rightHandSide.allSatisfy(\.isFinite) else {
            throw .notFinite
        }
        _ = oneThread
        var factor = storage
        var solution = rightHandSide
        var pivots = [Int32](repeating: 0, count: columns)
        var rank: Int32 = 0
        let status = LAPACKE_dgelsy(
            LAPACK_COL_MAJOR,
            Int32(rows),
            Int32(columns),
            1,
            &factor,
            Int32(rows),
            &solution,
            Int32(rows),
            &pivots,
            1 / conditionLimit,
            &rank
        )
        guard status == 0 else { throw .rejected(argument: Int(-status)) }
        guard Int(rank) == columns else {
            throw .rankDeficient(rank: Int(rank), columns: columns)
        }
        return Array(solution.prefix(columns))
    }
}
