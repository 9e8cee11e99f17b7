import Foundation
import Runs

/// L = exp(a3·N^gamma + b3) + exp(a2·N^beta + b2) · D^-exp(a1·N^alpha + b1), Farseer, the second
/// part of Predictable Scale (arXiv 2506.10972): floor, token term and token exponent each move
/// with N, so the best D/N may change with compute.
///
/// Each a·N^p + b is fitted as its value and its slope in ln N at N = 1e9 and the power p:
/// value + slope·(x^p − 1)/p with x = N/1e9, which stays defined as p passes 0.
package enum Farseer: NonlinearLaw {
    package enum Coordinate: Int, CoordinateKey {
        case exponentLevel, exponentSlope, exponentPower
        case tokenLevel, tokenSlope, tokenPower
        case floorLevel, floorSlope, floorPower
    }

    package static let card = LawCard(
        id: "farseer",
        title: "Loss over model size and tokens, with exponents that move with size",
        family: .modelAndData,
        equation: "L = exp(a3*N^gamma + b3) + exp(a2*N^beta + b2) * D^(-exp(a1*N^alpha + b1))",
        citation: "form: Predictable Scale: Part II, Farseer, arXiv 2506.10972, from a second-hand"
            + " source; fit: this project's runs",
        symbols: [.loss, .modelSize, .tokens],
        parameters: [
            .init(symbol: "a1", name: "token exponent, moving part", unit: "1"),
            .init(symbol: "b1", name: "token exponent, constant part", unit: "1"),
            .init(symbol: "alpha", name: "power of N in the token exponent", unit: "1"),
            .init(symbol: "a2", name: "token term, moving part", unit: "1"),
            .init(symbol: "b2", name: "token term, constant part", unit: "1"),
            .init(symbol: "beta", name: "power of N in the token term", unit: "1"),
            .init(symbol: "a3", name: "loss at endless tokens, moving part", unit: "1"),
            .init(symbol: "b3", name: "loss at endless tokens, constant part", unit: "1"),
            .init(symbol: "gamma", name: "power of N in the loss at endless tokens", unit: "1"),
        ],
        inputs: [.parameterCount, .tokenCount, .loss],
        optionalInputs: [.computeFLOPs],
        answers: ["loss of a larger run", "whether the best D/N changes with compute"],
        validity: "A grid of at least 4 sizes and 4 token counts each; nine parameters follow noise"
            + " on fewer runs, so read the extrapolation ladder before its answers.",
        note: "Its published constants are not at hand; it was tested on planted grids and on the"
            + " public Chinchilla points."
    )

    package static let requirements: [Requirement] = [
        .runs(16), .values(.parameterCount, 4), .values(.tokenCount, 4),
        .independent(.parameterCount, .tokenCount),
    ]

    static let logPivot = log(1e9)

    package static let widest: [(coordinate: Coordinate, width: Double)] = [
        (.exponentLevel, 2), (.floorLevel, 0.5),
    ]

    package static func input(_ observation: Observation) -> SizeAndTokens? {
        SizeAndTokens(observation)
    }

    /// level + slope · (e^(power·n) − 1)/power and its derivatives by the three.
    struct Bend {
        var value: Double
        var bySlope: Double
        var byPower: Double

        init(_ n: Double, level: Double, slope: Double, power: Double) {
            let p = power * n
            if abs(p) < 1e-4 {
                bySlope = n * (1 + p / 2 + p * p / 6)
                byPower = slope * n * n * (0.5 + p / 3 + p * p / 8)
            } else {
                bySlope = expm1(p) / power
                byPower = slope * (n * exp(p) - bySlope) / power
            }
            value = level + slope * bySlope
        }
    }

    package static func logPrediction(
        _ input: SizeAndTokens,
        _ theta: Coordinates<Coordinate>,
        _ gradient: inout Coordinates<Coordinate>
    ) -> Double {
        let n = input.logSize - logPivot
        let first = Bend(
            n,
            level: theta[.exponentLevel],
            slope: theta[.exponentSlope],
            power: theta[.exponentPower]
        )
        let second = Bend(
            n,
            level: theta[.tokenLevel],
            slope: theta[.tokenSlope],
            power: theta[.tokenPower]
        )
        let third = Bend(
            n,
            level: theta[.floorLevel],
            slope: theta[.floorSlope],
            power: theta[.floorPower]
        )
        let exponent = exp(first.value)
        let tokens = exp(second.value - exponent * input.logTokens)
        let floor = exp(third.value)
        let loss = floor + tokens
        let byToken = tokens / loss
        let byFloor = floor / loss
        let byExponent = -byToken * exponent * input.logTokens
        gradient[.exponentLevel] = byExponent
        gradient[.exponentSlope] = byExponent * first.bySlope
        gradient[.exponentPower] = byExponent * first.byPower
        gradient[.tokenLevel] = byToken
        gradient[.tokenSlope] = byToken * second.bySlope
        gradient[.tokenPower] = byToken * second.byPower
        gradient[.floorLevel] = byFloor
        gradient[.floorSlope] = byFloor * third.bySlope
        gradient[.floorPower] = byFloor * third.byPower
        return log(loss)
    }

    package static var planted: PlantedWorld<Coordinate> {
        var theta = Coordinates<Coordinate>()
        theta[.exponentLevel] = log(0.36)
        theta[.exponentSlope] = 0.06
        theta[.exponentPower] = -0.3
        theta[.tokenLevel] = log(1.9e3)
        theta[.tokenSlope] = 0.5
        theta[.tokenPower] = -0.25
        theta[.floorLevel] = log(2.1)
        theta[.floorSlope] = -0.06
        theta[.floorPower] = -0.35
        return PlantedWorld(
            theta: theta,
            settings: PlantedWorld<Coordinate>.grid([
                (.parameterCount, [5e7, 1.5e8, 4e8, 1e9, 3e9, 1e10]),
                (.tokenCount, [1e9, 4e9, 1.5e10, 6e10, 2.5e11]),
            ])
        )
    }

    package static func parameters(_ theta: Coordinates<Coordinate>) -> [Double] {
        func plain(
            _ level: Coordinate,
            _ slope: Coordinate,
            _ power: Coordinate
        ) -> [Double] {
            let shift = theta[slope] / theta[power]
            return [shift * exp(-theta[power] * logPivot), theta[level] - shift, theta[power]]
        }
        return plain(.exponentLevel, .exponentSlope, .exponentPower)
            + plain(.tokenLevel, .tokenSlope, .tokenPower)
            + plain(.floorLevel, .floorSlope, .floorPower)
    }

    /// From Chinchilla's shape: a floor that falls with N, a token term that does not move.
    package static func starts(
        _ inputs: [SizeAndTokens],
        logTargets: [Double]
    ) -> [Coordinates<Coordinate>] {
        let data = LossSplits(inputs, logTargets)
        let splits = data.splits(shares: [0.85, 0.6, 0.3], exponents: [0.15, 0.3, 0.5])
        return splits.flatMap { split in
            [-0.1, 0.1].map { power in
                var theta = Coordinates<Coordinate>()
                let n = data.size - logPivot
                let limit = exp(split.logFloor) + exp(split.logHalf)
                let slope = -split.exponent * exp(split.logHalf) / limit
                theta[.exponentLevel] = log(split.exponent)
                theta[.exponentSlope] = -power / 10
                theta[.exponentPower] = power
                theta[.tokenLevel] =
                    split.logHalf + split.exponent * data.tokens
                    * exp(theta[.exponentSlope] * n)
                theta[.tokenSlope] = power / 10
                theta[.tokenPower] = power
                theta[.floorLevel] = log(limit) - slope * n
                theta[.floorSlope] = slope
                theta[.floorPower] = power
                return theta
            }
        }
    }
}
