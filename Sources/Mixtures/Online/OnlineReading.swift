/// Limits of what a client may send.
package enum OnlineLimits {
    package static let domainsCount = 1000
    /// Losses and products beyond this are errors of measurement.
    package static let largestValue = 1e12
}

extension OnlineSetup {
    init(
        _ specification: OnlineSpecification,
        settings cards: [OnlineRuleCard.Setting]
    ) throws(MixtureError) {
        let names = specification.domains
        guard names.count >= 2, names.count <= OnlineLimits.domainsCount,
            Set(names).count == names.count, names.allSatisfy({ !$0.isEmpty })
        else {
            throw .invalid(
                field: "domains",
                reason: "domains must be 2 to 1,000 names, each once and not empty."
            )
        }
        domains = names
        graph = specification.graph
        start = try Self.start(specification.start, names)
        settings = try Self.settings(specification.settings ?? [:], cards)
    }

    private static func start(
        _ given: [String: Double]?,
        _ names: [String]
    ) throws(MixtureError) -> [Double] {
        guard let given else { return names.map { _ in 1 / Double(names.count) } }
        try PresetInput.check("start", given)
        try PresetInput.checkNames("start", given.keys, within: names)
        let sum = given.orderedSum
        guard abs(sum - 1) <= 0.02 else {
            throw .invalid(field: "start", reason: "start sums to \(sum); shares must sum to 1.")
        }
        return names.map { (given[$0] ?? 0) / sum }
    }

    private static func settings(
        _ given: [String: Double],
        _ cards: [OnlineRuleCard.Setting]
    ) throws(MixtureError) -> [String: Double] {
        for name in given.keys.sorted() where !cards.contains(where: { $0.name == name }) {
            let known = cards.isEmpty ? "none" : cards.map(\.name).joined(separator: ", ")
            throw .invalid(
                field: "settings",
                reason: "\(name) is no setting of this rule; it has \(known)."
            )
        }
        var values: [String: Double] = [:]
        for card in cards {
            let value = given[card.name] ?? card.value
            guard value >= card.low, value <= card.high else {
                throw .invalid(
                    field: "settings",
                    reason: "\(card.name) is \(value); \(card.low) … \(card.high) was expected."
                )
            }
            values[card.name] = value
        }
        return values
    }
}

extension OnlineSample {
    init(_ observation: OnlineObservation, domains: [String]) throws(MixtureError) {
        let given = observation.losses ?? [:]
        let reference = observation.referenceLosses ?? [:]
        let excess = observation.excessLosses ?? [:]
        try Self.check("losses", given)
        try Self.check("referenceLosses", reference)
        try Self.check("excessLosses", excess)
        try PresetInput.checkNames("excessLosses", excess.keys, within: domains)
        try PresetInput.checkNames("referenceLosses", reference.keys, within: domains)
        allLosses = given
        losses = domains.map { given[$0] }
        excessLosses = domains.map { name in
            if let value = excess[name] { return value }
            guard let loss = given[name], let base = reference[name] else { return nil }
            return max(loss - base, 0)
        }
        sampled = nil
        if let name = observation.sampledDomain {
            guard let index = domains.firstIndex(of: name) else {
                throw .invalid(
                    field: "sampledDomain",
                    reason: "sampledDomain is \(name), which is no domain of this mixture."
                )
            }
            sampled = index
        }
        gradientProducts = try observation.gradientProducts.map { (table) throws(MixtureError) in
            try Self.products(table, domains)
        }
        targetProducts = try observation.targetProducts.map { (table) throws(MixtureError) in
            try Self.targetSums(table, domains)
        }
    }

    private static func check(
        _ field: String,
        _ values: [String: Double]
    ) throws(MixtureError) {
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            guard value.isFinite, value >= 0, value <= OnlineLimits.largestValue else {
                throw .invalid(
                    field: field,
                    reason: "\(field) of \(name) is \(value); a number from 0 to 1e12 was expected."
                )
            }
        }
    }

    private static func products(
        _ table: [String: [String: Double]],
        _ domains: [String]
    ) throws(MixtureError) -> [[Double]] {
        var rows: [[Double]] = []
        for name in domains {
            var row: [Double] = []
            for other in domains {
                let value = table[name]?[other] ?? table[other]?[name] ?? .nan
                guard abs(value) <= OnlineLimits.largestValue else {
                    throw .invalid(
                        field: "gradientProducts",
                        reason: "The product of \(name) and \(other) is missing or not finite."
                    )
                }
                row.append(value)
            }
            rows.append(row)
        }
        return rows
    }

    private static func targetSums(
        _ table: [String: [String: Double]],
        _ domains: [String]
    ) throws(MixtureError) -> [Double] {
        var sums: [Double] = []
        for name in domains {
            let sum = table[name]?.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value } ?? .nan
            guard abs(sum) <= OnlineLimits.largestValue else {
                throw .invalid(
                    field: "targetProducts",
                    reason: "The products of \(name) with the targets are missing or not finite."
                )
            }
            sums.append(sum)
        }
        return sums
    }
}
