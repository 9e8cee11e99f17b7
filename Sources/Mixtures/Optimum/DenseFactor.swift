import LinearAlgebra

/// Factor of a small symmetric matrix, made positive definite by a multiple of the identity.
struct DenseFactor {
    private let factor: CholeskyFactor

    /// - Parameters:
    ///   - matrix: both triangles.
    ///   - firstShift: what is added to the diagonal first where the matrix is not positive
    ///     definite; then ten times more each time.
    ///
    /// nil when the matrix is not finite.
    init?(_ matrix: [Double], size: Int, firstShift: Double) {
        var square = Matrix(rows: size, columns: size)
        square.storage = matrix
        var shift = 0.0
        for _ in 0..<24 {
            do throws(LinearAlgebraError) {
                factor = try CholeskyFactor(square)
                return
            } catch {
                guard error != .notFinite else { return nil }
            }
            let more = shift == 0 ? firstShift : 9 * shift
            for index in 0..<size { square[index, index] += more }
            shift += more
        }
        return nil
    }

    func solve(_ rightHandSide: [Double]) -> [Double] { factor.solve(rightHandSide) }
}
