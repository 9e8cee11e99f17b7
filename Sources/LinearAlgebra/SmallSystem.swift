/// Solves many small symmetric positive definite systems without a call or an allocation each:
/// at a dozen unknowns the calls around LAPACK cost more than the arithmetic.
package struct SmallSystem: Sendable {
    package let size: Int
    /// Row-major; only the lower triangle is read.
    package var matrix: [Double]
    /// The right-hand side before `solve`, the solution after it.
    package var vector: [Double]

    package init(size: Int) {
        self.size = size
        matrix = [Double](repeating: 0, count: size * size)
        vector = [Double](repeating: 0, count: size)
    }

    package mutating func clear() {
        for index in matrix.indices { matrix[index] = 0 }
        for index in vector.indices { vector[index] = 0 }
    }

    /// Cholesky in place; false, with contents undefined, when the matrix is not positive definite.
    package mutating func solve() -> Bool {
        for column in 0..<size {
            for row in column..<size {
                var sum = matrix[row * size + column]
                for k in 0..<column {
                    sum -= matrix[row * size + k] * matrix[column * size + k]
                }
                if row == column {
                    guard sum > 0, sum.isFinite else { return false }
                    matrix[row * size + row] = sum.squareRoot()
                } else {
                    matrix[row * size + column] = sum / matrix[column * size + column]
                }
            }
        }
        for row in 0..<size {
            var sum = vector[row]
            for k in 0..<row { sum -= matrix[row * size + k] * vector[k] }
            vector[row] = sum / matrix[row * size + row]
        }
        for row in (0..<size).reversed() {
            var sum = vector[row]
            for k in (row + 1)..<size { sum -= matrix[k * size + row] * vector[k] }
            vector[row] = sum / matrix[row * size + row]
        }
        return vector.allSatisfy(\.isFinite)
    }
}
