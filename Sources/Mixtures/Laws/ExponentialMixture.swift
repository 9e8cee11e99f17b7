import Foundation
package import ScalingLaws

/// The exponential mixing law: one term per hidden domain of the target.
package enum ExponentialMixture: MixtureLaw {
    package static let card = LawCard(
        id: "exponential",
        title: "Exponential mixing law",
        family: .dataMixture,
        equation: "L(r) = c + exp(Σ_j t_j·r_j)",
        citation: "Data Mixing Laws, arXiv 2403.16952; Olmix, arXiv 2602.12237",
        symbols: ExponentialForm.symbols,
        parameters: ExponentialForm.parameters,
        answers: ["loss of a mixture"],
        validity: "Convex in the proportions; the optimum for one target is a corner unless"
            + " constrained. A rival to beat rather than a law to trust."
    )

    package static func minimumRunCount(domains: Int) -> Int { 8 }

    package static func fit(
        _ data: MixtureData,
        _ request: MixtureFitRequest,
        startingFrom previous: FittedExponential?
    ) throws(MixtureError) -> FittedExponential {
        try ExponentialForm.fit(data, request, previous, terms: 1, law: card.id)
    }
}

/// The same with three hidden domains, for a target whose make-up is unknown.
package enum ImplicitExponentialMixture: MixtureLaw {
    package static let card = LawCard(
        id: "implicit-exponential",
        title: "Exponential mixing law with hidden domains",
        family: .dataMixture,
        equation: "L(r) = c + Σ_k exp(Σ_j t_kj·r_j), k = 1 … 3",
        citation: "Data Mixing Laws, arXiv 2403.16952: implicit domain aggregation",
        symbols: ExponentialForm.symbols,
        parameters: ExponentialForm.parameters,
        answers: ["loss of a mixture"],
        validity: "For a target that mixes several domains in unknown shares, from many runs."
    )

    package static func minimumRunCount(domains: Int) -> Int { 8 }

    package static func fit(
        _ data: MixtureData,
        _ request: MixtureFitRequest,
        startingFrom previous: FittedExponential?
    ) throws(MixtureError) -> FittedExponential {
        try ExponentialForm.fit(data, request, previous, terms: 3, law: card.id)
    }
}

/// θ = (c, t_11 … t_1d, t_21 …) on the standardised scale.
struct ExponentialForm: ClosedForm {
    let table: FittingTable
    let terms: Int

    static let symbols: [LawCard.Symbol] = [
        .init(symbol: "L", name: "loss of the target", unit: "unit of the target"),
        .init(symbol: "r_j", name: "share of tokens of domain j", unit: "1"),
    ]
    static let parameters: [LawCard.Symbol] = [
        .init(symbol: "c", name: "loss that no mixture removes", unit: "unit of the target"),
        .init(symbol: "t", name: "what each domain does to the rest, in ln", unit: "1"),
    ]

    var size: Int { 1 + terms * table.dimension }

    func prepare(_ parameters: [Double]) -> [Double] { parameters }

    func value(_ row: Int, _ prepared: [Double], _ slopes: inout [Double]) -> Double {
        let size = table.dimension
        let first = row * size
        var total = prepared[0]
        slopes[0] = 1
        for term in 0..<terms {
            let place = 1 + term * size
            var sum = 0.0
            for domain in 0..<size {
                sum += prepared[place + domain] * table.shares[first + domain]
            }
            let value = exp(min(sum, 60))
            total += value
            for domain in 0..<size {
                slopes[place + domain] = value * table.shares[first + domain]
            }
        }
        return total
    }

    func start(_ random: inout SplitMix64) -> [Double] {
        let level = table.range.lowerBound - 0.1 - 2.9 * random.uniform()
        // Together the terms begin near the mean loss, which is 0 here.
        let middle = log(-level / Double(terms))
        return [level]
            + (0..<(terms * table.dimension)).map { _ in middle + 0.5 * random.normal() }
    }

    var penalties: [ParameterPenalty] {
        [ParameterPenalty(range: -100...100)]
            + [ParameterPenalty](
                repeating: ParameterPenalty(strength: 1, range: -50...20),
                count: terms * table.dimension
            )
    }

    static func fit(
        _ data: MixtureData,
        _ request: MixtureFitRequest,
        _ previous: FittedExponential?,
        terms: Int,
        law: String
    ) throws(MixtureError) -> FittedExponential {
        let table = try FittingTable(data, law: law, minimum: 8)
        let start = previous.flatMap { $0.start(table, terms: terms) }
        let fit = try RidgeChoice.fit(data, table, request, law: law, from: start) {
            ExponentialForm(table: $0, terms: terms)
        }
        return FittedExponential(fit, table, terms: terms)
    }
}

/// L(r) = level + Σ_k exp(slopes_k · r).
package struct FittedExponential: FittedMixtureLaw, Hashable {
    /// Unit of the target.
    package var level: Double
    /// One line of d values for each term; the unit of the target is inside, as Σ r = 1.
    package var slopes: [[Double]]
    /// λ of the fit, for its refits.
    var ridge = RidgeChoice.weakest

    package init(level: Double, slopes: [[Double]]) {
        self.level = level
        self.slopes = slopes
    }

    init(_ fit: ClosedFit, _ table: FittingTable, terms: Int) {
        level = table.mean + table.deviation * fit.parameters[0]
        let shift = log(table.deviation)
        slopes = (0..<terms).map { term in
            let place = 1 + term * table.dimension
            return fit.parameters[place..<(place + table.dimension)].map { $0 + shift }
        }
        ridge = fit.ridge
    }

    func start(_ table: FittingTable, terms: Int) -> (start: [Double], ridge: Double)? {
        guard slopes.count == terms, slopes.allSatisfy({ $0.count == table.dimension }) else {
            return nil
        }
        let shift = log(table.deviation)
        let first = (level - table.mean) / table.deviation
        return ([first] + slopes.flatMap { $0 }.map { $0 - shift }, ridge)
    }

    private func term(_ line: [Double], _ proportions: [Double]) -> Double {
        exp(zip(line, proportions).reduce(0) { $0 + $1.0 * $1.1 })
    }

    package func loss(at proportions: [Double]) -> Double {
        slopes.reduce(level) { $0 + term($1, proportions) }
    }

    package func gradient(at proportions: [Double]) -> [Double]? {
        var sum = [Double](repeating: 0, count: proportions.count)
        for line in slopes {
            let value = term(line, proportions)
            for index in sum.indices { sum[index] += value * line[index] }
        }
        return sum
    }

    package var isConvex: Bool { true }

    package func parameters(domains: [String]) -> [String: Double] {
        var values = ["c": level]
        for (term, line) in slopes.enumerated() {
            let name = slopes.count == 1 ? "t" : "t\(term + 1)"
            for (domain, slope) in zip(domains, line) { values["\(name)[\(domain)]"] = slope }
        }
        return values
    }
}
