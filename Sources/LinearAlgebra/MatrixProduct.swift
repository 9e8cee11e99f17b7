import COpenBLAS

extension Matrix {
    /// A·B, or A·Bᵀ (BLAS dgemm).
    package func times(_ other: Matrix, transposed: Bool = false) -> Matrix {
        let inner = transposed ? other.columns : other.rows
        let width = transposed ? other.rows : other.columns
        precondition(inner == columns, "the inner sizes of a product agree")
        var product = Matrix(rows: rows, columns: width)
        guard rows > 0, width > 0, columns > 0 else { return product }
        _ = oneThread
        cblas_dgemm(
            CblasColMajor,
            CblasNoTrans,
            transposed ? CblasTrans : CblasNoTrans,
            Int32(rows),
            Int32(width),
            Int32(columns),
            1,
            storage,
            Int32(rows),
            other.storage,
            Int32(other.rows),
            0,
            &product.storage,
            Int32(rows)
        )
        return product
    }
}
