/// Finds what a run says about each role.
///
/// 1. A role that the project's user mapped is taken from that formula or is missing; nothing else
///    is tried in its place.
/// 2. Then names of `RoleAliases`, then the last part of dotted names (`optimizer.lr`); two of
///    those with different values are an ambiguity, not a choice.
/// 3. Then products of other roles, each shown as the formula it is.
/// 4. `None`, empty text and, but for a loss, values that are not positive and finite are no
///    values.
package struct RoleResolver: Sendable {
    package let mapping: RoleMapping
    private let mapped: [Role: Expression]
    /// Every name in a formula of the project.
    let mappedNames: Set<String>

    /// Aliases only.
    package static let automatic = RoleResolver()

    package init(mapping: RoleMapping) throws(ExpressionError) {
        self.mapping = mapping
        var mapped: [Role: Expression] = [:]
        for (role, text) in mapping.expressions {
            mapped[role] = try Expression(parsing: text)
        }
        self.mapped = mapped
        mappedNames = mapped.values.reduce(into: []) { $0.formUnion($1.names) }
    }

    private init() {
        mapping = RoleMapping()
        mapped = [:]
        mappedNames = []
    }

    /// - Parameter isExplaining: false leaves `missing` without the reasons of roles that were
    ///   simply not found, which a filter over many runs has no use for.
    package func resolve(_ run: Run, isExplaining: Bool = true) -> ResolvedRoles {
        var result = ResolvedRoles()
        let found = AliasSearch(run)
        for role in Role.allCases where mapped[role] == nil {
            found.take(role, into: &result)
        }
        for role in Role.allCases {
            if let expression = mapped[role] { take(role, expression, from: run, into: &result) }
        }
        let derivations = RoleDerivations(run: run, blocked: Set(mapped.keys))
        derivations.apply(to: &result)
        settleConvention(of: run, in: &result)
        guard isExplaining else { return result }
        for role in Role.allCases where result.values[role] == nil && result.missing[role] == nil {
            result.missing[role] = derivations.reason(role, in: result)
        }
        return result
    }

    private func take(
        _ role: Role,
        _ expression: Expression,
        from run: Run,
        into result: inout ResolvedRoles
    ) {
        let value = expression.evaluate { name in
            run.number(name, metricFirst: role == .loss)
                ?? Role(rawValue: name).flatMap { result.values[$0] }
        }
        guard let value else {
            let absent = expression.names
                .filter {
                    run.number($0) == nil && Role(rawValue: $0).flatMap { result.values[$0] } == nil
                }
                .sorted()
            result.missing[role] =
                "It is set to \(expression.text), but this run has no number "
                + absent.joined(separator: ", ") + "."
            return
        }
        guard role == .loss || (value.isFinite && value > 0) else {
            result.missing[role] =
                "It is set to \(expression.text), which is \(NumberText.text(value)); "
                + "it must be positive."
            return
        }
        result.set(role, value, expression.text, .mapped)
    }

    private func settleConvention(of run: Run, in result: inout ResolvedRoles) {
        result.parameterConvention =
            mapping.parameterConvention ?? run.tags[ParameterConvention.tag]
            ?? run.params["parameterConvention"]
        guard mapped[.parameterCount] == nil else { return }
        let special: [(Role, String)] = [
            (.nonEmbeddingParameterCount, "nonEmbedding"), (.activeParameterCount, "active"),
        ]
        for (role, convention) in special {
            guard let value = result.values[role] else { continue }
            let isWanted = result.parameterConvention == convention
            let isOnlyOne =
                result.values[.parameterCount] == nil && result.parameterConvention == nil
            guard isWanted || isOnlyOne else { continue }
            result.set(.parameterCount, value, role.rawValue, .derived)
            result.parameterConvention = convention
        }
    }
}

extension Run {
    /// The number a name stands for: a param, a metric's last value or a tag; `params.x` and
    /// `metrics.x` say which.
    func number(_ name: String, metricFirst: Bool = false) -> Double? {
        if metricFirst, let metric = metrics[name] { return metric.lastValue }
        if let text = params[name], let value = NumberText.number(text) { return value }
        if let metric = metrics[name] { return metric.lastValue }
        return field(name) { _ in nil }?.number
    }
}
