import Foundation
package import ScalingLaws

/// BiMix's mixture part, one power per domain.
package enum BiMix: MixtureLaw {
    package static let card = LawCard(
        id: "bimix",
        title: "Sum of powers of the proportions",
        family: .dataMixture,
        equation: "L(r) = E + Σ_j F_j·(r_j + ε)^(−a_j), ε = 1e-4",
        citation: "BiMix, arXiv 2405.14908; summed over domains as Olmix's regressor",
        symbols: ExponentialForm.symbols,
        parameters: PowerSumForm.parameters,
        answers: ["loss of a mixture"],
        validity: "For losses on the domains trained on; every domain can only help, so a target"
            + " that a domain harms is out of its reach."
    )

    package static func minimumRunCount(domains: Int) -> Int { 8 }

    package static func fit(
        _ data: MixtureData,
        _ request: MixtureFitRequest,
        startingFrom previous: FittedPowerSum?
    ) throws(MixtureError) -> FittedPowerSum {
        try PowerSumForm.fit(data, request, previous, isShifted: false, law: card.id)
    }
}

/// AutoScale's form: every domain has a head start that the others' tokens are worth to it.
package enum AutoScale: MixtureLaw {
    package static let card = LawCard(
        id: "auto-scale",
        title: "Sum of shifted powers of the proportions",
        family: .dataMixture,
        equation: "L(r) = E + A·Σ_j (n_j + r_j)^(−a_j)",
        citation: "AutoScale, arXiv 2407.20177; summed over domains as Olmix's regressor",
        symbols: ExponentialForm.symbols,
        parameters: PowerSumForm.parameters,
        answers: ["loss of a mixture"],
        validity: "Knows no interaction of domains. The preset of the same name moves a mixture"
            + " to a larger budget."
    )

    package static func minimumRunCount(domains: Int) -> Int { 8 }

    package static func fit(
        _ data: MixtureData,
        _ request: MixtureFitRequest,
        startingFrom previous: FittedPowerSum?
    ) throws(MixtureError) -> FittedPowerSum {
        try PowerSumForm.fit(data, request, previous, isShifted: true, law: card.id)
    }
}

/// θ = (E, ln A, ln F_1 … or ln n_1 …, ln a_1 …) on the standardised scale; A is 1 where each
/// domain has a factor.
struct PowerSumForm: ClosedForm {
    let table: FittingTable
    let isShifted: Bool

    static let parameters: [LawCard.Symbol] = [
        .init(symbol: "E", name: "loss with endless data", unit: "unit of the target"),
        .init(symbol: "a", name: "exponent of each domain", unit: "1"),
    ]

    var size: Int { 2 + 2 * table.dimension }

    func prepare(_ parameters: [Double]) -> [Double] {
        [parameters[0]] + parameters.dropFirst().map { exp($0) }
    }

    func value(_ row: Int, _ prepared: [Double], _ slopes: inout [Double]) -> Double {
        let count = table.dimension
        let first = row * count
        let scale = prepared[1]
        var sum = 0.0
        for domain in 0..<count {
            let (head, power) = (prepared[2 + domain], prepared[2 + count + domain])
            if isShifted {
                let place = head + table.shares[first + domain]
                let logarithm = log(place)
                let part = scale * exp(min(-power * logarithm, 60))
                sum += part
                slopes[2 + domain] = -power * part * head / place
                slopes[2 + count + domain] = -power * part * logarithm
            } else {
                let logarithm = table.logarithms[first + domain]
                let part = head * exp(min(-power * logarithm, 60))
                sum += part
                slopes[2 + domain] = part
                slopes[2 + count + domain] = -power * part * logarithm
            }
        }
        slopes[0] = 1
        slopes[1] = isShifted ? sum : 0
        return prepared[0] + sum
    }

    func start(_ random: inout SplitMix64) -> [Double] {
        let count = table.dimension
        let level = table.range.lowerBound - 0.1 - 2.9 * random.uniform()
        let scale = log(-level / Double(count))
        let heads = (0..<count).map { _ in
            (isShifted ? -2 : scale - 1) + 0.5 * random.normal()
        }
        let powers = (0..<count).map { _ in -1.5 + 0.3 * random.normal() }
        return [level, isShifted ? scale : 0] + heads + powers
    }

    var penalties: [ParameterPenalty] {
        let head = ParameterPenalty(centre: isShifted ? -2 : 0, strength: 1, range: -15...8)
        let power = ParameterPenalty(centre: -1.5, strength: 1, range: -7...1)
        return [ParameterPenalty(range: -200...100), ParameterPenalty(range: -12...8)]
            + [ParameterPenalty](repeating: head, count: table.dimension)
            + [ParameterPenalty](repeating: power, count: table.dimension)
    }

    static func fit(
        _ data: MixtureData,
        _ request: MixtureFitRequest,
        _ previous: FittedPowerSum?,
        isShifted: Bool,
        law: String
    ) throws(MixtureError) -> FittedPowerSum {
        let table = try FittingTable(data, law: law, minimum: 8)
        let start = previous.flatMap { $0.start(table, isShifted) }
        let fit = try RidgeChoice.fit(data, table, request, law: law, from: start) {
            PowerSumForm(table: $0, isShifted: isShifted)
        }
        return FittedPowerSum(fit, table, isShifted)
    }
}

/// L(r) = level + Σ_j factors_j·(heads_j + r_j)^(−powers_j).
package struct FittedPowerSum: FittedMixtureLaw, Hashable {
    /// Unit of the target.
    var level: Double
    /// Unit of the target, d values.
    var factors: [Double]
    /// Share that each domain has without any tokens, d values.
    var heads: [Double]
    var powers: [Double]
    var isShifted: Bool
    /// λ of the fit, for its refits.
    var ridge: Double

    init(_ fit: ClosedFit, _ table: FittingTable, _ isShifted: Bool) {
        let count = table.dimension
        let found = fit.parameters
        level = table.mean + table.deviation * found[0]
        let middle = found[2..<(2 + count)].map { exp($0) }
        factors = middle.map { table.deviation * (isShifted ? exp(found[1]) : $0) }
        heads = middle.map { isShifted ? $0 : FittingTable.offset }
        powers = found[(2 + count)...].map { exp($0) }
        self.isShifted = isShifted
        ridge = fit.ridge
    }

    func start(_ table: FittingTable, _ isShifted: Bool) -> (start: [Double], ridge: Double)? {
        guard factors.count == table.dimension, isShifted == self.isShifted else { return nil }
        let scale = log(factors[0] / table.deviation)
        let middle =
            isShifted
            ? heads.map { log($0) } : factors.map { log($0 / table.deviation) }
        let first = (level - table.mean) / table.deviation
        return ([first, isShifted ? scale : 0] + middle + powers.map { log($0) }, ridge)
    }

    package func loss(at proportions: [Double]) -> Double {
        var sum = level
        for (domain, share) in proportions.enumerated() {
            sum += factors[domain] * pow(heads[domain] + max(share, 0), -powers[domain])
        }
        return sum
    }

    package func gradient(at proportions: [Double]) -> [Double]? {
        proportions.indices.map { domain in
            let place = heads[domain] + max(proportions[domain], 0)
            return -powers[domain] * factors[domain] * pow(place, -powers[domain] - 1)
        }
    }

    package var isConvex: Bool { true }

    package func parameters(domains: [String]) -> [String: Double] {
        var values = ["E": level]
        for (place, domain) in domains.enumerated() where place < factors.count {
            values["a[\(domain)]"] = powers[place]
            values["F[\(domain)]"] = factors[place]
            if isShifted { values["n[\(domain)]"] = heads[place] }
        }
        return values
    }
}
