/// Where the value of a role came from.
package struct RoleSource: Sendable, Hashable, Codable {
    package enum Kind: String, Sendable, Hashable, Codable {
        /// Logged under the role's own name.
        case canonical
        /// Logged under a well-known other name.
        case alias
        /// Computed from other values, as the expression says.
        case derived
        /// Given by the project's user.
        case mapped
    }

    /// The name or formula, in the language of `Expression`.
    package var expression: String
    package var kind: Kind

    package init(expression: String, kind: Kind) {
        self.expression = expression
        self.kind = kind
    }
}

/// What one run says about each role. Every role is either in `values` and `sources`, or in
/// `missing`.
package struct ResolvedRoles: Sendable {
    /// In the unit of the role; all positive and finite, but a loss may be NaN or infinite.
    package var values: [Role: Double] = [:]
    package var sources: [Role: RoleSource] = [:]
    /// Why a role has no value, as a sentence that says what would give it one.
    package var missing: [Role: String] = [:]
    /// Which parameters `parameterCount` counts; nil when nobody said.
    package var parameterConvention: String?

    package init() {}

    mutating func set(_ role: Role, _ value: Double, _ expression: String, _ kind: RoleSource.Kind)
    {
        values[role] = value
        sources[role] = RoleSource(expression: expression, kind: kind)
    }
}
