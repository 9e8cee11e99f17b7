/// A project's own words for the roles, given by its user; what is not set is found automatically.
package struct RoleMapping: Sendable, Codable, Hashable {
    /// Formulas over params and metrics, in the language of `Expression`.
    package var expressions: [Role: String]
    /// Which parameters a bare `parameterCount` counts: `total`, `nonEmbedding` or `active`.
    package var parameterConvention: String?

    package init(expressions: [Role: String] = [:], parameterConvention: String? = nil) {
        self.expressions = expressions
        self.parameterConvention = parameterConvention
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        expressions =
            try container.decodeIfPresent([Role: String].self, forKey: .expressions) ?? [:]
        parameterConvention =
            try container.decodeIfPresent(String.self, forKey: .parameterConvention)
    }
}

/// The words for which parameters are counted, and the tag an imported run keeps its word in.
package enum ParameterConvention {
    package static let known = ["total", "nonEmbedding", "active"]
    package static let tag = "isoloss.parameterConvention"
}

/// Marks a run whose loss blew up; its value is `true`.
package enum DivergedTag {
    package static let name = "isoloss.diverged"
}
