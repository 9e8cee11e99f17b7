import API
import Mixtures

/// What the JSON of constraints may hold: a misspelt bound would silently be none.
enum ConstraintMembers {
    private static let top = [
        "bounds", "minimum", "maximum", "availableTokens", "maximumEpochs", "domainEpochs",
        "targetTokens",
        "discountsRepetition", "groups", "frozen", "reference", "distanceLimit", "divergenceLimit",
        "divergenceWeight", "ceilings",
    ]
    private static let lists = [
        "groups": ["name", "domains", "low", "high"], "frozen": ["name", "shares"],
        "ceilings": ["target", "limit", "margin"],
    ]

    /// Throws for a member that means nothing, with the names that do.
    static func check(_ json: AnyJSON) throws(APIError) {
        guard case .object(let members) = json else {
            throw APIError(
                .invalid,
                "constraints must be a JSON object.",
                hint: #"For example {"bounds": {"code": {"low": 0.1}}}."#,
                field: "constraints"
            )
        }
        try check(members, top, "constraints")
        if case .object(let bounds) = members["bounds"] {
            for (domain, range) in bounds.sorted(by: { $0.key < $1.key }) {
                guard case .object(let ends) = range else { continue }
                try check(ends, ["low", "high"], "constraints.bounds.\(domain.prefix(80))")
            }
        }
        for (name, known) in lists.sorted(by: { $0.key < $1.key }) {
            guard case .array(let items) = members[name] else { continue }
            for (place, item) in items.enumerated() {
                guard case .object(let parts) = item else { continue }
                try check(parts, known, "constraints.\(name)[\(place)]")
            }
        }
    }

    private static func check(
        _ members: [String: AnyJSON],
        _ known: [String],
        _ field: String
    ) throws(APIError) {
        guard let odd = members.keys.filter({ !known.contains($0) }).min() else { return }
        throw APIError(
            .invalid,
            "\(field) has a member \(odd.prefix(80)), which means nothing; there are "
                + known.joined(separator: ", ") + ".",
            field: field
        )
    }
}
