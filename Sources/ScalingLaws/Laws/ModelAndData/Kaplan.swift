import Foundation
import Runs

/// L = ((N_c/N)^(alpha_N/alpha_D) + D_c/D)^alpha_D, equation 1.5 of Scaling Laws for Neural
/// Language Models (arXiv 2001.08361). It has no floor: loss falls to 0 as N and D grow.
///
/// ln of the size limit (N_c/N)^alpha_N and of the token limit (D_c/D)^alpha_D are lines in ln N
/// and ln D; their values at N = D = 1 are fitted, because N_c and D_c span orders of magnitude.
package enum Kaplan: NonlinearLaw {
    package enum Coordinate: Int, CoordinateKey { case sizeLevel, tokenLevel, alphaN, logAlphaD }

    package static let card = LawCard(
        id: "kaplan",
        title: "Loss over model size and tokens, without a floor",
        family: .modelAndData,
        equation: "L = ((N_c/N)^(alpha_N/alpha_D) + D_c/D)^alpha_D",
        citation: "form: Scaling Laws for Neural Language Models, arXiv 2001.08361, equation 1.5;"
            + " fit: this project's runs",
        symbols: [.loss, .modelSize, .tokens],
        parameters: [
            .init(symbol: "N_c", name: "size at which the size limit is 1", unit: "parameters"),
            .init(symbol: "D_c", name: "tokens at which the token limit is 1", unit: "tokens"),
            .init(symbol: "alpha_N", name: "exponent of N alone", unit: "1"),
            .init(symbol: "alpha_D", name: "exponent of D alone", unit: "1"),
        ],
        inputs: [.parameterCount, .tokenCount, .loss],
        optionalInputs: [.computeFLOPs],
        answers: ["loss of a larger run", "how a law without a floor compares"],
        validity: "N counted without embeddings; losses far above the entropy of the data."
    )

    package static let requirements: [Requirement] = [
        .runs(6), .values(.parameterCount, 3), .values(.tokenCount, 3),
        .independent(.parameterCount, .tokenCount),
    ]

    package static let widest: [(coordinate: Coordinate, width: Double)] = [
        (.alphaN, 0.5), (.logAlphaD, 2),
    ]

    package static func input(_ observation: Observation) -> SizeAndTokens? {
        SizeAndTokens(observation)
    }

    /// alpha_D times ln(exp(p/alpha_D) + exp(q/alpha_D)), p and q being the ln of the two limits.
    package static func logPrediction(
        _ input: SizeAndTokens,
        _ theta: Coordinates<Coordinate>,
        _ gradient: inout Coordinates<Coordinate>
    ) -> Double {
        let exponent = exp(theta[.logAlphaD])
        let p = theta[.sizeLevel] - theta[.alphaN] * input.logSize
        let q = theta[.tokenLevel] - exponent * input.logTokens
        let top = max(p, q)
        let ofSize = exp((p - top) / exponent)
        let ofTokens = exp((q - top) / exponent)
        let share = ofSize / (ofSize + ofTokens)
        let spread = log(ofSize + ofTokens)
        gradient[.sizeLevel] = share
        gradient[.tokenLevel] = 1 - share
        gradient[.alphaN] = -share * input.logSize
        let mean = (share * (p - top) + (1 - share) * (q - top)) / exponent
        gradient[.logAlphaD] = exponent * (spread - mean - (1 - share) * input.logTokens)
        return top + exponent * spread
    }

    package static func starts(
        _ inputs: [SizeAndTokens],
        logTargets: [Double]
    ) -> [Coordinates<Coordinate>] {
        let data = LossSplits(inputs, logTargets)
        return [0.05, 0.1, 0.2, 0.35].flatMap { exponent in
            [0.05, 0.1, 0.3].map { tokenExponent in
                var theta = Coordinates<Coordinate>()
                // Equal terms at the data's centre raise the loss by 2^alpha_D.
                let level = data.mean - tokenExponent * log(2)
                theta[.sizeLevel] = level + exponent * data.size
                theta[.tokenLevel] = level + tokenExponent * data.tokens
                theta[.alphaN] = exponent
                theta[.logAlphaD] = log(tokenExponent)
                return theta
            }
        }
    }

    package static var planted: PlantedWorld<Coordinate> {
        var theta = Coordinates<Coordinate>()
        theta[.sizeLevel] = 0.08 * log(6e13)
        theta[.tokenLevel] = 0.1 * log(2e13)
        theta[.alphaN] = 0.08
        theta[.logAlphaD] = log(0.1)
        return PlantedWorld(
            theta: theta,
            settings: PlantedWorld<Coordinate>.grid([
                (.parameterCount, [5e7, 1.5e8, 4e8, 1e9, 3e9]),
                (.tokenCount, [1e9, 4e9, 1.5e10, 6e10]),
            ])
        )
    }

    package static func parameters(_ theta: Coordinates<Coordinate>) -> [Double] {
        let exponent = exp(theta[.logAlphaD])
        return [
            exp(theta[.sizeLevel] / theta[.alphaN]), exp(theta[.tokenLevel] / exponent),
            theta[.alphaN], exponent,
        ]
    }

    package static var derived: [Derived<Coordinate>] {
        [
            Derived(
                .init(symbol: "a", name: "exponent of the optimal N in compute", unit: "1")
            ) {
                let exponent = exp($0[.logAlphaD])
                return exponent / (exponent + $0[.alphaN])
            }
        ]
    }
}
