import COpenBLAS
import Foundation

/// A symmetric positive definite matrix as L·Lᵀ, for many solutions with it (LAPACK dpotrf).
package struct CholeskyFactor: Sendable {
    package let size: Int
    /// L in the lower triangle; what is above it means nothing.
    private let lower: [Double]

    /// Reads the lower triangle.
    package init(_ matrix: Matrix) throws(LinearAlgebraError) {
        guard matrix.rows == matrix.columns, matrix.rows > 0 else {
            throw .badShape(rows: matrix.rows, columns: matrix.columns, rightHandSide: 0)
        }
        guard matrix.storage.allSatisfy(\.isFinite) else { throw .notFinite }
        _ = oneThread
        size = matrix.rows
        var factor = matrix.storage
        let status = LAPACKE_dpotrf(
            LAPACK_COL_MAJOR,
            Self.triangle,
            Int32(size),
            &factor,
            Int32(size)
        )
        guard status >= 0 else { throw .rejected(argument: Int(-status)) }
        guard status == 0 else { throw .notPositiveDefinite(pivot: Int(status) - 1) }
        lower = factor
    }

    private static let triangle = CChar(UInt8(ascii: "L"))

    /// x with A·x = b.
    package func solve(_ rightHandSide: [Double]) -> [Double] {
        precondition(rightHandSide.count == size, "one value per row of the matrix")
        var solution = rightHandSide
        let status = LAPACKE_dpotrs(
            LAPACK_COL_MAJOR,
            Self.triangle,
            Int32(size),
            1,
            lower,
            Int32(size),
            &solution,
            Int32(size)
        )
        precondition(status == 0, "the shapes were checked")
        return solution
    }

    /// L⁻¹·b: its squared length is bᵀ·A⁻¹·b.
    package func whiten(_ rightHandSide: [Double]) -> [Double] {
        precondition(rightHandSide.count == size, "one value per row of the matrix")
        var solution = rightHandSide
        cblas_dtrsv(
            CblasColMajor,
            CblasLower,
            CblasNoTrans,
            CblasNonUnit,
            Int32(size),
            lower,
            Int32(size),
            &solution,
            1
        )
        return solution
    }

    /// A⁻¹, both triangles.
    package func inverse() -> Matrix {
        var matrix = Matrix(rows: size, columns: size)
        matrix.storage = lower
        let status = LAPACKE_dpotri(
            LAPACK_COL_MAJOR,
            Self.triangle,
            Int32(size),
            &matrix.storage,
            Int32(size)
        )
        precondition(status == 0, "a factor with a positive diagonal has an inverse")
        for column in 0..<size {
            for row in 0..<column { matrix[row, column] = matrix[column, row] }
        }
        return matrix
    }

    /// ln det A.
    package var logDeterminant: Double {
        var product = 0.0
        for index in 0..<size { product += 2 * log(lower[index * size + index]) }
        return product
    }
}
