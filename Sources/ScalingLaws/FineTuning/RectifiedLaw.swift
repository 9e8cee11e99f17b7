import Foundation
import Runs

/// L = B/(D_l + D^beta) + E over fine-tuning data D of one base model, Selecting Large Language
/// Model to Fine-tune via Rectified Scaling Law (arXiv 2402.02314). D_l is what pre-training had
/// taught of the task: it bends the power law where data are few. Fitted about D = 1e7.
package enum RectifiedLaw: NonlinearLaw {
    package enum Coordinate: Int, CoordinateKey { case logB, logLearned, beta, logE }

    package struct Input: Sendable {
        var tokens: Double
    }

    private static let pivot = log(1e7)

    package static let card = LawCard(
        id: "rectified",
        title: "Loss over fine-tuning data",
        family: .fineTuning,
        equation: "L = B/(D_l + D^beta) + E",
        citation: "form: Rectified Scaling Law, arXiv 2402.02314; fit: this project's runs",
        symbols: [
            .init(symbol: "L", name: "loss after fine-tuning", unit: "nats per token"),
            .init(symbol: "D", name: "fine-tuning data", unit: "tokens"),
        ],
        parameters: [
            .init(symbol: "B", name: "amplitude", unit: "nats per token"),
            .init(symbol: "D_l", name: "data learned before, as D^beta", unit: "tokens^beta"),
            .init(symbol: "beta", name: "exponent of D", unit: "1"),
            .init(symbol: "E", name: "irreducible loss", unit: "nats per token"),
        ],
        inputs: [.fineTuningTokenCount, .loss],
        optionalInputs: [.peakLearningRate, .batchTokens, .weightDecay],
        answers: ["loss with more fine-tuning data", "fine-tuning data for a loss"],
        validity: "One base model and one task: choose its runs with a filter.",
        note:
            "No public table of runs is at hand: tested on planted runs. The line through the last"
            + " three sizes and the constant stand beside it; where they do better, use them."
    )

    package static let requirements: [Requirement] = [
        .runs(6), .values(.fineTuningTokenCount, 6),
    ]

    package static let usesBestTuned = true

    package static let widest: [(coordinate: Coordinate, width: Double)] = [(.beta, 2)]

    package static func scale(_ observation: Observation) -> Double {
        observation[.fineTuningTokenCount]
    }

    package static func input(_ observation: Observation) -> Input? {
        let tokens = log(observation[.fineTuningTokenCount]) - pivot
        return tokens.isFinite ? Input(tokens: tokens) : nil
    }

    package static func logPrediction(
        _ input: Input,
        _ theta: Coordinates<Coordinate>,
        _ gradient: inout Coordinates<Coordinate>
    ) -> Double {
        let learned = exp(theta[.logLearned])
        let data = exp(theta[.beta] * input.tokens)
        let term = exp(theta[.logB]) / (learned + data)
        let floor = exp(theta[.logE])
        let loss = term + floor
        let share = term / loss / (learned + data)
        gradient[.logB] = term / loss
        gradient[.logLearned] = -share * learned
        gradient[.beta] = -share * data * input.tokens
        gradient[.logE] = floor / loss
        return log(loss)
    }

    package static func starts(
        _ inputs: [Input],
        logTargets: [Double]
    ) -> [Coordinates<Coordinate>] {
        let logs = inputs.map(\.tokens)
        let middle = Quantiles.middle(logs) ?? 0
        let first = logs.min() ?? 0
        var starts: [Coordinates<Coordinate>] = []
        for beta in [0.2, 0.4, 0.7, 1.0] {
            for bend in [middle, first, first - 3] {
                let learned = exp(beta * bend)
                let terms = inputs.map { [1 / (learned + exp(beta * $0.tokens)), 1] }
                let amplitudes = Amplitudes.positive(terms, logTargets: logTargets)
                starts.append(
                    Coordinates([log(amplitudes[0]), beta * bend, beta, log(amplitudes[1])])
                )
            }
        }
        return starts
    }

    package static func parameters(_ theta: Coordinates<Coordinate>) -> [Double] {
        let unit = theta[.beta] * pivot
        return [
            exp(theta[.logB] + unit), exp(theta[.logLearned] + unit), theta[.beta],
            exp(theta[.logE]),
        ]
    }

    package static var derived: [Derived<Coordinate>] {
        [
            Derived(
                .init(symbol: "D_bend", name: "data at which the power law sets in", unit: "tokens")
            ) { exp($0[.logLearned] / $0[.beta] + pivot) }
        ]
    }

    package static var planted: PlantedWorld<Coordinate> {
        PlantedWorld(
            theta: Coordinates([log(0.9), log(0.8), 0.55, log(1.1)]),
            settings: (0..<12).map {
                [.fineTuningTokenCount: 2e5 * exp2(Double($0))]
            }
        )
    }
}
