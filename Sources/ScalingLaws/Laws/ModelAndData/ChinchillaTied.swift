import Foundation
import Runs

/// L = E + A / N^alpha + B / D^alpha: Chinchilla with one exponent, the choice of Scaling
/// Data-Constrained Language Models (arXiv 2305.16264). Size and tokens then grow alike in compute.
package enum ChinchillaTied: NonlinearLaw {
    package enum Coordinate: Int, CoordinateKey { case logE, logA, logB, alpha }

    package static let card = LawCard(
        id: "chinchilla-tied",
        title: "Loss over model size and tokens, one exponent",
        family: .modelAndData,
        equation: "L = E + A/N^alpha + B/D^alpha",
        citation: "form: Scaling Data-Constrained Language Models, arXiv 2305.16264; fit: this"
            + " project's runs",
        symbols: [.loss, .modelSize, .tokens],
        parameters: [
            .floor, .sizeTerm, .tokenTerm,
            .init(symbol: "alpha", name: "exponent of N and of D", unit: "1"),
        ],
        inputs: [.parameterCount, .tokenCount, .loss],
        optionalInputs: [.computeFLOPs],
        answers: ["model size and tokens for a compute budget", "loss of a larger run"],
        validity: "Runs trained to the end of their schedule with tuned learning rate and batch;"
            + " few runs, or exponents that five parameters leave open."
    )

    package static let requirements: [Requirement] = [
        .runs(7), .values(.parameterCount, 3), .values(.tokenCount, 3),
        .independent(.parameterCount, .tokenCount),
    ]

    package static let widest: [(coordinate: Coordinate, width: Double)] = [(.alpha, 1)]

    package static func input(_ observation: Observation) -> SizeAndTokens? {
        SizeAndTokens(observation)
    }

    package static func logPrediction(
        _ input: SizeAndTokens,
        _ theta: Coordinates<Coordinate>,
        _ gradient: inout Coordinates<Coordinate>
    ) -> Double {
        let floor = exp(theta[.logE])
        let size = exp(theta[.logA] - theta[.alpha] * input.logSize)
        let tokens = exp(theta[.logB] - theta[.alpha] * input.logTokens)
        let loss = floor + size + tokens
        gradient[.logE] = floor / loss
        gradient[.logA] = size / loss
        gradient[.logB] = tokens / loss
        gradient[.alpha] = -(input.logSize * size + input.logTokens * tokens) / loss
        return log(loss)
    }

    package static func starts(
        _ inputs: [SizeAndTokens],
        logTargets: [Double]
    ) -> [Coordinates<Coordinate>] {
        let data = LossSplits(inputs, logTargets)
        return data.splits(shares: [0.9, 0.6, 0.3], exponents: [0.2, 0.35, 0.55]).map { split in
            var theta = Coordinates<Coordinate>()
            theta[.logE] = split.logFloor
            theta[.logA] = split.logHalf + split.exponent * data.size
            theta[.logB] = split.logHalf + split.exponent * data.tokens
            theta[.alpha] = split.exponent
            return theta
        }
    }

    package static var planted: PlantedWorld<Coordinate> {
        let theta = presets[0].theta
        return PlantedWorld(
            theta: theta,
            settings: PlantedWorld<Coordinate>.grid([
                (.parameterCount, [5e7, 1.5e8, 4e8, 1e9, 3e9]),
                (.tokenCount, [1e9, 4e9, 1.5e10, 6e10]),
            ])
        )
    }

    package static func parameters(_ theta: Coordinates<Coordinate>) -> [Double] {
        [exp(theta[.logE]), exp(theta[.logA]), exp(theta[.logB]), theta[.alpha]]
    }

    package static var derived: [Derived<Coordinate>] {
        [
            Derived(.init(symbol: "D/N", name: "tokens per parameter at the optimum", unit: "1")) {
                exp(($0[.logB] - $0[.logA]) / $0[.alpha])
            }
        ]
    }

    /// The constants that the data-constrained law was published with.
    package static var presets: [Preset<Coordinate>] {
        var theta = Coordinates<Coordinate>()
        theta[.logE] = 0.6254804
        theta[.logA] = 6.255414
        theta[.logB] = 7.3049974
        theta[.alpha] = 0.3526596
        return [
            Preset(
                id: "muennighoff",
                title: "Muennighoff et al.",
                citation: "Scaling Data-Constrained Language Models, arXiv 2305.16264",
                validity: "C4, nats per token, at most one epoch.",
                theta: theta
            )
        ]
    }
}
