/// The mixtures that a design may use: bounds of each domain and of sums over groups, on the
/// simplex. It is never empty, and knows a mixture inside.
package struct MixtureRegion: Sendable, Hashable {
    package let domains: [String]
    /// d least and greatest shares; the least sum to at most 1.
    package let low: [Double]
    package let high: [Double]
    let groups: [IndexedGroup]
    /// Strictly between all bounds that leave room.
    package let centre: [Double]
    /// Mixtures at the ends: most and least of each domain and group.
    package let corners: [[Double]]

    /// Bounds of the sum of some domains, by name.
    package struct Group: Sendable, Hashable, Codable {
        package var name: String
        package var domains: [String]
        package var low: Double?
        package var high: Double?

        package init(name: String, domains: [String], low: Double? = nil, high: Double? = nil) {
            self.name = name
            self.domains = domains
            self.low = low
            self.high = high
        }
    }

    struct IndexedGroup: Sendable, Hashable {
        var name: String
        var members: [Int]
        var isMember: [Bool]
        var low: Double
        var high: Double
    }

    package static let domainsLimit = 200

    /// - Parameters:
    ///   - minimum: least share of a domain; 0 for a name that is missing.
    ///   - maximum: greatest share; 1 for a name that is missing.
    package init(
        domains: [String],
        minimum: [String: Double] = [:],
        maximum: [String: Double] = [:],
        groups: [Group] = []
    ) throws(MixtureError) {
        try Self.check(domains)
        try Self.check("minimum", minimum, domains)
        try Self.check("maximum", maximum, domains)
        self.domains = domains
        low = domains.map { minimum[$0] ?? 0 }
        high = domains.map { maximum[$0] ?? 1 }
        var indexed: [IndexedGroup] = []
        for group in groups { indexed.append(try Self.indexed(group, domains)) }
        self.groups = indexed
        let found = try RegionCorners(domains: domains, low: low, high: high, groups: indexed)
        centre = found.centre
        corners = found.corners
    }

    /// All mixtures of the domains with the same least share each.
    package init(domains: [String], minimumEach: Double) throws(MixtureError) {
        try self.init(
            domains: domains,
            minimum: Dictionary(domains.map { ($0, minimumEach) }) { first, _ in first }
        )
    }

    package var dimension: Int { domains.count }

    /// By how much a mixture oversteps a bound, or its sum 1; 0 inside.
    package func violation(of mixture: [Double]) -> Double {
        var worst = abs(mixture.reduce(0, +) - 1)
        for index in low.indices {
            worst = max(worst, low[index] - mixture[index], mixture[index] - high[index])
        }
        for group in groups {
            let sum = group.members.reduce(0) { $0 + mixture[$1] }
            worst = max(worst, group.low - sum, sum - group.high)
        }
        return worst
    }

    /// Roundings of sums over all domains.
    package static let tolerance = 1e-9

    package func contains(_ mixture: [Double]) -> Bool {
        mixture.count == dimension && mixture.allSatisfy(\.isFinite)
            && violation(of: mixture) <= Self.tolerance
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

    private static func check(
        _ field: String,
        _ values: [String: Double],
        _ domains: [String]
    ) throws(MixtureError) {
        try PresetInput.checkNames(field, values.keys, within: domains)
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            guard value >= 0, value <= 1 else {
                throw .invalid(
                    field: field,
                    reason: "\(field) of \(name) is \(value); a share from 0 to 1 was expected."
                )
            }
        }
    }

    private static func indexed(
        _ group: Group,
        _ domains: [String]
    ) throws(MixtureError) -> IndexedGroup {
        try PresetInput.checkNames("groups", group.domains, within: domains)
        let wanted = Set(group.domains)
        let isMember = domains.map { wanted.contains($0) }
        let (low, high) = (group.low ?? 0, group.high ?? 1)
        guard !wanted.isEmpty, low >= 0, low <= 1, high >= 0, high <= 1 else {
            throw .invalid(
                field: "groups",
                reason: "Group \(group.name) must name domains and have bounds from 0 to 1."
            )
        }
        return IndexedGroup(
            name: group.name,
            members: domains.indices.filter { isMember[$0] },
            isMember: isMember,
            low: low,
            high: high
        )
    }
}
