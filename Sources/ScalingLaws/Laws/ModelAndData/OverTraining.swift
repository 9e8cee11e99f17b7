import Foundation
import Runs

/// L = E + (a·M^eta + b·M^-eta)·C^-eta with M = D/N tokens a parameter and C = 6·N·D: Language
/// models scale reliably with over-training and on downstream tasks (arXiv 2403.08540), equation 4.
///
/// The form is Chinchilla with tied exponents, alpha = 2·eta, read along compute and M: it answers
/// how loss falls with compute at a fixed degree of over-training.
package enum OverTraining: NonlinearLaw {
    package enum Coordinate: Int, CoordinateKey { case logE, logA, logB, eta }

    package static let card = LawCard(
        id: "over-training",
        title: "Loss over compute and tokens per parameter",
        family: .modelAndData,
        equation: "L = E + (a*M^eta + b*M^-eta)*C^-eta, M = D/N, C = 6*N*D",
        citation: "form: Language models scale reliably with over-training and on downstream tasks,"
            + " arXiv 2403.08540; fit: this project's runs",
        symbols: [
            .loss,
            .init(symbol: "M", name: "tokens per parameter, D/N", unit: "1"),
            .init(symbol: "C", name: "training compute, 6ND", unit: "FLOPs"),
        ],
        parameters: [
            .floor,
            .init(symbol: "a", name: "size term at M = C = 1", unit: "nats per token"),
            .init(symbol: "b", name: "token term at M = C = 1", unit: "nats per token"),
            .init(symbol: "eta", name: "exponent of compute", unit: "1"),
        ],
        inputs: [.parameterCount, .tokenCount, .loss],
        optionalInputs: [.computeFLOPs],
        answers: ["loss of a small model trained far beyond its optimum"],
        validity:
            "Runs at several degrees of over-training; the exponent of compute must not depend"
            + " on M, which the residuals over M show.",
        note: "A reparametrised `chinchilla-tied`; the two are never stacked."
    )

    package static let requirements: [Requirement] = [
        .runs(7), .values(.parameterCount, 3), .values(.tokenCount, 3),
        .independent(.parameterCount, .tokenCount),
    ]

    package struct Input: Sendable {
        var logRatio: Double
        var logCompute: Double
    }

    package static let widest: [(coordinate: Coordinate, width: Double)] = [(.eta, 0.5)]

    package static func input(_ observation: Observation) -> Input? {
        SizeAndTokens(observation).map(input)
    }

    static func input(_ run: SizeAndTokens) -> Input {
        Input(
            logRatio: run.logTokens - run.logSize,
            logCompute: log(6) + run.logTokens + run.logSize
        )
    }

    package static func logPrediction(
        _ input: Input,
        _ theta: Coordinates<Coordinate>,
        _ gradient: inout Coordinates<Coordinate>
    ) -> Double {
        let eta = theta[.eta]
        let floor = exp(theta[.logE])
        let size = exp(theta[.logA] + eta * (input.logRatio - input.logCompute))
        let tokens = exp(theta[.logB] - eta * (input.logRatio + input.logCompute))
        let loss = floor + size + tokens
        gradient[.logE] = floor / loss
        gradient[.logA] = size / loss
        gradient[.logB] = tokens / loss
        gradient[.eta] =
            (size * (input.logRatio - input.logCompute)
                - tokens * (input.logRatio + input.logCompute)) / loss
        return log(loss)
    }

    package static func starts(
        _ inputs: [Input],
        logTargets: [Double]
    ) -> [Coordinates<Coordinate>] {
        let runs = inputs.map {
            SizeAndTokens(
                logSize: ($0.logCompute - log(6) - $0.logRatio) / 2,
                logTokens: ($0.logCompute - log(6) + $0.logRatio) / 2
            )
        }
        return ChinchillaTied.starts(runs, logTargets: logTargets).map { tied in
            var theta = Coordinates<Coordinate>()
            theta[.logE] = tied[.logE]
            theta[.logA] = tied[.logA] + tied[.alpha] / 2 * log(6)
            theta[.logB] = tied[.logB] + tied[.alpha] / 2 * log(6)
            theta[.eta] = tied[.alpha] / 2
            return theta
        }
    }

    package static var planted: PlantedWorld<Coordinate> {
        var theta = Coordinates<Coordinate>()
        theta[.logE] = log(1.8)
        theta[.logA] = 6.6
        theta[.logB] = 7.6
        theta[.eta] = 0.176
        return PlantedWorld(
            theta: theta,
            settings: PlantedWorld<Coordinate>.grid([
                (.parameterCount, [5e7, 1.5e8, 4e8, 1e9, 3e9]),
                (.tokenCount, [1e9, 4e9, 1.5e10, 6e10]),
            ])
        )
    }

    package static func parameters(_ theta: Coordinates<Coordinate>) -> [Double] {
        [exp(theta[.logE]), exp(theta[.logA]), exp(theta[.logB]), theta[.eta]]
    }

    package static var derived: [Derived<Coordinate>] {
        [
            Derived(.init(symbol: "M*", name: "tokens per parameter at the optimum", unit: "1")) {
                exp(($0[.logB] - $0[.logA]) / (2 * $0[.eta]))
            }
        ]
    }
}
