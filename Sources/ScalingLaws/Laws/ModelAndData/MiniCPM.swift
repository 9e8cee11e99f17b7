import Foundation
import Runs

/// L = C_N / N^alpha + C_D / D^beta + L0 with N and D in billions, MiniCPM (arXiv 2404.06395),
/// section 4.5, by least squares of ln L.
///
/// The form is Chinchilla's; what differs is that every run counts alike, where Chinchilla's Huber
/// loss discounts outliers, and that the constants are read at a billion, as that paper prints
/// them.
package enum MiniCPM: NonlinearLaw {
    package enum Coordinate: Int, CoordinateKey { case logFloor, logSize, logTokens, alpha, beta }

    package static let card = LawCard(
        id: "minicpm",
        title: "Loss over model size and tokens, least squares, in billions",
        family: .modelAndData,
        equation: "L = C_N/(N/1e9)^alpha + C_D/(D/1e9)^beta + L0",
        citation: "form: MiniCPM, arXiv 2404.06395, section 4.5; fit: this project's runs",
        symbols: [.loss, .modelSize, .tokens],
        parameters: [
            .init(symbol: "C_N", name: "size term at a billion", unit: "nats per token"),
            .init(symbol: "C_D", name: "token term at a billion", unit: "nats per token"),
            .init(symbol: "L0", name: "irreducible loss", unit: "nats per token"),
            .init(symbol: "alpha", name: "exponent of N", unit: "1"),
            .init(symbol: "beta", name: "exponent of D", unit: "1"),
        ],
        inputs: [.parameterCount, .tokenCount, .loss],
        optionalInputs: [.computeFLOPs],
        answers: ["model size and tokens for a compute budget", "how far outliers move the fit"],
        validity: "Runs without outliers: a mistaken run counts fully here. The published mean,"
            + " alpha 0.29 and beta 0.23 with K squared 0.01, gives 192 tokens a parameter at every"
            + " scale of that paper, and only with N and D in billions.",
        note: "The same form as `chinchilla`; the two are never stacked."
    )

    static let logBillion = log(1e9)

    package static let requirements: [Requirement] = [
        .runs(8), .values(.parameterCount, 3), .values(.tokenCount, 3),
        .independent(.parameterCount, .tokenCount),
    ]
    package static var huberDelta: Double { .infinity }

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
        let n = input.logSize - logBillion
        let d = input.logTokens - logBillion
        let floor = exp(theta[.logFloor])
        let size = exp(theta[.logSize] - theta[.alpha] * n)
        let tokens = exp(theta[.logTokens] - theta[.beta] * d)
        let loss = floor + size + tokens
        gradient[.logFloor] = floor / loss
        gradient[.logSize] = size / loss
        gradient[.logTokens] = tokens / loss
        gradient[.alpha] = -n * size / loss
        gradient[.beta] = -d * tokens / loss
        return log(loss)
    }

    package static func starts(
        _ inputs: [SizeAndTokens],
        logTargets: [Double]
    ) -> [Coordinates<Coordinate>] {
        let data = LossSplits(inputs, logTargets)
        return data.splits(shares: [0.9, 0.6, 0.3], exponents: [0.2, 0.35, 0.55]).map { split in
            var theta = Coordinates<Coordinate>()
            theta[.logFloor] = split.logFloor
            theta[.logSize] = split.logHalf + split.exponent * (data.size - logBillion)
            theta[.logTokens] = split.logHalf + split.exponent * (data.tokens - logBillion)
            theta[.alpha] = split.exponent
            theta[.beta] = split.exponent
            return theta
        }
    }

    package static var planted: PlantedWorld<Coordinate> {
        var theta = Coordinates<Coordinate>()
        theta[.logFloor] = log(1.8)
        theta[.logSize] = log(0.45)
        theta[.logTokens] = log(1.1)
        theta[.alpha] = 0.29
        theta[.beta] = 0.33
        return PlantedWorld(
            theta: theta,
            settings: PlantedWorld<Coordinate>.grid([
                (.parameterCount, [5e7, 1.5e8, 4e8, 1e9, 3e9]),
                (.tokenCount, [1e9, 4e9, 1.5e10, 6e10]),
            ])
        )
    }

    package static func parameters(_ theta: Coordinates<Coordinate>) -> [Double] {
        [
            exp(theta[.logSize]), exp(theta[.logTokens]), exp(theta[.logFloor]), theta[.alpha],
            theta[.beta],
        ]
    }

    /// N/D at the optimum is K² · (C/6)^eta, with N and D in billions and C/6 their product.
    package static var derived: [Derived<Coordinate>] {
        [
            Derived(.init(symbol: "K2", name: "N/D at the optimum for C/6 = 1e18", unit: "1")) {
                sizePerTokens($0)
            },
            Derived(.init(symbol: "eta", name: "exponent of N/D in compute", unit: "1")) {
                ($0[.beta] - $0[.alpha]) / ($0[.alpha] + $0[.beta])
            },
        ]
    }

    static func sizePerTokens(_ theta: Coordinates<Coordinate>) -> Double {
        let ratio =
            log(theta[.alpha]) + theta[.logSize] - log(theta[.beta]) - theta[.logTokens]
        return exp(2 * ratio / (theta[.alpha] + theta[.beta]))
    }
}
