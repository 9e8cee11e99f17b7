import Foundation
import Runs

/// log10 L = a·log10 N + b·log10 Ê + c·log10 N·log10 Ê + d, Unified Scaling Laws for Routed
/// Language Models (arXiv 2202.01169); N is the size of the dense model that experts were added to.
///
/// The logarithm is to base 10: with natural ones the same constants put the size at which experts
/// stop helping at 1.6e5 parameters instead of 1e12. Fitted about N = 1e9.
package enum RoutedExperts: NonlinearLaw {
    package enum Coordinate: Int, CoordinateKey { case a, b, c, d, logStart, logGap }

    package struct Input: Sendable {
        var size: Double
        var experts: Double
    }

    private static let pivot = 9.0

    package static let card = LawCard(
        id: "moe-routed",
        title: "Loss over dense size and experts",
        family: .experts,
        equation: "log10 L = a*log10 N + b*log10 Ê + c*log10 N*log10 Ê + d;"
            + " 1/Ê = 1/(E - 1 + 1/(1/E_start - 1/E_max)) + 1/E_max",
        citation:
            "form: Unified Scaling Laws for Routed Language Models, arXiv 2202.01169; fit: this"
            + " project's runs",
        symbols: [
            .init(symbol: "L", name: "final loss", unit: "nats per token"),
            .init(symbol: "N", name: "size of the dense model without experts", unit: "parameters"),
            .init(symbol: "E", name: "experts of a layer, 1 when dense", unit: "experts"),
        ],
        parameters: [
            .init(symbol: "a", name: "exponent of N", unit: "1"),
            .init(symbol: "b", name: "exponent of Ê at N = 1", unit: "1"),
            .init(symbol: "c", name: "loss of that exponent per decade of N", unit: "1"),
            .init(symbol: "d", name: "log10 L at N = Ê = 1", unit: "1"),
            .init(symbol: "E_start", name: "Ê of a dense model", unit: "experts"),
            .init(symbol: "E_max", name: "Ê of endless experts", unit: "experts"),
        ],
        inputs: [.parameterCount, .expertCount, .loss],
        optionalInputs: [.peakLearningRate, .batchTokens, .weightDecay],
        answers: ["what more experts are worth", "the size at which experts stop helping"],
        validity: "One token count for all runs: the published cut-offs come from 130e9 tokens, and"
            + " laws with tokens in them find none.",
        note: "No public table of runs is at hand: tested on planted runs and on the published"
            + " constants, which are from a second-hand source."
    )

    package static let requirements: [Requirement] = [
        .runs(12), .values(.parameterCount, 3), .values(.expertCount, 4),
        .independent(.parameterCount, .expertCount),
    ]

    package static let widest: [(coordinate: Coordinate, width: Double)] = [
        (.a, 0.5), (.b, 0.5), (.c, 0.2),
    ]

    package static func scale(_ observation: Observation) -> Double { observation.parameterCount }

    package static func input(_ observation: Observation) -> Input? {
        let experts = observation[.expertCount]
        let size = log10(observation.parameterCount) - pivot
        guard size.isFinite, experts >= 1, experts <= 1e9 else { return nil }
        return Input(size: size, experts: experts)
    }

    package static func logPrediction(
        _ input: Input,
        _ theta: Coordinates<Coordinate>,
        _ gradient: inout Coordinates<Coordinate>
    ) -> Double {
        let effective = EffectiveExperts(
            count: input.experts,
            logStart: theta[.logStart],
            logGap: theta[.logGap]
        )
        let ten = log(10.0)
        let experts = effective.logValue / ten
        let slope = theta[.b] + theta[.c] * input.size
        gradient[.a] = ten * input.size
        gradient[.b] = ten * experts
        gradient[.c] = ten * input.size * experts
        gradient[.d] = ten
        gradient[.logStart] = slope * effective.byLogStart
        gradient[.logGap] = slope * effective.byLogGap
        return ten * (theta[.a] * input.size + slope * experts + theta[.d])
    }

    package static func starts(
        _ inputs: [Input],
        logTargets: [Double]
    ) -> [Coordinates<Coordinate>] {
        let mean = logTargets.reduce(0, +) / Double(max(logTargets.count, 1)) / log(10)
        var starts: [Coordinates<Coordinate>] = []
        for start in [1.3, 2.0, 4.0] {
            for limit in [100.0, 400.0] {
                for slope in [-0.02, -0.06] {
                    starts.append(Coordinates([-0.08, slope, 0.01, mean, log(start), log(limit)]))
                }
            }
        }
        return starts
    }

    package static func parameters(_ theta: Coordinates<Coordinate>) -> [Double] {
        let start = exp(theta[.logStart])
        return [
            theta[.a], theta[.b] - pivot * theta[.c], theta[.c], theta[.d] - pivot * theta[.a],
            start, start + exp(theta[.logGap]),
        ]
    }

    package static var derived: [Derived<Coordinate>] {
        [
            Derived(
                .init(
                    symbol: "N_cutoff",
                    name: "size at which experts stop helping, as a power of ten",
                    unit: "log10 parameters"
                )
            ) { pivot - $0[.b] / $0[.c] }
        ]
    }

    package static var planted: PlantedWorld<Coordinate> {
        PlantedWorld(
            theta: presets[0].theta,
            settings: PlantedWorld<Coordinate>.grid([
                (.parameterCount, [1.5e7, 5.5e7, 1.3e8, 3.7e8, 1.3e9]),
                (.expertCount, [1, 2, 4, 8, 32, 128, 512]),
            ])
        )
    }

    package static var presets: [Preset<Coordinate>] {
        [
            preset("clark-s-base", "S-BASE", -0.082, -0.108, 0.009, 1.104, 1.847, 314.478),
            preset("clark-rl-r", "RL-R", -0.083, -0.126, 0.012, 1.111, 1.880, 469.982),
            preset("clark-hash", "HASH", -0.087, -0.136, 0.012, 1.157, 4.175, 477.741),
        ]
    }

    private static func preset(
        _ id: String,
        _ router: String,
        _ a: Double,
        _ b: Double,
        _ c: Double,
        _ d: Double,
        _ start: Double,
        _ limit: Double
    ) -> Preset<Coordinate> {
        Preset(
            id: id,
            title: "Clark et al., \(router)",
            citation: "Unified Scaling Laws for Routed Language Models, arXiv 2202.01169",
            validity: "130e9 tokens, 1.5e7 to 1.3e9 dense parameters, up to 512 experts; constants"
                + " from a second-hand source, rounded to three digits.",
            theta: Coordinates([
                a, b + pivot * c, c, d + pivot * a, log(start), log(limit - start),
            ])
        )
    }
}
