import Foundation
package import ScalingLaws

/// One subdomain of a target that is a weighted sum: a validation set with its share of the whole.
package struct TargetPart: Sendable, Hashable, Codable {
    package var name: String
    /// Not negative; the target is Σ weight · loss.
    package var weight: Double

    package init(name: String, weight: Double) {
        self.name = name
        self.weight = weight
    }
}

/// A law that fits every subdomain of a target by itself and adds them by their known weights
/// (Data Mixing Laws, arXiv 2403.16952: explicit domain aggregation).
package protocol ExplicitAggregation: MixtureLaw where Fitted == WeightedMixture {
    /// Fits one subdomain.
    static var part: any MixtureLaw.Type { get }
}

extension ExplicitAggregation {
    package static var needsParts: Bool { true }
    package static func minimumRunCount(domains: Int) -> Int {
        part.minimumRunCount(domains: domains)
    }

    package static func fit(
        _ data: MixtureData,
        _ request: MixtureFitRequest,
        startingFrom previous: WeightedMixture?
    ) throws(MixtureError) -> WeightedMixture {
        try check(data)
        var members: [WeightedMixture.Member] = []
        for (place, own) in data.parts.enumerated() where own.weight > 0 {
            try request.checkCancelled()
            let start = previous?.members.first { $0.name == own.name }?.law
            let law = try AnyMixtureLaw.fit(part, data.part(place), request, startingFrom: start)
            members.append(.init(name: own.name, weight: own.weight, law: law))
        }
        return WeightedMixture(members: members)
    }

    private static func check(_ data: MixtureData) throws(MixtureError) {
        guard !data.parts.isEmpty,
            data.runs.allSatisfy({ $0.partLosses.count == data.parts.count })
        else {
            throw .invalid(
                field: "target",
                reason: "\(card.id) needs a target that is a sum of several metrics, such as"
                    + " metric/* or 0.6 * loss/a + 0.4 * loss/b, and every one of them for each"
                    + " run."
            )
        }
        let weights = data.parts.map(\.weight)
        guard weights.allSatisfy({ $0 >= 0 && $0 < 1e100 }), weights.contains(where: { $0 > 0 })
        else {
            throw .invalid(
                field: "target",
                reason: "Weights of a target's parts are finite and not negative, and one is above"
                    + " 0."
            )
        }
    }
}

/// Effective data of every subdomain, added.
package enum ExplicitEffectiveData: ExplicitAggregation {
    package static var part: any MixtureLaw.Type { EffectiveData.self }
    package static let card = ExplicitCards.card(
        id: "explicit-effective-data",
        title: "Effective data of every subdomain",
        equation: "L(r) = Σ_i v_i·L_i(r), L_i by effective-data"
    )
}

/// The exponential law of every subdomain, added.
package enum ExplicitExponential: ExplicitAggregation {
    package static var part: any MixtureLaw.Type { ExponentialMixture.self }
    package static let card = ExplicitCards.card(
        id: "explicit-exponential",
        title: "Exponential law of every subdomain",
        equation: "L(r) = Σ_i v_i·(c_i + exp(Σ_j t_ij·r_j))"
    )
}

enum ExplicitCards {
    static func card(id: String, title: String, equation: String) -> LawCard {
        LawCard(
            id: id,
            title: title,
            family: .dataMixture,
            equation: equation,
            citation: "Data Mixing Laws, arXiv 2403.16952: explicit domain aggregation",
            symbols: [
                .init(symbol: "L", name: "loss of the target", unit: "unit of the target"),
                .init(symbol: "L_i", name: "loss of subdomain i", unit: "unit of the target"),
                .init(symbol: "v_i", name: "weight of subdomain i in the target", unit: "1"),
                .init(symbol: "r_j", name: "share of tokens of domain j", unit: "1"),
            ],
            parameters: [],
            answers: ["loss of a mixture", "loss of each subdomain"],
            validity: "Where the target is a sum of metrics with known weights, each of them"
                + " logged by every run."
        )
    }
}

/// L(r) = Σ weight · law(r).
package struct WeightedMixture: FittedMixtureLaw {
    package struct Member: Sendable, Codable {
        package var name: String
        package var weight: Double
        package var law: AnyMixtureLaw
    }

    package var members: [Member]

    package func loss(at proportions: [Double]) -> Double {
        members.reduce(0) { $0 + $1.weight * $1.law.loss(at: proportions) }
    }

    package func losses(of runs: [MixtureData.Run]) -> [Double] {
        var sum = [Double](repeating: 0, count: runs.count)
        for member in members {
            for (index, loss) in member.law.losses(of: runs).enumerated() {
                sum[index] += member.weight * loss
            }
        }
        return sum
    }

    package func gradient(at proportions: [Double]) -> [Double]? {
        var sum = [Double](repeating: 0, count: proportions.count)
        for member in members {
            guard let own = member.law.gradient(at: proportions) else { return nil }
            for index in sum.indices { sum[index] += member.weight * own[index] }
        }
        return sum
    }

    package func curvature(at proportions: [Double]) -> [Double]? {
        var sum = [Double](repeating: 0, count: proportions.count * proportions.count)
        for member in members {
            guard let own = member.law.curvature(at: proportions) else { return nil }
            Curvature.add(own, times: member.weight, to: &sum)
        }
        return sum
    }

    package var isConvex: Bool { members.allSatisfy(\.law.isConvex) }

    /// Of each part under its name, such as "s[web] of loss/code".
    package func parameters(domains: [String]) -> [String: Double] {
        var values: [String: Double] = [:]
        for member in members {
            for (symbol, value) in member.law.parameters(domains: domains) {
                values["\(symbol) of \(member.name)"] = value
            }
        }
        return values
    }

    package var notes: [String] {
        members.flatMap { member in member.law.notes.map { "\(member.name): \($0)" } }
    }

    package func at(_ scale: MixtureScale) -> WeightedMixture? {
        var moved = self
        for index in members.indices {
            guard let law = members[index].law.at(scale) else { return nil }
            moved.members[index].law = law
        }
        return moved
    }

    package var withoutRepetition: WeightedMixture {
        var other = self
        for index in members.indices {
            other.members[index].law = members[index].law.withoutRepetition
        }
        return other
    }
}

extension MixtureData {
    /// The same runs with one part as their loss.
    func part(_ place: Int) -> MixtureData {
        var data = self
        data.parts = []
        for index in data.runs.indices {
            data.runs[index].loss = runs[index].partLosses[place]
            data.runs[index].partLosses = []
        }
        return data
    }

    /// Runs whose loss is the weighted sum of their parts' losses.
    ///
    /// - Parameter losses: a line per run with one value per part.
    package init(
        domains: [String],
        runs: [Run],
        parts: [TargetPart],
        losses: [[Double]],
        availableTokens: [Double?] = []
    ) throws(MixtureError) {
        guard losses.count == runs.count, losses.allSatisfy({ $0.count == parts.count }) else {
            throw .invalid(
                field: "target",
                reason: "Expected one loss for each of the \(parts.count) parts of the target in"
                    + " each of the \(runs.count) runs."
            )
        }
        self.init(domains: domains, runs: runs, availableTokens: availableTokens)
        self.parts = parts
        for index in runs.indices {
            self.runs[index].partLosses = losses[index]
            self.runs[index].loss = zip(parts, losses[index]).reduce(0) { sum, pair in
                sum + pair.0.weight * pair.1
            }
        }
    }
}
