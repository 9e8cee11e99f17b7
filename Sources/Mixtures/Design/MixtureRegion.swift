/// The mixtures that a design may use: bounds, epoch caps and groups, on the simplex. It is never
/// empty, and knows a mixture inside.
package struct MixtureRegion: Sendable {
    package let domains: [String]
    let constraints: MixtureConstraints
    private let set: FeasibleSet
    /// d least and greatest shares; the least sum to at most 1.
    package let low: [Double]
    package let high: [Double]
    let groups: [Group]
    /// Strictly between all bounds that leave room.
    package let centre: [Double]
    /// Mixtures at the ends: most and least of each domain, then of each group.
    package let corners: [[Double]]

    /// Bounds of the sum of some domains.
    struct Group: Sendable {
        var isMember: [Bool]
        var low = 0.0
        var high = 1.0

        var members: [Int] { isMember.indices.filter { isMember[$0] } }
    }

    package static let domainsLimit = 200

    package init(
        domains: [String],
        constraints: MixtureConstraints = MixtureConstraints()
    ) throws(MixtureError) {
        try Self.check(domains)
        self.domains = domains
        self.constraints = constraints
        let reader = ConstraintReader(domains: domains, constraints: constraints, targets: [:])
        set = try reader.read()
        guard set.balls.isEmpty, set.limits.isEmpty, constraints.frozen.isEmpty else {
            throw .invalid(
                field: "constraints",
                reason: "The runs of a design keep bounds, epoch caps and groups; frozen groups,"
                    + " distances, divergences and ceilings are for an optimum."
            )
        }
        if set.hasEmptyBox { throw set.emptiness }
        let reduced = set.reduced()
        (low, high) = (reduced.lower, reduced.upper)
        groups = Self.groups(reduced.rows, domains.count)
        guard let found = RegionCorners(low: low, high: high, groups: groups) else {
            throw set.emptiness
        }
        centre = found.centre
        corners = found.corners
    }

    /// Rows over the same domains are one group.
    private static func groups(_ rows: [ReducedRows.Row], _ count: Int) -> [Group] {
        var groups: [Group] = []
        for row in rows {
            var isMember = [Bool](repeating: false, count: count)
            for index in row.indices { isMember[index] = true }
            let known = groups.firstIndex { $0.isMember == isMember }
            let place = known ?? groups.count
            if known == nil { groups.append(Group(isMember: isMember)) }
            if row.coefficients.allSatisfy({ $0 > 0 }) {
                groups[place].high = min(groups[place].high, row.limit)
            } else {
                groups[place].low = max(groups[place].low, -row.limit)
            }
        }
        return groups
    }

    /// The same region with no domain above these shares.
    func capped(at most: [Double]) throws(MixtureError) -> MixtureRegion {
        var tighter = constraints
        for (index, name) in domains.enumerated() {
            tighter.bounds[name, default: .init()].high = min(most[index], high[index])
        }
        return try MixtureRegion(domains: domains, constraints: tighter)
    }

    package var dimension: Int { domains.count }

    /// Roundings of sums over all domains.
    package static let tolerance = 1e-9

    package func contains(_ mixture: [Double]) -> Bool {
        mixture.count == dimension && mixture.allSatisfy(\.isFinite)
            && set.violation(of: mixture) <= Self.tolerance
    }

    private static func check(_ domains: [String]) throws(MixtureError) {
        guard domains.count >= 2, domains.count <= domainsLimit,
            Set(domains).count == domains.count, domains.allSatisfy({ !$0.isEmpty })
        else {
            throw .invalid(
                field: "domains",
                reason: "domains must be 2 to \(domainsLimit) names, each once and not empty;"
                    + " \(domains.count) were given."
            )
        }
    }
}
