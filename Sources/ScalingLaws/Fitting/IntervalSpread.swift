import LinearAlgebra

/// What the fitted model says about the optima of the cells.
struct CellOptima: Sendable {
    /// ln learning rate and ln batch tokens of every cell's optimum.
    var positions: [[Double]]
    /// Variance of these from the noise of the runs, the shared terms held.
    var variances: [[Double]]
    /// How the two positions answer to each shared coefficient, cell by cell.
    var responses: [[[Double]]]
    /// Covariance of the shared coefficients.
    var sharedCovariance: Matrix
    /// Standard deviation of ln loss about the model.
    var noise: Double

    /// nil when the normal equations are singular.
    init?(_ solver: IntervalSolver) {
        var blocks = solver.blocks()
        let squares = solver.blocks(power: 2)
        let cost = blocks.reduce(0) { $0 + $1.cost } / solver.scale
        let weight = blocks.reduce(0) { $0 + $1.weight } / solver.scale
        let size = solver.problem.sharedCount
        var reduced = IntervalReduced(prior: solver.prior.shared, values: solver.state.shared)
        var noiseMatrix = Matrix(rows: size, columns: size)
        var ownNoise: [[Double]] = []
        var freedom = 0.0
        responses = []
        for index in blocks.indices {
            solver.prior.add(to: &blocks[index], solver.state, index)
            guard let inverse = blocks[index].ownInverse(damping: 0) else { return nil }
            let inputs = solver.problem.cells[index].inputs
            reduced.add(blocks[index], inverse: inverse, inputs: inputs)
            let response = blocks[index].response(inverse)
            IntervalReduced.expand(
                squares[index].passed(response),
                inputs,
                into: &noiseMatrix
            )
            let own = squares[index].ownCovariance(inverse)
            freedom += squares[index].ownTrace(inverse) / solver.scale
            ownNoise.append([own[1], own[2]])
            responses.append(Self.spread(response, inputs))
        }
        do {
            let inverse = try reduced.matrix.choleskyInverse()
            let passed = inverse * noiseMatrix
            for index in 0..<size { freedom += passed[index, index] / solver.scale }
            let variance = cost / max(weight - freedom, 0.1 * weight, 1e-300)
            sharedCovariance = passed * inverse
            for index in sharedCovariance.storage.indices {
                sharedCovariance.storage[index] *= variance
            }
            noise = variance.squareRoot()
            variances = ownNoise.map { $0.map { $0 * variance } }
        } catch {
            return nil
        }
        positions = solver.state.cells.map { [$0.x, $0.y] }
    }

    private static func spread(_ response: [Double], _ inputs: [Double]) -> [[Double]] {
        let count = IntervalTerm.count
        return [1, 2].map { own in
            inputs.flatMap { input in
                (0..<count).map { -input * response[own * count + $0] }
            }
        }
    }
}

extension IntervalBlock {
    /// Of squared weights: Σ w² b·bᵀ, b being the terms less what the own parameters take up.
    func passed(_ response: [Double]) -> [Double] {
        let (ownCount, count) = (IntervalCell.count, IntervalTerm.count)
        var half = mixed
        for i in 0..<ownCount {
            for k in 0..<ownCount {
                for t in 0..<count {
                    half[i * count + t] -= 0.5 * own[i * ownCount + k] * response[k * count + t]
                }
            }
        }
        var passed = terms
        for k in 0..<ownCount {
            for t in 0..<count {
                for s in 0..<count {
                    passed[t * count + s] -=
                        response[k * count + t] * half[k * count + s]
                        + half[k * count + t] * response[k * count + s]
                }
            }
        }
        return passed
    }

    /// Of squared weights: diagonal of inverse · own · inverse.
    func ownCovariance(_ inverse: [Double]) -> [Double] {
        let count = IntervalCell.count
        return (0..<count).map { i in
            var sum = 0.0
            for k in 0..<count {
                for m in 0..<count {
                    sum += inverse[i * count + k] * own[k * count + m] * inverse[i * count + m]
                }
            }
            return sum
        }
    }

    /// Of squared weights: trace of inverse · own.
    func ownTrace(_ inverse: [Double]) -> Double {
        zip(inverse, own).reduce(0) { $0 + $1.0 * $1.1 }
    }
}

extension Matrix {
    static func * (left: Matrix, right: Matrix) -> Matrix {
        precondition(left.columns == right.rows, "inner sizes of a product agree")
        var product = Matrix(rows: left.rows, columns: right.columns)
        for column in 0..<right.columns {
            for k in 0..<left.columns {
                let factor = right[k, column]
                for row in 0..<left.rows { product[row, column] += left[row, k] * factor }
            }
        }
        return product
    }
}
