import LinearAlgebra

/// Normal equations of the shared coefficients, the cells' own parameters eliminated.
struct IntervalReduced: Sendable {
    private(set) var matrix: Matrix
    private var gradient: [Double]
    /// Diagonal before elimination: what damping is measured by.
    private var diagonal: [Double]

    init(prior: [Double], values: [Double]) {
        matrix = Matrix(rows: prior.count, columns: prior.count)
        gradient = zip(prior, values).map { -$0 * $1 }
        diagonal = prior
        for index in prior.indices { matrix[index, index] = prior[index] }
    }

    mutating func add(_ block: IntervalBlock, inverse: [Double], inputs: [Double]) {
        let (ownCount, count) = (IntervalCell.count, IntervalTerm.count)
        let response = block.response(inverse)
        var reduced = block.terms
        var slope = block.termGradient
        for t in 0..<count {
            for k in 0..<ownCount {
                slope[t] -= response[k * count + t] * block.ownGradient[k]
                let factor = block.mixed[k * count + t]
                for s in 0..<count { reduced[t * count + s] -= factor * response[k * count + s] }
            }
        }
        IntervalReduced.expand(reduced, inputs, into: &matrix)
        for (i, input) in inputs.enumerated() {
            for t in 0..<count {
                gradient[i * count + t] += input * slope[t]
                diagonal[i * count + t] += input * input * block.terms[t * count + t]
            }
        }
    }

    /// Adds inputs·inputsᵀ ⊗ terms.
    static func expand(_ terms: [Double], _ inputs: [Double], into matrix: inout Matrix) {
        let count = IntervalTerm.count
        for (i, left) in inputs.enumerated() {
            for (j, right) in inputs.enumerated() {
                let factor = left * right
                for s in 0..<count {
                    let column = (j * count + s) * matrix.rows + i * count
                    for t in 0..<count {
                        matrix.storage[column + t] += factor * terms[t * count + s]
                    }
                }
            }
        }
    }

    func solve(damping: Double) -> [Double]? {
        var damped = matrix
        for index in diagonal.indices { damped[index, index] += damping * diagonal[index] }
        do {
            return try damped.choleskySolve(gradient)
        } catch {
            return nil
        }
    }
}
