import Foundation
package import ScalingLaws

/// The mixture term of Apple's optimal-mixture law at one size and one token count.
package enum ReciprocalPower: MixtureLaw {
    package static let card = LawCard(
        id: "reciprocal-power",
        title: "Reciprocal of power laws of the proportions",
        family: .dataMixture,
        equation: "L(r) = E + 1 / Σ_j C_j·(r_j + ε)^g_j, ε = 1e-4",
        citation: "Scaling laws for optimal data mixtures, arXiv 2507.09404: mixture term",
        symbols: [
            .init(symbol: "L", name: "loss of the target", unit: "unit of the target"),
            .init(symbol: "r_j", name: "share of tokens of domain j", unit: "1"),
        ],
        parameters: [
            .init(symbol: "E", name: "loss with endless data", unit: "unit of the target"),
            .init(symbol: "C", name: "worth of each domain", unit: "1 / unit of the target"),
            .init(symbol: "g", name: "diminishing returns of each domain", unit: "1"),
        ],
        answers: ["loss of a mixture", "worth of a token of each domain"],
        validity: "From about 4 runs per domain, and only near the runs: far from them it promises"
            + " losses that no run has shown."
    )

    package static func minimumRunCount(domains: Int) -> Int { 8 }

    package static func fit(
        _ data: MixtureData,
        _ request: MixtureFitRequest,
        startingFrom previous: FittedReciprocalPower?
    ) throws(MixtureError) -> FittedReciprocalPower {
        let minimum = minimumRunCount(domains: data.dimension)
        let table = try FittingTable(data, law: card.id, minimum: minimum)
        let start = previous.flatMap { $0.start(table) }
        let fit = try RidgeChoice.fit(
            data,
            table,
            request,
            law: card.id,
            from: start,
            candidates: RidgeChoice.stronger
        ) { ReciprocalPowerForm(table: $0) }
        return FittedReciprocalPower(fit, table)
    }
}

/// θ = (E, ln C_1 … ln C_d, ln g_1 … ln g_d) on the standardised scale.
struct ReciprocalPowerForm: ClosedForm {
    let table: FittingTable

    struct Prepared {
        var level: Double
        var worth: [Double]
        var powers: [Double]
        /// (0 + ε)^g of each domain.
        var none: [Double]
    }

    var size: Int { 1 + 2 * table.dimension }

    func prepare(_ parameters: [Double]) -> Prepared {
        let size = table.dimension
        let powers = parameters[(1 + size)...].map { exp($0) }
        let floor = log(FittingTable.offset)
        return Prepared(
            level: parameters[0],
            worth: parameters[1...size].map { exp($0) },
            powers: powers,
            none: powers.map { exp($0 * floor) }
        )
    }

    func value(_ row: Int, _ prepared: Prepared, _ slopes: inout [Double]) -> Double {
        let size = table.dimension
        let first = row * size
        var sum = 0.0
        for domain in 0..<size {
            let logarithm = table.logarithms[first + domain]
            let power =
                table.shares[first + domain] == 0
                ? prepared.none[domain] : exp(prepared.powers[domain] * logarithm)
            let part = prepared.worth[domain] * power
            sum += part
            slopes[1 + domain] = part
            slopes[1 + size + domain] = part * prepared.powers[domain] * logarithm
        }
        let gain = 1 / max(sum, 1e-30)
        let pull = -gain * gain
        for index in 1..<slopes.count { slopes[index] *= pull }
        slopes[0] = 1
        return prepared.level + gain
    }

    func start(_ random: inout SplitMix64) -> [Double] {
        let level = table.range.lowerBound - 0.1 - 2.9 * random.uniform()
        let worth = (0..<table.dimension).map { _ in -0.5 + 0.7 * random.normal() }
        let powers = (0..<table.dimension).map { _ in -0.7 + 0.3 * random.normal() }
        return [level] + worth + powers
    }

    var penalties: [ParameterPenalty] {
        let count = table.dimension
        return [ParameterPenalty(range: -100...100)]
            + [ParameterPenalty](
                repeating: ParameterPenalty(strength: 1, range: -15...10),
                count: count
            )
            + [ParameterPenalty](
                repeating: ParameterPenalty(centre: -0.7, strength: 1, range: -4...1.5),
                count: count
            )
    }
}

/// L(r) = level + 1 / Σ worth_j·(r_j + ε)^powers_j.
package struct FittedReciprocalPower: FittedMixtureLaw, Hashable {
    /// Unit of the target.
    package var level: Double
    /// 1 / unit of the target, d values.
    package var worth: [Double]
    /// d values.
    package var powers: [Double]
    /// λ of the fit, for its refits.
    var ridge = RidgeChoice.weakest
    private var rivalNote: String?
    package var notes: [String] { [rivalNote].compactMap { $0 } }

    package init(level: Double, worth: [Double], powers: [Double]) {
        self.level = level
        self.worth = worth
        self.powers = powers
    }

    init(_ fit: ClosedFit, _ table: FittingTable) {
        let size = table.dimension
        level = table.mean + table.deviation * fit.parameters[0]
        worth = fit.parameters[1...size].map { exp($0) / table.deviation }
        powers = fit.parameters[(1 + size)...].map { exp($0) }
        ridge = fit.ridge
        if let rival = fit.rival {
            var other = fit
            (other.parameters, other.rival) = (rival, nil)
            rivalNote = RivalMinimum.note(
                separable,
                FittedReciprocalPower(other, table).separable
            )
        }
    }

    func start(_ table: FittingTable) -> (start: [Double], ridge: Double)? {
        guard worth.count == table.dimension, powers.count == table.dimension else { return nil }
        let first = (level - table.mean) / table.deviation
        let scales = worth.map { log($0 * table.deviation) }
        return ([first] + scales + powers.map { log($0) }, ridge)
    }

    func utility(at proportions: [Double]) -> Double {
        var sum = 0.0
        for index in proportions.indices {
            let share = max(proportions[index], 0) + FittingTable.offset
            sum += worth[index] * pow(share, powers[index])
        }
        return sum
    }

    package func loss(at proportions: [Double]) -> Double {
        level + 1 / utility(at: proportions)
    }

    package func gradient(at proportions: [Double]) -> [Double]? {
        let sum = utility(at: proportions)
        return proportions.indices.map { index in
            let share = max(proportions[index], 0) + FittingTable.offset
            let slope = worth[index] * powers[index] * pow(share, powers[index] - 1)
            return -slope / (sum * sum)
        }
    }

    package var separable: SeparableUtility? {
        guard powers.allSatisfy({ $0 < 1 }) else { return nil }
        return SeparableUtility(scales: worth, exponents: powers, offset: FittingTable.offset)
    }

    package var isConvex: Bool { powers.allSatisfy { $0 <= 1 } }

    package func parameters(domains: [String]) -> [String: Double] {
        var values = ["E": level]
        for (index, domain) in domains.enumerated() where index < worth.count {
            values["C[\(domain)]"] = worth[index]
            values["g[\(domain)]"] = powers[index]
        }
        return values
    }
}
