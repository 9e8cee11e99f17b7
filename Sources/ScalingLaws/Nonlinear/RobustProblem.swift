import Foundation
import LinearAlgebra

/// Sum over runs of weight × Huber(ln prediction − ln observed), with an optional pull towards a
/// prior; what a nonlinear law minimises.
struct RobustProblem<L: NonlinearLaw>: Sendable {
    typealias Key = L.Coordinate

    var inputs: [L.Input]
    var logTargets: [Double]
    /// How often each run counts; zeros are skipped, which makes resampled refits cheaper.
    var weights: [Double]
    var delta: Double
    var prior: Pull?

    /// Gaussian pull of each coordinate towards published constants, in the objective's unit.
    struct Pull: Sendable {
        var center: [Double]
        var strength: [Double]
    }

    init(inputs: [L.Input], logTargets: [Double], delta: Double) {
        self.inputs = inputs
        self.logTargets = logTargets
        self.delta = delta
        weights = [Double](repeating: 1, count: inputs.count)
    }

    /// r²/2 up to delta and a straight line beyond.
    @inline(__always)
    static func huber(_ r: Double, _ delta: Double) -> Double {
        abs(r) <= delta ? r * r / 2 : delta * (abs(r) - delta / 2)
    }

    func value(_ point: [Double], _ gradient: inout [Double]) -> Double {
        let theta = Coordinates<Key>(point)
        var own = Coordinates<Key>()
        var sum = 0.0
        for index in gradient.indices { gradient[index] = 0 }
        for run in inputs.indices where weights[run] > 0 {
            let residual = L.logPrediction(inputs[run], theta, &own) - logTargets[run]
            sum += weights[run] * Self.huber(residual, delta)
            let pull = weights[run] * min(max(residual, -delta), delta)
            for index in gradient.indices { gradient[index] += pull * own.values[index] }
        }
        if let prior {
            for index in gradient.indices {
                let distance = point[index] - prior.center[index]
                sum += prior.strength[index] * distance * distance / 2
                gradient[index] += prior.strength[index] * distance
            }
        }
        return sum
    }

    /// Least squares curvature at a point, with the weights that robust losses give residuals;
    /// row-major.
    func curvature(_ point: [Double]) -> [Double] {
        let size = point.count
        let theta = Coordinates<Key>(point)
        var own = Coordinates<Key>()
        var matrix = [Double](repeating: 0, count: size * size)
        for run in inputs.indices where weights[run] > 0 {
            let residual = L.logPrediction(inputs[run], theta, &own) - logTargets[run]
            let weight = weights[run] * (abs(residual) <= delta ? 1 : delta / abs(residual))
            guard weight.isFinite else { continue }
            for row in 0..<size {
                for column in 0...row {
                    matrix[row * size + column] += weight * own.values[row] * own.values[column]
                }
            }
        }
        for row in 0..<size {
            for column in 0..<row {
                matrix[column * size + row] = matrix[row * size + column]
            }
            if let prior { matrix[row * size + row] += prior.strength[row] }
        }
        return matrix
    }

    /// Inverse of the curvature, a hair away from singular; nil when it is not positive.
    func inverseCurvature(_ point: [Double], ridge: Double = 1e-9) -> [Double]? {
        let size = point.count
        let curvature = curvature(point)
        guard curvature.allSatisfy(\.isFinite) else { return nil }
        var scale = [Double](repeating: 1, count: size)
        for index in 0..<size {
            let diagonal = curvature[index * size + index]
            guard diagonal > 0 else { return nil }
            scale[index] = diagonal.squareRoot()
        }
        var inverse = [Double](repeating: 0, count: size * size)
        for column in 0..<size {
            var system = SmallSystem(size: size)
            for row in 0..<size {
                for other in 0..<size {
                    let value = curvature[row * size + other] / (scale[row] * scale[other])
                    system.matrix[row * size + other] = value + (row == other ? ridge : 0)
                }
            }
            system.vector[column] = 1
            guard system.solve() else { return nil }
            for row in 0..<size {
                inverse[row * size + column] = system.vector[row] / (scale[row] * scale[column])
            }
        }
        return inverse
    }

    func residuals(_ point: [Double]) -> [Double] {
        let theta = Coordinates<Key>(point)
        var own = Coordinates<Key>()
        return inputs.indices.map { L.logPrediction(inputs[$0], theta, &own) - logTargets[$0] }
    }
}
