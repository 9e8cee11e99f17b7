/// Cholesky factor of a small symmetric matrix, made positive definite by the least multiple of the
/// identity that does it.
struct DenseFactor {
    let size: Int
    /// Row-major lower triangle.
    private var lower: [Double]
    /// What was added to the diagonal; 0 when the matrix was positive definite.
    private(set) var shift = 0.0

    /// - Parameter matrix: row-major; the lower triangle is read. nil when it is not finite.
    init?(_ matrix: [Double], size: Int) {
        self.size = size
        lower = matrix
        var largest = 0.0
        for index in 0..<size { largest = max(largest, abs(matrix[index * size + index])) }
        guard largest.isFinite else { return nil }
        for attempt in 0..<24 {
            if attempt > 0 {
                shift = attempt == 1 ? 1e-8 * max(largest, 1e-8) : shift * 10
                lower = matrix
                for index in 0..<size { lower[index * size + index] += shift }
            }
            if factorise() { return }
        }
        return nil
    }

    private mutating func factorise() -> Bool {
        for row in 0..<size {
            let start = row * size
            for column in 0...row {
                let other = column * size
                var sum = lower[start + column]
                for k in 0..<column { sum -= lower[start + k] * lower[other + k] }
                if row == column {
                    guard sum > 0, sum.isFinite else { return false }
                    lower[start + row] = sum.squareRoot()
                } else {
                    lower[start + column] = sum / lower[other + column]
                }
            }
        }
        return true
    }

    func solve(_ rightHandSide: [Double]) -> [Double] {
        var vector = rightHandSide
        for row in 0..<size {
            var sum = vector[row]
            for k in 0..<row { sum -= lower[row * size + k] * vector[k] }
            vector[row] = sum / lower[row * size + row]
        }
        for row in (0..<size).reversed() {
            let value = vector[row] / lower[row * size + row]
            vector[row] = value
            for k in 0..<row { vector[k] -= lower[row * size + k] * value }
        }
        return vector
    }
}
