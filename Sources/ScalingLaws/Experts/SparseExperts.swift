import Foundation
import Runs

/// L = a/N^alpha + b/D^beta + c/(1 − S)^lambda + d/((1 − S)^delta·N^gamma) + e with all parameters
/// N and sparsity S = (E − K)/E, Parameters vs FLOPs (arXiv 2501.12370).
///
/// Ten numbers for one loss: the floor, the sparsity term and the two size terms trade with each
/// other, so runs must reach far in all three directions. Fitted about N = 1e9 and D = 2e10.
package enum SparseExperts: NonlinearLaw {
    package enum Coordinate: Int, CoordinateKey {
        case logA, alpha, logB, beta, logC, lambda, logD, delta, gamma, logE
    }

    package struct Input: Sendable {
        var size: Double
        var tokens: Double
        /// ln(1 − S), at most 0.
        var active: Double
    }

    private static let sizePivot = log(1e9)
    private static let tokenPivot = log(2e10)

    package static let card = LawCard(
        id: "moe-sparsity",
        title: "Loss over size, tokens and sparsity",
        family: .experts,
        equation: "L = a/N^alpha + b/D^beta + c/(1 - S)^lambda + d/((1 - S)^delta*N^gamma) + e;"
            + " S = (E - K)/E",
        citation: "form: Parameters vs FLOPs, arXiv 2501.12370; fit: this project's runs",
        symbols: [
            .init(symbol: "L", name: "final loss", unit: "nats per token"),
            .init(symbol: "N", name: "all parameters of the mixture", unit: "parameters"),
            .init(symbol: "D", name: "training tokens", unit: "tokens"),
            .init(symbol: "S", name: "share of experts that rest", unit: "1"),
        ],
        parameters: [
            .init(symbol: "a", name: "size term at N = 1", unit: "nats per token"),
            .init(symbol: "alpha", name: "its exponent", unit: "1"),
            .init(symbol: "b", name: "token term at D = 1", unit: "nats per token"),
            .init(symbol: "beta", name: "exponent of D", unit: "1"),
            .init(symbol: "c", name: "sparsity term at S = 0", unit: "nats per token"),
            .init(symbol: "lambda", name: "its exponent", unit: "1"),
            .init(symbol: "d", name: "mixed term at N = 1, S = 0", unit: "nats per token"),
            .init(symbol: "delta", name: "its exponent of 1 - S", unit: "1"),
            .init(symbol: "gamma", name: "its exponent of N", unit: "1"),
            .init(symbol: "e", name: "irreducible loss", unit: "nats per token"),
        ],
        inputs: [.totalParameterCount, .tokenCount, .expertCount, .activeExpertCount, .loss],
        optionalInputs: [.peakLearningRate, .batchTokens, .weightDecay],
        answers: ["how sparse a mixture should be", "loss of a larger mixture"],
        validity:
            "The paper explains 99 % of the variance of its own runs and 68 % of held-out ones:"
            + " look at the held-out error before using it.",
        note: "No public table of runs is at hand: tested on planted runs and on the published"
            + " constants, which are from a second-hand source."
    )

    package static let requirements: [Requirement] = [
        .runs(24), .values(.totalParameterCount, 4), .values(.tokenCount, 3),
        .values(.expertCount, 3), .independent(.totalParameterCount, .tokenCount),
    ]

    package static let widest: [(coordinate: Coordinate, width: Double)] = [
        (.beta, 1), (.gamma, 1), (.delta, 1),
    ]

    package static func scale(_ observation: Observation) -> Double {
        6 * observation[.totalParameterCount] * observation.tokenCount
            * observation[.activeExpertCount] / observation[.expertCount]
    }

    package static func input(_ observation: Observation) -> Input? {
        let (experts, active) = (observation[.expertCount], observation[.activeExpertCount])
        guard experts >= active, active > 0 else { return nil }
        let input = Input(
            size: log(observation[.totalParameterCount]) - sizePivot,
            tokens: log(observation.tokenCount) - tokenPivot,
            active: log(active / experts)
        )
        guard input.size.isFinite, input.tokens.isFinite, input.active.isFinite else { return nil }
        return input
    }

    package static func logPrediction(
        _ input: Input,
        _ theta: Coordinates<Coordinate>,
        _ gradient: inout Coordinates<Coordinate>
    ) -> Double {
        let size = exp(theta[.logA] - theta[.alpha] * input.size)
        let tokens = exp(theta[.logB] - theta[.beta] * input.tokens)
        let sparse = exp(theta[.logC] - theta[.lambda] * input.active)
        let mixed = exp(
            theta[.logD] - theta[.delta] * input.active - theta[.gamma] * input.size
        )
        let floor = exp(theta[.logE])
        let loss = size + tokens + sparse + mixed + floor
        gradient[.logA] = size / loss
        gradient[.alpha] = -input.size * size / loss
        gradient[.logB] = tokens / loss
        gradient[.beta] = -input.tokens * tokens / loss
        gradient[.logC] = sparse / loss
        gradient[.lambda] = -input.active * sparse / loss
        gradient[.logD] = mixed / loss
        gradient[.delta] = -input.active * mixed / loss
        gradient[.gamma] = -input.size * mixed / loss
        gradient[.logE] = floor / loss
        return log(loss)
    }

    package static func starts(
        _ inputs: [Input],
        logTargets: [Double]
    ) -> [Coordinates<Coordinate>] {
        var starts: [Coordinates<Coordinate>] = []
        for (alpha, gamma) in [(0.6, 0.15), (0.4, 0.25), (0.9, 0.3)] {
            for beta in [0.25, 0.4] {
                for (lambda, delta) in [(-0.15, 0.15), (-0.3, 0.3), (-0.15, 0.05)] {
                    let terms = inputs.map {
                        [
                            exp(-alpha * $0.size), exp(-beta * $0.tokens),
                            exp(-lambda * $0.active),
                            exp(-delta * $0.active - gamma * $0.size), 1,
                        ]
                    }
                    let logs = Amplitudes.positive(terms, logTargets: logTargets).map { log($0) }
                    starts.append(
                        Coordinates([
                            logs[0], alpha, logs[1], beta, logs[2], lambda, logs[3], delta, gamma,
                            logs[4],
                        ])
                    )
                }
            }
        }
        return starts
    }

    package static func parameters(_ theta: Coordinates<Coordinate>) -> [Double] {
        [
            exp(theta[.logA] + theta[.alpha] * sizePivot), theta[.alpha],
            exp(theta[.logB] + theta[.beta] * tokenPivot), theta[.beta],
            exp(theta[.logC]), theta[.lambda],
            exp(theta[.logD] + theta[.gamma] * sizePivot), theta[.delta], theta[.gamma],
            exp(theta[.logE]),
        ]
    }

    package static var planted: PlantedWorld<Coordinate> {
        let settings = PlantedWorld<Coordinate>.grid([
            (.totalParameterCount, [2e7, 1e8, 5e8, 3e9, 2e10]),
            (.tokenCount, [1e9, 1e10, 1e11]),
            (.expertCount, [1, 2, 8, 32, 128]),
            (.activeExpertCount, [1]),
        ])
        return PlantedWorld(theta: presets[0].theta, settings: settings)
    }

    package static var presets: [Preset<Coordinate>] {
        [
            Preset(
                id: "abnar",
                title: "Abnar et al.",
                citation: "Parameters vs FLOPs, arXiv 2501.12370",
                validity: "Constants from a second-hand source; N counts all parameters.",
                theta: Coordinates([
                    log(16612.5) - 0.5962 * sizePivot, 0.5962,
                    log(5455.67) - 0.3954 * tokenPivot, 0.3954, log(0.4598), -0.1666,
                    log(17.26) - 0.1595 * sizePivot, 0.1603, 0.1595, log(0.94),
                ])
            )
        ]
    }
}
