import Foundation
import Runs

/// Chinchilla's form by variable projection: least squares of L itself, in two dimensions. It needs
/// no starting guess of five numbers, and shows by its distance from `chinchilla` how much the loss
/// function alone moves an answer.
package enum ChinchillaVPNLS: NonlinearLaw {
    package typealias Coordinate = Chinchilla.Coordinate

    package static let card = LawCard(
        id: "chinchilla-vpnls",
        title: "Loss over model size and tokens, by variable projection",
        family: .modelAndData,
        equation: Chinchilla.card.equation,
        citation: "form: arXiv 2203.15556; method: variable projection with amplitudes that are"
            + " never negative; fit: this project's runs",
        symbols: Chinchilla.card.symbols,
        parameters: Chinchilla.card.parameters,
        inputs: Chinchilla.card.inputs,
        optionalInputs: Chinchilla.card.optionalInputs,
        answers: Chinchilla.card.answers + ["how far the loss function moves the answer"],
        validity: Chinchilla.card.validity + " Every run counts by its squared error in nats, so"
            + " small runs and outliers weigh more than in `chinchilla`.",
        note: "The same form as `chinchilla`; the two are never stacked."
    )

    package static let requirements = Chinchilla.requirements
    package static let widest: [(coordinate: Coordinate, width: Double)] = Chinchilla.widest
    package static var planted: PlantedWorld<Coordinate> { Chinchilla.planted }
    package static var presets: [Preset<Coordinate>] { Chinchilla.presets }
    package static var derived: [Derived<Coordinate>] { Chinchilla.derived }
    package static var huberDelta: Double { .infinity }
    package static var ownObjectiveName: String? { "sum of squared residuals of the loss" }

    package static func input(_ observation: Observation) -> SizeAndTokens? {
        Chinchilla.input(observation)
    }

    package static func logPrediction(
        _ input: SizeAndTokens,
        _ theta: Coordinates<Coordinate>,
        _ gradient: inout Coordinates<Coordinate>
    ) -> Double { Chinchilla.logPrediction(input, theta, &gradient) }

    package static func starts(
        _ inputs: [SizeAndTokens],
        logTargets: [Double]
    ) -> [Coordinates<Coordinate>] { Chinchilla.starts(inputs, logTargets: logTargets) }

    package static func parameters(_ theta: Coordinates<Coordinate>) -> [Double] {
        Chinchilla.parameters(theta)
    }

    package static func ownMinimum(
        _ inputs: [SizeAndTokens],
        logTargets: [Double],
        weights: [Double],
        near: [Double]?
    ) -> OwnMinimum? {
        let problem = VariableProjection(
            inputs,
            losses: logTargets.map { exp($0) },
            weights: weights
        )
        return problem.minimum(near: near.map { ($0[3], $0[4]) }).map {
            OwnMinimum(
                theta: $0.theta,
                objective: $0.projection.value,
                isConverged: $0.isConverged,
                starts: $0.starts,
                startsAtBest: $0.startsAtBest
            )
        }
    }
}

extension ChinchillaVPNLS: AllocatingLaw {}
