import Foundation

extension ConstraintReader {
    /// The reference in the order of the domains; nil when there is none.
    func reference() throws(MixtureError) -> [Double]? {
        guard let named = constraints.reference else { return nil }
        return try Self.mixture(named, domains: domains, field: "reference")
    }

    /// A mixture by name, scaled to sum to 1; domains that are not named have none.
    static func mixture(
        _ named: [String: Double],
        domains: [String],
        field: String
    ) throws(MixtureError) -> [Double] {
        let reader = ConstraintReader(domains: domains, constraints: .init(), targets: [:])
        var values = [Double](repeating: 0, count: domains.count)
        for name in named.keys.sorted() {
            values[try reader.index(name, field)] = named[name] ?? 0
        }
        let sum = values.reduce(0, +)
        guard sum > 0, sum.isFinite, values.allSatisfy({ $0 >= 0 }) else {
            throw .invalid(
                field: field,
                reason: "\(field) needs proportions that are not negative and not all 0."
            )
        }
        return values.map { $0 / sum }
    }

    private func neededReference(_ field: String) throws(MixtureError) -> [Double] {
        guard let reference = try reference() else {
            throw .invalid(
                field: "reference",
                reason: "\(field) is measured from a reference mixture; give reference."
            )
        }
        return reference
    }

    func addBalls(_ set: inout FeasibleSet) throws(MixtureError) {
        if let limit = constraints.distanceLimit {
            let radius = try Self.number(limit, "distanceLimit", in: 0...2)
            let text = "L1 distance to the reference at most \(radius.short)"
            set.balls.append(
                .init(
                    centre: try neededReference("distanceLimit"),
                    radius: radius,
                    cause: .init(kind: .distance, subject: "reference", limit: radius, text: text)
                )
            )
        }
        if let limit = constraints.divergenceLimit {
            let radius = try Self.number(limit, "divergenceLimit", in: 0...100)
            let reference = try neededReference("divergenceLimit")
            let text = "divergence from the reference at most \(radius.short) nats"
            let cause = ConstraintCause(
                kind: .divergence,
                subject: "reference",
                limit: radius,
                text: text
            )
            set.limits.append(
                .init(function: Divergence(reference: reference), limit: radius, cause: cause)
            )
            addZeros(of: reference, cause, &set)
        }
        if let weight = constraints.divergenceWeight, weight != 0 {
            _ = try Self.number(weight, "divergenceWeight", in: 0...1e6)
            let reference = try neededReference("divergenceWeight")
            let text = "divergence from a reference without this domain is infinite"
            let cause = ConstraintCause(
                kind: .divergence,
                subject: "reference",
                limit: 0,
                text: text
            )
            addZeros(of: reference, cause, &set)
        }
    }

    /// A domain that the reference lacks makes the divergence infinite, so it stays out.
    private func addZeros(
        of reference: [Double],
        _ cause: ConstraintCause,
        _ set: inout FeasibleSet
    ) {
        for (domain, value) in reference.enumerated() where value == 0 {
            set.rows.append(.init(coefficients: [domain: 1], limit: 0, cause: cause))
        }
    }

    func addCeilings(_ set: inout FeasibleSet) throws(MixtureError) {
        for ceiling in constraints.ceilings {
            guard let law = targets[ceiling.target] else {
                throw .invalid(
                    field: "ceilings",
                    reason: "ceilings names \(ceiling.target), for which there is no fitted law;"
                        + " there are " + targets.keys.sorted().joined(separator: ", ") + "."
                )
            }
            let limit = try limit(of: ceiling, law)
            let text = "\(ceiling.target) at most \(limit.short)"
            let cause = ConstraintCause(
                kind: .ceiling,
                subject: ceiling.target,
                limit: limit,
                text: text
            )
            set.limits.append(.init(function: law, limit: limit, cause: cause))
        }
    }

    private func limit(
        of ceiling: MixtureConstraints.Ceiling,
        _ law: any SmoothFunction
    ) throws(MixtureError) -> Double {
        switch (ceiling.limit, ceiling.margin) {
        case (let limit?, nil):
            return try Self.number(limit, "ceilings.limit", in: -1e12...1e12)
        case (nil, let margin?):
            _ = try Self.number(margin, "ceilings.margin", in: -1e12...1e12)
            let value = law.value(try neededReference("ceilings.margin")) + margin
            return try Self.number(value, "ceilings.margin", in: -1e12...1e12)
        default:
            throw .invalid(
                field: "ceilings",
                reason: "The ceiling of \(ceiling.target) needs either limit or margin."
            )
        }
    }
}
