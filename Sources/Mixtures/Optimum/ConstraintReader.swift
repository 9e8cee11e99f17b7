import Foundation

/// Puts constraints by name into the order of the domains, and refuses what cannot be meant.
struct ConstraintReader {
    var domains: [String]
    var constraints: MixtureConstraints
    /// Predicted loss of each target, for ceilings.
    var targets: [String: any SmoothFunction]

    func read() throws(MixtureError) -> FeasibleSet {
        var set = FeasibleSet(domains: domains)
        try addFrozen(&set)
        try addBounds(&set)
        try addCaps(&set)
        try addGroups(&set)
        try addBalls(&set)
        try addCeilings(&set)
        return set
    }

    func index(_ name: String, _ field: String) throws(MixtureError) -> Int {
        guard let index = domains.firstIndex(of: name) else {
            throw .invalid(
                field: field,
                reason: "\(field) names \(name), which is no domain of these runs; they have "
                    + domains.joined(separator: ", ") + "."
            )
        }
        return index
    }

    static func number(
        _ value: Double,
        _ field: String,
        in range: ClosedRange<Double>
    ) throws(MixtureError) -> Double {
        guard range.contains(value) else {
            throw .invalid(
                field: field,
                reason: "\(field) is \(value); a number from \(range.lowerBound) to"
                    + " \(range.upperBound) was expected."
            )
        }
        return value
    }

    private func addBounds(_ set: inout FeasibleSet) throws(MixtureError) {
        for name in constraints.bounds.keys.sorted() {
            guard let range = constraints.bounds[name] else { continue }
            let domain = try index(name, "bounds")
            if let low = range.low {
                let value = try Self.number(low, "bounds.\(name).low", in: 0...1)
                let text = "\(name) at least \(value.short)"
                set.rows.append(
                    .init(
                        coefficients: [domain: -1],
                        limit: -value,
                        cause: .init(kind: .lowerBound, subject: name, limit: value, text: text)
                    )
                )
            }
            if let high = range.high {
                let value = try Self.number(high, "bounds.\(name).high", in: 0...1)
                let text = "\(name) at most \(value.short)"
                set.rows.append(
                    .init(
                        coefficients: [domain: 1],
                        limit: value,
                        cause: .init(kind: .upperBound, subject: name, limit: value, text: text)
                    )
                )
            }
        }
    }

    private func addCaps(_ set: inout FeasibleSet) throws(MixtureError) {
        for name in constraints.domainEpochs.keys.sorted() {
            _ = try index(name, "domainEpochs")
            guard constraints.availableTokens[name] != nil else {
                throw .invalid(
                    field: "availableTokens",
                    reason: "domainEpochs caps \(name), whose unique tokens are not in"
                        + " availableTokens; add them."
                )
            }
        }
        let caps = constraints.maximumEpochs != nil || !constraints.domainEpochs.isEmpty
        for name in constraints.availableTokens.keys.sorted() {
            let domain = try index(name, "availableTokens")
            let tokens = constraints.availableTokens[name] ?? 0
            _ = try Self.number(tokens, "availableTokens.\(name)", in: 0...1e18)
            let epochs = constraints.domainEpochs[name] ?? constraints.maximumEpochs
            guard caps, let epochs else { continue }
            _ = try Self.number(epochs, "maximumEpochs", in: 0...1e6)
            let total = try targetTokens()
            let share = tokens * epochs / total
            guard share < 1 else { continue }
            let text =
                "\(name) at most \(share.short): \(epochs.short) epochs of \(tokens.short) unique"
                + " tokens"
            set.rows.append(
                .init(
                    coefficients: [domain: 1],
                    limit: share,
                    cause: .init(kind: .epochCap, subject: name, limit: share, text: text)
                )
            )
        }
    }

    func targetTokens() throws(MixtureError) -> Double {
        guard let total = constraints.targetTokens, (1...1e18).contains(total) else {
            throw .invalid(
                field: "targetTokens",
                reason: "Epoch caps and repetition need targetTokens, the tokens of the run that"
                    + " the mixture is for: a number from 1 to 1e18."
            )
        }
        return total
    }

    private func addGroups(_ set: inout FeasibleSet) throws(MixtureError) {
        for group in constraints.groups {
            guard !group.domains.isEmpty else {
                throw .invalid(
                    field: "groups",
                    reason: "A group has no domains; name at least one."
                )
            }
            var members: [Int: Double] = [:]
            for name in group.domains { members[try index(name, "groups")] = 1 }
            if let low = group.low {
                let value = try Self.number(low, "groups.low", in: 0...1)
                let text = "\(group.title) together at least \(value.short)"
                set.rows.append(
                    .init(
                        coefficients: members.mapValues { -$0 },
                        limit: -value,
                        cause: .init(
                            kind: .groupLower,
                            subject: group.title,
                            limit: value,
                            text: text
                        )
                    )
                )
            }
            if let high = group.high {
                let value = try Self.number(high, "groups.high", in: 0...1)
                let text = "\(group.title) together at most \(value.short)"
                set.rows.append(
                    .init(
                        coefficients: members,
                        limit: value,
                        cause: .init(
                            kind: .groupUpper,
                            subject: group.title,
                            limit: value,
                            text: text
                        )
                    )
                )
            }
        }
    }

    private func addFrozen(_ set: inout FeasibleSet) throws(MixtureError) {
        var owner = [Int?](repeating: nil, count: domains.count)
        for (group, frozen) in constraints.frozen.enumerated() {
            let sum = frozen.shares.values.reduce(0, +)
            guard sum > 0, sum.isFinite, frozen.shares.values.allSatisfy({ $0 >= 0 }) else {
                throw .invalid(
                    field: "frozen",
                    reason: "The frozen group \(frozen.title) needs shares that are not negative"
                        + " and not all 0."
                )
            }
            for name in frozen.shares.keys.sorted() {
                let domain = try index(name, "frozen")
                guard owner[domain] == nil else {
                    throw .invalid(
                        field: "frozen",
                        reason: "\(name) is in two frozen groups; leave it in one."
                    )
                }
                owner[domain] = group
                set.factor[domain] = (frozen.shares[name] ?? 0) / sum
            }
        }
        // A frozen group stands where its first domain stands.
        var place: [Int: Int] = [:]
        var count = 0
        for domain in domains.indices {
            if let group = owner[domain] {
                if place[group] == nil {
                    place[group] = count
                    count += 1
                }
                set.variable[domain] = place[group] ?? 0
            } else {
                set.variable[domain] = count
                count += 1
            }
        }
        set.variableCount = count
    }
}

extension Double {
    /// Four digits, as people write shares and tokens.
    var short: String { String(format: "%.4g", self) }
}
