import Foundation
import Runs

/// L = L0 + A·S1^−alpha − C·S2 at one point of a curve.
package enum AnnealingForm: NonlinearLaw {
    package enum Coordinate: Int, CoordinateKey { case logFloor, logScale, alpha, gain }

    package struct Input: Sendable {
        var logArea: Double
        var annealing: Double
    }

    package static let card = Annealing.card
    package static let requirements: [Requirement] = []
    package static let widest: [(coordinate: Coordinate, width: Double)] = [(.alpha, 3)]
    package static let usesBestTuned = false

    /// The end of a run's curve.
    package static func input(_ observation: Observation) -> Input? {
        guard let curve = observation.curve, let last = curve.steps.last,
            let areas = AnnealingAreas(steps: curve.steps, rates: curve.learningRates)
        else { return nil }
        return input(areas, at: last)
    }

    static func input(_ areas: AnnealingAreas, at step: Double) -> Input? {
        let (first, second) = areas.areas(at: step)
        guard first > 0, first.isFinite, second.isFinite else { return nil }
        return Input(logArea: log(first), annealing: second)
    }

    package static func logPrediction(
        _ input: Input,
        _ theta: Coordinates<Coordinate>,
        _ gradient: inout Coordinates<Coordinate>
    ) -> Double {
        let floor = exp(theta[.logFloor])
        let power = exp(theta[.logScale] - theta[.alpha] * input.logArea)
        let loss = floor + power - theta[.gain] * input.annealing
        gradient[.logFloor] = floor / loss
        gradient[.logScale] = power / loss
        gradient[.alpha] = -input.logArea * power / loss
        gradient[.gain] = -input.annealing / loss
        return log(loss)
    }

    package static func starts(
        _ inputs: [Input],
        logTargets: [Double]
    ) -> [Coordinates<Coordinate>] {
        let count = Double(max(inputs.count, 1))
        let area = inputs.reduce(0) { $0 + $1.logArea } / count
        let most = inputs.reduce(0) { max($0, $1.annealing) }
        let least = exp(logTargets.min() ?? 0)
        let mean = exp(logTargets.reduce(0, +) / count)
        var starts: [Coordinates<Coordinate>] = []
        for share in [0.95, 0.8, 0.5] {
            for alpha in [0.2, 0.5, 1.0] {
                for gain in [0.02, 0.1] {
                    var theta = Coordinates<Coordinate>()
                    theta[.logFloor] = log(share * least)
                    theta[.logScale] = log(max(mean - share * least, 1e-6)) + alpha * area
                    theta[.alpha] = alpha
                    theta[.gain] = most > 0 ? gain * least / most : 0
                    starts.append(theta)
                }
            }
        }
        return starts
    }

    package static func parameters(_ theta: Coordinates<Coordinate>) -> [Double] {
        [exp(theta[.logFloor]), exp(theta[.logScale]), theta[.alpha], theta[.gain]]
    }

    package static var planted: PlantedWorld<Coordinate> {
        PlantedWorld(theta: published, settings: [])
    }

    /// Constants fitted on the 40 losses that the method's authors print with their procedure.
    package static var published: Coordinates<Coordinate> {
        Coordinates([log(2.628), log(0.429), 0.550, 0.411])
    }
}
