import Foundation
import Runs

/// L = a·Ê^delta·N^(alpha + gamma·ln Ê) + b·Ê^omega·D^(beta + zeta·ln Ê) + c with active parameters
/// N, Joint MoE Scaling Laws (arXiv 2502.05172). Exponents have the sign they are written with.
///
/// E_start and E_max of Ê are the paper's, 2.07 and 290.45: a project's handful of expert counts
/// cannot tell them apart from delta and omega. Fitted about N = 1e9, D = 2e10 and Ê = 8.
package enum JointExperts: NonlinearLaw {
    package enum Coordinate: Int, CoordinateKey {
        case logA, delta, alpha, gamma, logB, omega, beta, zeta, logC
    }

    package struct Input: Sendable {
        var size: Double
        var tokens: Double
        var experts: Double
    }

    static let sizePivot = log(1e9)
    static let tokenPivot = log(2e10)
    static let expertPivot = log(8.0)
    static let start = 2.07
    static let limit = 290.45

    package static let card = LawCard(
        id: "moe-joint",
        title: "Loss over active size, tokens and experts",
        family: .experts,
        equation: "L = a*Ê^delta*N^(alpha + gamma*ln Ê) + b*Ê^omega*D^(beta + zeta*ln Ê) + c;"
            + " 1/Ê = 1/(E - 1 + 1/(1/2.07 - 1/290.45)) + 1/290.45",
        citation: "form: Joint MoE Scaling Laws, arXiv 2502.05172; fit: this project's runs",
        symbols: [
            .init(symbol: "L", name: "final loss", unit: "nats per token"),
            .init(symbol: "N", name: "parameters active for a token", unit: "parameters"),
            .init(symbol: "D", name: "training tokens", unit: "tokens"),
            .init(symbol: "E", name: "experts of a layer, 1 when dense", unit: "experts"),
        ],
        parameters: [
            .init(symbol: "a", name: "size term at N = Ê = 1", unit: "nats per token"),
            .init(symbol: "delta", name: "exponent of Ê in the size term", unit: "1"),
            .init(symbol: "alpha", name: "exponent of N", unit: "1"),
            .init(symbol: "gamma", name: "its change per ln Ê", unit: "1"),
            .init(symbol: "b", name: "token term at D = Ê = 1", unit: "nats per token"),
            .init(symbol: "omega", name: "exponent of Ê in the token term", unit: "1"),
            .init(symbol: "beta", name: "exponent of D", unit: "1"),
            .init(symbol: "zeta", name: "its change per ln Ê", unit: "1"),
            .init(symbol: "c", name: "irreducible loss", unit: "nats per token"),
        ],
        inputs: [.activeParameterCount, .tokenCount, .expertCount, .loss],
        optionalInputs: [
            .totalParameterCount, .activeExpertCount, .peakLearningRate, .batchTokens, .weightDecay,
        ],
        answers: [
            "experts, active size and tokens for a compute, memory and inference budget",
            "loss of a larger mixture",
        ],
        validity: "Tuned runs trained to the end of their schedule, dense ones (E = 1) among them.",
        note: "No public table of runs is at hand: tested on planted runs. The published constants"
            + " reached us with uncertain signs, so they are not offered as a prior."
    )

    package static let requirements: [Requirement] = [
        .runs(18), .values(.activeParameterCount, 3), .values(.tokenCount, 3),
        .values(.expertCount, 3), .independent(.activeParameterCount, .tokenCount),
    ]

    package static let widest: [(coordinate: Coordinate, width: Double)] = [
        (.alpha, 1), (.beta, 1), (.delta, 2), (.omega, 2),
    ]

    package static func scale(_ observation: Observation) -> Double {
        6 * observation[.activeParameterCount] * observation.tokenCount
    }

    package static func input(_ observation: Observation) -> Input? {
        let experts = observation[.expertCount]
        guard experts >= 1, experts <= 1e9 else { return nil }
        let effective = EffectiveExperts.value(count: experts, start: start, limit: limit)
        let input = Input(
            size: log(observation[.activeParameterCount]) - sizePivot,
            tokens: log(observation.tokenCount) - tokenPivot,
            experts: log(effective) - expertPivot
        )
        return input.size.isFinite && input.tokens.isFinite ? input : nil
    }

    package static func logPrediction(
        _ input: Input,
        _ theta: Coordinates<Coordinate>,
        _ gradient: inout Coordinates<Coordinate>
    ) -> Double {
        let (n, d, e) = (input.size, input.tokens, input.experts)
        let size = exp(
            theta[.logA] + theta[.delta] * e + (theta[.alpha] + theta[.gamma] * e) * n
        )
        let tokens = exp(
            theta[.logB] + theta[.omega] * e + (theta[.beta] + theta[.zeta] * e) * d
        )
        let floor = exp(theta[.logC])
        let loss = floor + size + tokens
        gradient[.logA] = size / loss
        gradient[.delta] = e * size / loss
        gradient[.alpha] = n * size / loss
        gradient[.gamma] = e * n * size / loss
        gradient[.logB] = tokens / loss
        gradient[.omega] = e * tokens / loss
        gradient[.beta] = d * tokens / loss
        gradient[.zeta] = e * d * tokens / loss
        gradient[.logC] = floor / loss
        return log(loss)
    }

    package static func starts(
        _ inputs: [Input],
        logTargets: [Double]
    ) -> [Coordinates<Coordinate>] {
        var starts: [Coordinates<Coordinate>] = []
        for alpha in [-0.15, -0.25, -0.4] {
            for beta in [-0.15, -0.25, -0.4] {
                for delta in [0, -0.1] {
                    let terms = inputs.map {
                        [
                            exp(delta * $0.experts + alpha * $0.size), exp(beta * $0.tokens),
                            1,
                        ]
                    }
                    let logs = Amplitudes.positive(terms, logTargets: logTargets).map { log($0) }
                    starts.append(
                        Coordinates([logs[0], delta, alpha, 0, logs[1], 0, beta, 0, logs[2]])
                    )
                }
            }
        }
        return starts
    }

    package static func parameters(_ theta: Coordinates<Coordinate>) -> [Double] {
        let (delta, alpha, logA) = raw(
            theta[.logA],
            theta[.delta],
            theta[.alpha],
            theta[.gamma],
            sizePivot
        )
        let (omega, beta, logB) = raw(
            theta[.logB],
            theta[.omega],
            theta[.beta],
            theta[.zeta],
            tokenPivot
        )
        return [
            exp(logA), delta, alpha, theta[.gamma], exp(logB), omega, beta, theta[.zeta],
            exp(theta[.logC]),
        ]
    }

    /// Exponents and amplitude at N = Ê = 1 of a term that is fitted about the pivots.
    private static func raw(
        _ amplitude: Double,
        _ experts: Double,
        _ power: Double,
        _ cross: Double,
        _ pivot: Double
    ) -> (experts: Double, power: Double, amplitude: Double) {
        let atOne = (experts - cross * pivot, power - cross * expertPivot)
        return (
            atOne.0, atOne.1,
            amplitude - atOne.0 * expertPivot - atOne.1 * pivot - cross * expertPivot * pivot
        )
    }

    /// A world of the paper's magnitudes in which experts help both terms.
    package static var planted: PlantedWorld<Coordinate> {
        var theta = Coordinates<Coordinate>()
        theta[.logA] = log(0.62)
        theta[.delta] = -0.06
        theta[.alpha] = -0.22
        theta[.gamma] = 0.01
        theta[.logB] = log(0.52)
        theta[.omega] = -0.05
        theta[.beta] = -0.24
        theta[.zeta] = -0.02
        theta[.logC] = log(1.36)
        return PlantedWorld(
            theta: theta,
            settings: PlantedWorld<Coordinate>.grid([
                (.activeParameterCount, [3e7, 1.2e8, 4.5e8, 1.8e9]),
                (.tokenCount, [1e9, 6e9, 3e10, 1.5e11]),
                (.expertCount, [1, 4, 16, 64]),
            ])
        )
    }
}
