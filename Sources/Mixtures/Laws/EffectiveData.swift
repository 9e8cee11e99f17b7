import Foundation
package import ScalingLaws

/// Loss as a power of "effective data": every domain adds what its tokens are worth to the target,
/// with diminishing returns.
package enum EffectiveData: MixtureLaw {
    package static let card = LawCard(
        id: "effective-data",
        title: "Power law in effective data",
        family: .dataMixture,
        equation: "L(r) = E + A·u^(−a), u = e0 + Σ_j s_j·(r_j + ε)^g, ε = 1e-4",
        citation: "Isoloss; a power law in tokens (arXiv 2203.15556) whose tokens are weighted by"
            + " their worth to the target",
        symbols: [
            .init(symbol: "L", name: "loss of the target", unit: "unit of the target"),
            .init(symbol: "r_j", name: "share of tokens of domain j", unit: "1"),
        ],
        parameters: [
            .init(symbol: "E", name: "loss with endless data", unit: "unit of the target"),
            .init(symbol: "A", name: "loss to gain", unit: "unit of the target"),
            .init(symbol: "a", name: "exponent of effective data", unit: "1"),
            .init(symbol: "e0", name: "effective data without any domain", unit: "1"),
            .init(symbol: "g", name: "diminishing returns of a domain", unit: "1"),
            .init(symbol: "s", name: "worth of one token of each domain, sum 1", unit: "1"),
        ],
        answers: [
            "loss of a mixture", "worth of a token of each domain", "best mixture under bounds",
        ],
        validity: "From about 24 runs. With g of at most 1 the loss is convex in the proportions,"
            + " so the optimum is the only one."
    )

    package static func minimumRunCount(domains: Int) -> Int { 8 }

    package static func fit(
        _ data: MixtureData,
        _ request: MixtureFitRequest,
        startingFrom previous: FittedEffectiveData?
    ) throws(MixtureError) -> FittedEffectiveData {
        let minimum = minimumRunCount(domains: data.dimension)
        let table = try FittingTable(data, law: card.id, minimum: minimum)
        let isShort = data.runs.count < 3 * (data.dimension + 5)
        let start = previous.flatMap { $0.start(table) }
        let fit = try RidgeChoice.fit(data, table, request, law: card.id, from: start) {
            EffectiveDataForm(table: $0, isShort: isShort)
        }
        return FittedEffectiveData(fit, table, isShort: isShort)
    }
}

/// θ = (E, ln A, ln a, ln e0, ln g, ln s_1 … ln s_d) on the standardised scale.
struct EffectiveDataForm: ClosedForm {
    let table: FittingTable
    /// Few runs for the parameters: tighter ranges of the exponents.
    let isShort: Bool

    var size: Int { table.dimension + 5 }

    struct Prepared {
        var level: Double
        var scale: Double
        var exponent: Double
        var base: Double
        var power: Double
        var worth: [Double]
        /// (0 + ε)^g: most shares are exact zeros, and a power costs more than the rest.
        var powerOfNone: Double
    }

    func prepare(_ parameters: [Double]) -> Prepared {
        let power = exp(parameters[4])
        return Prepared(
            level: parameters[0],
            scale: exp(parameters[1]),
            exponent: exp(parameters[2]),
            base: exp(parameters[3]),
            power: power,
            worth: parameters[5...].map { exp($0) },
            powerOfNone: exp(power * log(FittingTable.offset))
        )
    }

    func value(_ row: Int, _ prepared: Prepared, _ slopes: inout [Double]) -> Double {
        let size = table.dimension
        let first = row * size
        var utility = prepared.base
        var bend = 0.0
        for domain in 0..<size {
            let logarithm = table.logarithms[first + domain]
            let power =
                table.shares[first + domain] == 0
                ? prepared.powerOfNone : exp(prepared.power * logarithm)
            let part = prepared.worth[domain] * power
            utility += part
            bend += part * logarithm
            slopes[5 + domain] = part
        }
        let logarithm = log(utility)
        let gain = prepared.scale * exp(min(-prepared.exponent * logarithm, 60))
        let pull = -prepared.exponent * gain / utility
        for domain in 0..<size { slopes[5 + domain] *= pull }
        slopes[0] = 1
        slopes[1] = gain
        slopes[2] = -prepared.exponent * gain * logarithm
        slopes[3] = pull * prepared.base
        slopes[4] = pull * prepared.power * bend
        return prepared.level + gain
    }

    func start(_ random: inout SplitMix64) -> [Double] {
        func between(_ low: Double, _ high: Double) -> Double {
            low + (high - low) * random.uniform()
        }
        let level = table.range.lowerBound - between(0.1, 3)
        let head = [
            level, log(between(0.5, 3)), log(between(0.2, 1)), log(0.01), log(between(0.4, 1)),
        ]
        return head + (0..<table.dimension).map { _ in -0.7 + 0.7 * random.normal() }
    }

    var penalties: [ParameterPenalty] {
        let exponent = isShort ? log(0.05)...log(2) : log(0.01)...log(10)
        let power = isShort ? log(0.2)...log(1.5) : log(0.05)...log(3)
        return [
            ParameterPenalty(range: -100...100), ParameterPenalty(range: -12...12),
            ParameterPenalty(strength: 1, range: exponent), ParameterPenalty(range: -15...5),
            ParameterPenalty(strength: 1, range: power),
        ]
            + [ParameterPenalty](
                repeating: ParameterPenalty(strength: 1, range: -15...8),
                count: table.dimension
            )
    }
}
