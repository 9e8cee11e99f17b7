/// A dense matrix of doubles, stored column by column as LAPACK wants it.
package struct Matrix: Sendable, Hashable {
    package let rows: Int
    package let columns: Int
    /// Element (row, column) is at `row + column * rows`.
    package var storage: [Double]

    package init(rows: Int, columns: Int, repeating value: Double = 0) {
        precondition(rows >= 0 && columns >= 0, "a matrix has no negative size")
        self.rows = rows
        self.columns = columns
        storage = [Double](repeating: value, count: rows * columns)
    }

    /// Rows of equal length; an empty list is the 0 × 0 matrix.
    package init(rows lines: [[Double]]) {
        self.init(rows: lines.count, columns: lines.first?.count ?? 0)
        for (row, line) in lines.enumerated() {
            precondition(line.count == columns, "the rows of a matrix have one length")
            for (column, value) in line.enumerated() { self[row, column] = value }
        }
    }

    package subscript(row: Int, column: Int) -> Double {
        get { storage[row + column * rows] }
        set { storage[row + column * rows] = newValue }
    }

    package static func * (matrix: Matrix, vector: [Double]) -> [Double] {
        precondition(vector.count == matrix.columns, "the vector has one value per column")
        var product = [Double](repeating: 0, count: matrix.rows)
        for column in 0..<matrix.columns {
            for row in 0..<matrix.rows {
                product[row] += matrix[row, column] * vector[column]
            }
        }
        return product
    }
}

/// Why a system has no single solution.
package enum LinearAlgebraError: Error, Sendable, Hashable {
    /// The sizes of matrix and right-hand side do not fit together, or there are fewer equations
    /// than unknowns.
    case badShape(rows: Int, columns: Int, rightHandSide: Int)
    /// Only this many directions of the unknowns are determined.
    case rankDeficient(rank: Int, columns: Int)
    /// The matrix is not positive definite: the pivot with this index failed.
    case notPositiveDefinite(pivot: Int)
    case notFinite
    /// LAPACK refused an argument; a programming error of this module.
    case rejected(argument: Int)
}
