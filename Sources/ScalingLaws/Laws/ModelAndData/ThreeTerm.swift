import Foundation
import Runs

/// L = E + A·N^-alpha + B·S^-beta + C·M^-gamma over size, steps and tokens per step, the form of
/// arXiv 2607.01487: what a batch costs that is not the best one.
///
/// Of runs that share N, D and M the best is kept: the law is one of tuned learning rates.
package enum ThreeTerm: NonlinearLaw {
    package enum Coordinate: Int, CoordinateKey {
        case logE, logA, logB, logC, alpha, beta, gamma
    }

    package struct Input: Sendable {
        var logSize: Double
        var logSteps: Double
        var logBatch: Double
    }

    package static let card = LawCard(
        id: "three-term",
        title: "Loss over model size, steps and batch",
        family: .modelAndData,
        equation: "L = E + A/N^alpha + B/S^beta + C/M^gamma",
        citation: "form: arXiv 2607.01487, inferred from a second-hand source; fit: this project's"
            + " runs, the best learning rate of each (N, D, M)",
        symbols: [
            .loss, .modelSize,
            .init(symbol: "S", name: "optimiser steps, D/M", unit: "steps"),
            .init(symbol: "M", name: "batch", unit: "tokens per step"),
        ],
        parameters: [
            .floor, .sizeTerm,
            .init(symbol: "B", name: "step term at S = 1", unit: "nats per token"),
            .init(symbol: "C", name: "batch term at M = 1", unit: "nats per token"),
            .init(symbol: "alpha", name: "exponent of N", unit: "1"),
            .init(symbol: "beta", name: "exponent of S", unit: "1"),
            .init(symbol: "gamma", name: "exponent of M", unit: "1"),
        ],
        inputs: [.parameterCount, .tokenCount, .batchTokens, .loss],
        optionalInputs: [.computeFLOPs],
        answers: [
            "best batch for a token budget", "loss at a batch that hardware forces",
            "model size and tokens for a compute budget",
        ],
        validity: "Sweeps of batch at several sizes and token counts; the floor is poorly known,"
            + " so far extrapolation of the loss is not."
    )

    package static let requirements: [Requirement] = [
        .runs(16), .values(.parameterCount, 3), .values(.tokenCount, 3), .values(.batchTokens, 3),
        .independent(.parameterCount, .tokenCount), .independent(.tokenCount, .batchTokens),
        .independent(.parameterCount, .batchTokens),
    ]

    package static let widest: [(coordinate: Coordinate, width: Double)] = [
        (.alpha, 1), (.beta, 1), (.gamma, 1),
    ]

    package static func input(_ observation: Observation) -> Input? {
        let batch = log(observation.batchTokens)
        guard let run = SizeAndTokens(observation), batch.isFinite, batch <= run.logTokens else {
            return nil
        }
        return Input(logSize: run.logSize, logSteps: run.logTokens - batch, logBatch: batch)
    }

    package static func logPrediction(
        _ input: Input,
        _ theta: Coordinates<Coordinate>,
        _ gradient: inout Coordinates<Coordinate>
    ) -> Double {
        let floor = exp(theta[.logE])
        let size = exp(theta[.logA] - theta[.alpha] * input.logSize)
        let steps = exp(theta[.logB] - theta[.beta] * input.logSteps)
        let batch = exp(theta[.logC] - theta[.gamma] * input.logBatch)
        let loss = floor + size + steps + batch
        gradient[.logE] = floor / loss
        gradient[.logA] = size / loss
        gradient[.logB] = steps / loss
        gradient[.logC] = batch / loss
        gradient[.alpha] = -input.logSize * size / loss
        gradient[.beta] = -input.logSteps * steps / loss
        gradient[.gamma] = -input.logBatch * batch / loss
        return log(loss)
    }

    package static func starts(
        _ inputs: [Input],
        logTargets: [Double]
    ) -> [Coordinates<Coordinate>] {
        let runs = inputs.map { SizeAndTokens(logSize: $0.logSize, logTokens: $0.logSteps) }
        let data = LossSplits(runs, logTargets)
        let count = Double(max(inputs.count, 1))
        let batch = inputs.reduce(0) { $0 + $1.logBatch } / count
        return data.splits(shares: [0.8, 0.4, 0.15], exponents: [0.1, 0.2, 0.35]).map { split in
            var theta = Coordinates<Coordinate>()
            let third = split.logHalf + log(2.0 / 3)
            theta[.logE] = split.logFloor
            theta[.logA] = third + split.exponent * data.size
            theta[.logB] = third + split.exponent * data.tokens
            theta[.logC] = third + split.exponent * batch
            theta[.alpha] = split.exponent
            theta[.beta] = split.exponent
            theta[.gamma] = split.exponent
            return theta
        }
    }

    package static var planted: PlantedWorld<Coordinate> {
        var theta = Coordinates<Coordinate>()
        theta[.logE] = log(0.8)
        theta[.logA] = log(220)
        theta[.logB] = log(6)
        theta[.logC] = log(3.2)
        theta[.alpha] = 0.287
        theta[.beta] = 0.2
        theta[.gamma] = 0.12
        return PlantedWorld(
            theta: theta,
            settings: PlantedWorld<Coordinate>.grid([
                (.parameterCount, [1e8, 3e8, 1e9, 3e9]),
                (.tokenCount, [2e9, 1e10, 5e10]),
                (.batchTokens, [6.6e4, 2.6e5, 1e6, 4e6]),
            ])
        )
    }

    package static func parameters(_ theta: Coordinates<Coordinate>) -> [Double] {
        [
            exp(theta[.logE]), exp(theta[.logA]), exp(theta[.logB]), exp(theta[.logC]),
            theta[.alpha], theta[.beta], theta[.gamma],
        ]
    }

    /// The batch that a token budget trains best is M* = k·D^m.
    package static var derived: [Derived<Coordinate>] {
        [
            Derived(.init(symbol: "m", name: "exponent of the best batch in tokens", unit: "1")) {
                $0[.beta] / ($0[.beta] + $0[.gamma])
            },
            Derived(
                .init(symbol: "M20B", name: "best batch at 2e10 tokens", unit: "tokens per step")
            ) { exp(logBestBatch(logTokens: log(2e10), $0)) },
        ]
    }

    /// Where B·(M/D)^beta + C·M^-gamma is least.
    static func logBestBatch(logTokens: Double, _ theta: Coordinates<Coordinate>) -> Double {
        let level =
            log(theta[.gamma]) + theta[.logC] - log(theta[.beta]) - theta[.logB]
        return (level + theta[.beta] * logTokens) / (theta[.beta] + theta[.gamma])
    }
}
