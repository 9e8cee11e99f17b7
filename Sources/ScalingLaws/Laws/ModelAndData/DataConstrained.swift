import Foundation
import Runs

/// L = E + A/N'^alpha + B/D'^alpha with effective counts for repeated data: Scaling
/// Data-Constrained Language Models (arXiv 2305.16264), equations 5, 6 and 11.
///
/// D' = U + U·R_D*·(1 − e^(−R_D/R_D*)), R_D = D/U − 1 repetitions of the U unique tokens; N' alike
/// about U_N = min(N, (A/B)^(1/alpha)·U), the size that U tokens train best.
package enum DataConstrained: NonlinearLaw {
    package enum Coordinate: Int, CoordinateKey {
        case logE, logA, logB, alpha, logTokenDecay, logSizeDecay
    }

    package struct Input: Sendable {
        var run: SizeAndTokens
        /// ln U, never above ln D: tokens that were not read teach nothing.
        var logUnique: Double
    }

    package static let card = LawCard(
        id: "data-constrained",
        title: "Loss over model size, tokens and unique tokens",
        family: .modelAndData,
        equation: "L = E + A/N'^alpha + B/D'^alpha, D' = U + U*R_D*(1 - exp(-(D/U - 1)/R_D)),"
            + " N' = U_N + U_N*R_N*(1 - exp(-(N/U_N - 1)/R_N)), U_N = min(N, U*(A/B)^(1/alpha))",
        citation: "form: Scaling Data-Constrained Language Models, arXiv 2305.16264; fit: this"
            + " project's runs",
        symbols: [
            .loss, .modelSize, .tokens,
            .init(symbol: "U", name: "unique training tokens", unit: "tokens"),
        ],
        parameters: [
            .floor, .sizeTerm, .tokenTerm,
            .init(symbol: "alpha", name: "exponent of N' and D'", unit: "1"),
            .init(symbol: "R_D", name: "repetitions at which data are spent", unit: "epochs"),
            .init(symbol: "R_N", name: "decay of parameters in excess", unit: "1"),
        ],
        inputs: [.parameterCount, .tokenCount, .uniqueTokenCount, .loss],
        optionalInputs: [.computeFLOPs],
        answers: [
            "is repeating data worth it", "model size and epochs for a budget and U unique tokens",
        ],
        validity: "Runs of one epoch and of several; published constants: up to 1,500 epochs of C4,"
            + " 7e6 to 8.7e9 parameters.",
        note: "No public table of runs was at hand: the published constants reproduce the authors'"
            + " two check values, and fits are tested on planted runs."
    )

    package static let requirements: [Requirement] = [
        .runs(12), .values(.parameterCount, 3), .values(.tokenCount, 3),
        .values(.uniqueTokenCount, 2), .independent(.parameterCount, .tokenCount),
        .independent(.tokenCount, .uniqueTokenCount),
    ]

    package static let widest: [(coordinate: Coordinate, width: Double)] = [
        (.alpha, 1), (.logTokenDecay, 4),
    ]

    package static func input(_ observation: Observation) -> Input? {
        let unique = log(observation[.uniqueTokenCount])
        guard let run = SizeAndTokens(observation), unique.isFinite else { return nil }
        return Input(run: run, logUnique: min(unique, run.logTokens))
    }

    /// x' = u·(1 + R·(1 − e^(−(x/u − 1)/R))) as ln x', and its derivatives by ln u and ln R.
    struct Effective {
        var logValue: Double
        var byLogUnique: Double
        var byLogDecay: Double

        /// - Parameter excess: ln(x/u), at least 0.
        init(logUnique: Double, excess: Double, logDecay: Double) {
            let decay = exp(logDecay)
            // Beyond e^60 repetitions nothing is left to gain; the bound keeps products finite.
            let ratio = exp(min(excess, 60))
            let repeats = (ratio - 1) / decay
            let left = exp(-repeats)
            let factor = 1 - decay * expm1(-repeats)
            logValue = logUnique + log(factor)
            byLogUnique = 1 - left * ratio / factor
            byLogDecay = (-decay * expm1(-repeats) - decay * repeats * left) / factor
        }
    }

    package static func logPrediction(
        _ input: Input,
        _ theta: Coordinates<Coordinate>,
        _ gradient: inout Coordinates<Coordinate>
    ) -> Double {
        let alpha = theta[.alpha]
        let logBest = input.logUnique + (theta[.logA] - theta[.logB]) / alpha
        let isLarge = logBest < input.run.logSize
        let data = Effective(
            logUnique: input.logUnique,
            excess: input.run.logTokens - input.logUnique,
            logDecay: theta[.logTokenDecay]
        )
        let model = Effective(
            logUnique: isLarge ? logBest : input.run.logSize,
            excess: isLarge ? input.run.logSize - logBest : 0,
            logDecay: theta[.logSizeDecay]
        )
        let floor = exp(theta[.logE])
        let size = exp(theta[.logA] - alpha * model.logValue)
        let tokens = exp(theta[.logB] - alpha * data.logValue)
        let loss = floor + size + tokens
        // U_N moves with A, B and alpha where it is below N.
        let byBest = isLarge ? -alpha * size * model.byLogUnique : 0
        gradient[.logE] = floor / loss
        gradient[.logA] = (size + byBest / alpha) / loss
        gradient[.logB] = (tokens - byBest / alpha) / loss
        gradient[.alpha] =
            (-model.logValue * size - data.logValue * tokens
                - byBest * (theta[.logA] - theta[.logB]) / (alpha * alpha)) / loss
        gradient[.logTokenDecay] = -alpha * tokens * data.byLogDecay / loss
        gradient[.logSizeDecay] = -alpha * size * model.byLogDecay / loss
        return log(loss)
    }

    package static func starts(
        _ inputs: [Input],
        logTargets: [Double]
    ) -> [Coordinates<Coordinate>] {
        ChinchillaTied.starts(inputs.map(\.run), logTargets: logTargets).flatMap { tied in
            [3.0, 20].map { decay in
                var theta = Coordinates<Coordinate>()
                theta[.logE] = tied[.logE]
                theta[.logA] = tied[.logA]
                theta[.logB] = tied[.logB]
                theta[.alpha] = tied[.alpha]
                theta[.logTokenDecay] = log(decay)
                theta[.logSizeDecay] = log(decay / 2)
                return theta
            }
        }
    }

    package static var planted: PlantedWorld<Coordinate> {
        PlantedWorld(
            theta: presets[0].theta,
            settings: PlantedWorld<Coordinate>.grid([
                (.parameterCount, [5e7, 2e8, 8e8, 3e9]),
                (.tokenCount, [1e9, 8e9, 6e10, 5e11]),
                (.uniqueTokenCount, [5e8, 5e9, 5e10]),
            ])
        )
    }

    package static func parameters(_ theta: Coordinates<Coordinate>) -> [Double] {
        [
            exp(theta[.logE]), exp(theta[.logA]), exp(theta[.logB]), theta[.alpha],
            exp(theta[.logTokenDecay]), exp(theta[.logSizeDecay]),
        ]
    }

    /// Printed by the authors with the two check values that the tests hold.
    package static var presets: [Preset<Coordinate>] {
        var theta = Coordinates<Coordinate>()
        theta[.logE] = 0.6254804
        theta[.logA] = 6.255414
        theta[.logB] = 7.3049974
        theta[.alpha] = 0.3526596
        theta[.logTokenDecay] = log(15.387756)
        theta[.logSizeDecay] = log(5.309743)
        return [
            Preset(
                id: "muennighoff",
                title: "Muennighoff et al.",
                citation: "Scaling Data-Constrained Language Models, arXiv 2305.16264",
                validity: "C4, nats per token, 7e6 to 8.7e9 parameters, up to 9e11 tokens.",
                theta: theta
            )
        ]
    }
}
