import Foundation
import Runs

/// L = c + (g/G^gamma + a)/N^alpha + b/D^beta, Scaling Laws for Fine-Grained Mixture of Experts
/// (arXiv 2402.07871), with all parameters of the mixture as N.
///
/// N and D are taken about 1e10 parameters and 2e10 tokens, which keeps amplitudes and exponents
/// apart in the search; a card shows amplitudes at 1.
package enum GranularExperts: NonlinearLaw {
    package enum Coordinate: Int, CoordinateKey {
        case logC, logG, gamma, logA, alpha, logB, beta
    }

    package struct Input: Sendable {
        var size: Double
        var tokens: Double
        var granularity: Double
    }

    private static let sizePivot = log(1e10)
    private static let tokenPivot = log(2e10)

    package static let card = LawCard(
        id: "moe-granularity",
        title: "Loss over size, tokens and granularity of experts",
        family: .experts,
        equation: "L = c + (g/G^gamma + a)/N^alpha + b/D^beta",
        citation: "form: Scaling Laws for Fine-Grained Mixture of Experts, arXiv 2402.07871; fit:"
            + " this project's runs",
        symbols: [
            .init(symbol: "L", name: "final loss", unit: "nats per token"),
            .init(symbol: "N", name: "all parameters of the mixture", unit: "parameters"),
            .init(symbol: "D", name: "training tokens", unit: "tokens"),
            .init(symbol: "G", name: "width of the dense layer over that of an expert", unit: "1"),
        ],
        parameters: [
            .init(symbol: "c", name: "irreducible loss", unit: "nats per token"),
            .init(symbol: "g", name: "granularity term at G = N = 1", unit: "nats per token"),
            .init(symbol: "gamma", name: "exponent of G", unit: "1"),
            .init(symbol: "a", name: "size term at N = 1", unit: "nats per token"),
            .init(symbol: "alpha", name: "exponent of N", unit: "1"),
            .init(symbol: "b", name: "token term at D = 1", unit: "nats per token"),
            .init(symbol: "beta", name: "exponent of D", unit: "1"),
        ],
        inputs: [.totalParameterCount, .tokenCount, .expertGranularity, .loss],
        optionalInputs: [.peakLearningRate, .batchTokens, .weightDecay],
        answers: ["how fine experts should be", "loss of a larger mixture"],
        validity: "One number of experts relative to the dense layer; published for 64.",
        note: "No public table of runs is at hand: tested on planted runs and on the published"
            + " constants, which are from second-hand sources that call N active parameters. Read"
            + " that way they put a mixture behind the dense model of equal cost, so N is all"
            + " parameters here."
    )

    package static let requirements: [Requirement] = [
        .runs(14), .values(.totalParameterCount, 3), .values(.tokenCount, 3),
        .values(.expertGranularity, 3), .independent(.totalParameterCount, .tokenCount),
    ]

    package static let widest: [(coordinate: Coordinate, width: Double)] = [
        (.alpha, 1), (.beta, 1), (.gamma, 2),
    ]

    package static let huberDelta = 0.1

    /// Proportional to compute at one number of experts.
    package static func scale(_ observation: Observation) -> Double {
        6 * observation[.totalParameterCount] * observation.tokenCount
    }

    package static func input(_ observation: Observation) -> Input? {
        let input = Input(
            size: log(observation[.totalParameterCount]) - sizePivot,
            tokens: log(observation.tokenCount) - tokenPivot,
            granularity: log(observation[.expertGranularity])
        )
        guard input.size.isFinite, input.tokens.isFinite, input.granularity.isFinite else {
            return nil
        }
        return input
    }

    package static func logPrediction(
        _ input: Input,
        _ theta: Coordinates<Coordinate>,
        _ gradient: inout Coordinates<Coordinate>
    ) -> Double {
        let floor = exp(theta[.logC])
        let power = -theta[.alpha] * input.size
        let coarse = exp(theta[.logG] - theta[.gamma] * input.granularity + power)
        let size = exp(theta[.logA] + power)
        let tokens = exp(theta[.logB] - theta[.beta] * input.tokens)
        let loss = floor + coarse + size + tokens
        gradient[.logC] = floor / loss
        gradient[.logG] = coarse / loss
        gradient[.gamma] = -input.granularity * coarse / loss
        gradient[.logA] = size / loss
        gradient[.alpha] = -input.size * (coarse + size) / loss
        gradient[.logB] = tokens / loss
        gradient[.beta] = -input.tokens * tokens / loss
        return log(loss)
    }

    package static func starts(
        _ inputs: [Input],
        logTargets: [Double]
    ) -> [Coordinates<Coordinate>] {
        var starts: [Coordinates<Coordinate>] = []
        for alpha in [0.1, 0.2, 0.4] {
            for beta in [0.1, 0.2, 0.4] {
                for gamma in [0.4, 1.0] {
                    let terms = inputs.map {
                        [
                            1, exp(-gamma * $0.granularity - alpha * $0.size),
                            exp(-alpha * $0.size), exp(-beta * $0.tokens),
                        ]
                    }
                    let logs = Amplitudes.positive(terms, logTargets: logTargets).map { log($0) }
                    starts.append(
                        Coordinates([logs[0], logs[1], gamma, logs[2], alpha, logs[3], beta])
                    )
                }
            }
        }
        return starts
    }

    package static func parameters(_ theta: Coordinates<Coordinate>) -> [Double] {
        let bySize = theta[.alpha] * sizePivot
        return [
            exp(theta[.logC]), exp(theta[.logG] + bySize), theta[.gamma],
            exp(theta[.logA] + bySize), theta[.alpha],
            exp(theta[.logB] + theta[.beta] * tokenPivot), theta[.beta],
        ]
    }

    package static var planted: PlantedWorld<Coordinate> {
        PlantedWorld(
            theta: coordinates(0.47, 2.1, 0.58, 18.1, 0.115, 30.8, 0.147),
            settings: PlantedWorld<Coordinate>.grid([
                (.totalParameterCount, [1e9, 8e9, 6e10, 5e11]),
                (.tokenCount, [2e9, 1.6e10, 1.3e11]),
                (.expertGranularity, [1, 2, 4, 16]),
            ])
        )
    }

    package static var presets: [Preset<Coordinate>] {
        let citation = "Scaling Laws for Fine-Grained Mixture of Experts, arXiv 2402.07871"
        let range =
            "1.3e8 to 3.7e9 active parameters, 16e9 to 130e9 tokens of C4, granularity 1 to"
            + " 16; constants from second-hand sources."
        return [
            Preset(
                id: "krajewski-moe",
                title: "Krajewski et al., 64 experts",
                citation: citation,
                validity: range,
                theta: coordinates(0.47, 2.1, 0.58, 18.1, 0.115, 30.8, 0.147)
            ),
            Preset(
                id: "krajewski-dense",
                title: "Krajewski et al., dense",
                citation: citation,
                validity: "Dense models, N their parameters; " + range,
                // Dense models have no granularity: a term of 1e-300 that no run can feel.
                theta: coordinates(0.47, 1e-300, 0.58, 16.3, 0.126, 26.7, 0.127)
            ),
        ]
    }

    private static func coordinates(
        _ c: Double,
        _ g: Double,
        _ gamma: Double,
        _ a: Double,
        _ alpha: Double,
        _ b: Double,
        _ beta: Double
    ) -> Coordinates<Coordinate> {
        Coordinates([
            log(c), log(g) - alpha * sizePivot, gamma, log(a) - alpha * sizePivot, alpha,
            log(b) - beta * tokenPivot, beta,
        ])
    }
}
