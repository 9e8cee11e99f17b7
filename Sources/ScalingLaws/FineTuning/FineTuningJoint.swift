import Foundation
import Runs

/// L = A·X^-alpha·D_f^-beta + E, When Scaling Meets LLM Finetuning (arXiv 2402.17193); X is the
/// size of the model, D_f the fine-tuning data. Fitted about X = 1e9 and D_f = 1e7.
package enum FineTuningJoint: NonlinearLaw {
    package enum Coordinate: Int, CoordinateKey { case logA, alpha, beta, logE }

    package struct Input: Sendable {
        var size: Double
        var tokens: Double
    }

    private static let sizePivot = log(1e9)
    private static let tokenPivot = log(1e7)

    package static let card = LawCard(
        id: "fine-tuning-joint",
        title: "Loss over model size and fine-tuning data",
        family: .fineTuning,
        equation: "L = A*X^-alpha*D_f^-beta + E",
        citation: "form: When Scaling Meets LLM Finetuning, arXiv 2402.17193; fit: this project's"
            + " runs",
        symbols: [
            .init(symbol: "L", name: "loss after fine-tuning", unit: "nats per token"),
            .init(symbol: "X", name: "model size by the project's convention", unit: "parameters"),
            .init(symbol: "D_f", name: "fine-tuning data", unit: "tokens"),
        ],
        parameters: [
            .init(symbol: "A", name: "amplitude at X = D_f = 1", unit: "nats per token"),
            .init(symbol: "alpha", name: "exponent of X", unit: "1"),
            .init(symbol: "beta", name: "exponent of D_f", unit: "1"),
            .init(symbol: "E", name: "irreducible loss of the task", unit: "nats per token"),
        ],
        inputs: [.parameterCount, .fineTuningTokenCount, .loss],
        optionalInputs: [.peakLearningRate, .batchTokens, .weightDecay],
        answers: ["whether a larger model or more fine-tuning data pays"],
        validity: "One task and one method of fine-tuning; published for 1e9 to 16e9 parameters and"
            + " up to 2e7 examples. Map another quantity to parameterCount to fit the law in it.",
        note: "No public table of runs is at hand: tested on planted runs. The paper's coefficients"
            + " differ by task and are not offered as a prior."
    )

    package static let requirements: [Requirement] = [
        .runs(8), .values(.parameterCount, 3), .values(.fineTuningTokenCount, 3),
        .independent(.parameterCount, .fineTuningTokenCount),
    ]

    package static let usesBestTuned = true

    package static let widest: [(coordinate: Coordinate, width: Double)] = [
        (.alpha, 1), (.beta, 1),
    ]

    package static func scale(_ observation: Observation) -> Double {
        6 * observation.parameterCount * observation[.fineTuningTokenCount]
    }

    package static func input(_ observation: Observation) -> Input? {
        let input = Input(
            size: log(observation.parameterCount) - sizePivot,
            tokens: log(observation[.fineTuningTokenCount]) - tokenPivot
        )
        return input.size.isFinite && input.tokens.isFinite ? input : nil
    }

    package static func logPrediction(
        _ input: Input,
        _ theta: Coordinates<Coordinate>,
        _ gradient: inout Coordinates<Coordinate>
    ) -> Double {
        let term = exp(
            theta[.logA] - theta[.alpha] * input.size - theta[.beta] * input.tokens
        )
        let floor = exp(theta[.logE])
        let loss = term + floor
        gradient[.logA] = term / loss
        gradient[.alpha] = -input.size * term / loss
        gradient[.beta] = -input.tokens * term / loss
        gradient[.logE] = floor / loss
        return log(loss)
    }

    package static func starts(
        _ inputs: [Input],
        logTargets: [Double]
    ) -> [Coordinates<Coordinate>] {
        var starts: [Coordinates<Coordinate>] = []
        for alpha in [0.05, 0.2, 0.4] {
            for beta in [0.05, 0.15, 0.3] {
                let terms = inputs.map { [exp(-alpha * $0.size - beta * $0.tokens), 1] }
                let amplitudes = Amplitudes.positive(terms, logTargets: logTargets)
                starts.append(
                    Coordinates([log(amplitudes[0]), alpha, beta, log(amplitudes[1])])
                )
            }
        }
        return starts
    }

    package static func parameters(_ theta: Coordinates<Coordinate>) -> [Double] {
        [
            exp(theta[.logA] + theta[.alpha] * sizePivot + theta[.beta] * tokenPivot),
            theta[.alpha], theta[.beta], exp(theta[.logE]),
        ]
    }

    package static var planted: PlantedWorld<Coordinate> {
        PlantedWorld(
            theta: Coordinates([log(0.8), 0.18, 0.09, log(0.9)]),
            settings: PlantedWorld<Coordinate>.grid([
                (.parameterCount, [1e9, 2e9, 4e9, 1.6e10]),
                (.fineTuningTokenCount, [1e6, 4e6, 2e7, 1e8, 5e8]),
            ])
        )
    }
}
