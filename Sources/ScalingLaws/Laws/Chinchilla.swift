import Foundation
import Runs

/// L = E + A / N^alpha + B / D^beta, approach 3 of Training Compute-Optimal Large Language Models
/// (arXiv 2203.15556): Huber loss of ln L, delta 1e-3.
///
/// A, B and E are fitted as logarithms; the curvature of least squares scales the search, so that
/// the condition of 3e11 that the form has at N = D = 1 costs nothing.
package enum Chinchilla: NonlinearLaw {
    package enum Coordinate: Int, CoordinateKey { case logE, logA, logB, alpha, beta }

    package static let card = LawCard(
        id: "chinchilla",
        title: "Loss over model size and tokens",
        family: .modelAndData,
        equation: "L = E + A/N^alpha + B/D^beta",
        citation: "form: Training Compute-Optimal Large Language Models, arXiv 2203.15556, approach"
            + " 3; fit: this project's runs",
        symbols: [.loss, .modelSize, .tokens],
        parameters: [
            .floor, .sizeTerm, .tokenTerm,
            .init(symbol: "alpha", name: "exponent of N", unit: "1"),
            .init(symbol: "beta", name: "exponent of D", unit: "1"),
        ],
        inputs: [.parameterCount, .tokenCount, .loss],
        optionalInputs: [.computeFLOPs],
        answers: ["model size and tokens for a compute budget", "loss of a larger run"],
        validity: "Runs trained to the end of their schedule with tuned learning rate and batch."
    )

    package static let requirements: [Requirement] = [
        .runs(8), .values(.parameterCount, 3), .values(.tokenCount, 3),
        .independent(.parameterCount, .tokenCount),
    ]

    package static let widest: [(coordinate: Coordinate, width: Double)] = [
        (.alpha, 1), (.beta, 1),
    ]

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
        let tokens = exp(theta[.logB] - theta[.beta] * input.logTokens)
        let loss = floor + size + tokens
        gradient[.logE] = floor / loss
        gradient[.logA] = size / loss
        gradient[.logB] = tokens / loss
        gradient[.alpha] = -input.logSize * size / loss
        gradient[.beta] = -input.logTokens * tokens / loss
        return log(loss)
    }

    /// The floor a share below the least loss; the rest split between the terms at the data's mean.
    package static func starts(
        _ inputs: [SizeAndTokens],
        logTargets: [Double]
    ) -> [Coordinates<Coordinate>] {
        let data = LossSplits(inputs, logTargets)
        return data.splits(shares: [0.9, 0.7, 0.4], exponents: [0.2, 0.35, 0.55]).map { split in
            var theta = Coordinates<Coordinate>()
            theta[.logE] = split.logFloor
            theta[.logA] = split.logHalf + split.exponent * data.size
            theta[.logB] = split.logHalf + split.exponent * data.tokens
            theta[.alpha] = split.exponent
            theta[.beta] = split.exponent
            return theta
        }
    }

    package static func parameters(_ theta: Coordinates<Coordinate>) -> [Double] {
        [exp(theta[.logE]), exp(theta[.logA]), exp(theta[.logB]), theta[.alpha], theta[.beta]]
    }

    package static var planted: PlantedWorld<Coordinate> {
        PlantedWorld(
            theta: presets[1].theta,
            settings: PlantedWorld<Coordinate>.grid([
                (.parameterCount, [5e7, 1.5e8, 4e8, 1e9, 3e9]),
                (.tokenCount, [1e9, 4e9, 1.5e10, 6e10]),
            ])
        )
    }

    package static var derived: [Derived<Coordinate>] {
        [
            Derived(
                .init(symbol: "a", name: "exponent of the optimal N in compute", unit: "1")
            ) { $0[.beta] / ($0[.alpha] + $0[.beta]) }
        ]
    }

    package static var presets: [Preset<Coordinate>] {
        [
            preset(
                "hoffmann",
                "Hoffmann et al.",
                "Training Compute-Optimal Large Language Models, arXiv 2203.15556",
                (1.6934, 406.4, 410.7, 0.3392, 0.2849)
            ),
            preset(
                "epoch-refit",
                "Besiroglu et al.",
                "Chinchilla Scaling: A replication attempt, arXiv 2404.10102",
                (1.8169, 482.01, 2085.43, 0.3478, 0.3659)
            ),
        ]
    }

    private static func preset(
        _ id: String,
        _ title: String,
        _ citation: String,
        _ values: (E: Double, A: Double, B: Double, alpha: Double, beta: Double)
    ) -> Preset<Coordinate> {
        var theta = Coordinates<Coordinate>()
        theta[.logE] = log(values.E)
        theta[.logA] = log(values.A)
        theta[.logB] = log(values.B)
        theta[.alpha] = values.alpha
        theta[.beta] = values.beta
        return Preset(
            id: id,
            title: title,
            citation: citation,
            validity: "MassiveText, nats per token, N with embeddings, 4.4e7 to 1.6e10 parameters.",
            theta: theta
        )
    }
}
