package import API
package import Runs

/// Where a project's runs get each role from, counted over all of them. Pure.
package enum RoleSummary {
    package static func summarise(_ runs: [Run], resolver: RoleResolver) -> RolesMessage {
        let resolved = runs.map { resolver.resolve($0) }
        let roles = Role.allCases.map { summary(of: $0, in: resolved, mapping: resolver.mapping) }
            .filter { $0.role.isCommon || $0.resolvedRuns > 0 || $0.kind == .mapped }
        let conventions = resolved.compactMap(\.parameterConvention)
        return RolesMessage(
            parameterConvention: resolver.mapping.parameterConvention
                ?? mostFrequent(conventions),
            roles: roles
        )
    }

    private static func summary(
        of role: Role,
        in runs: [ResolvedRoles],
        mapping: RoleMapping
    ) -> RoleMessage {
        var message = RoleMessage(role: role)
        var sources: [RoleSource] = []
        var reasons: [String] = []
        for run in runs {
            if let source = run.sources[role] {
                message.resolvedRuns += 1
                sources.append(source)
            } else {
                message.missingRuns += 1
                run.missing[role].map { reasons.append($0) }
            }
        }
        let source = mostFrequent(sources)
        message.expression = source?.expression ?? mapping.expressions[role]
        message.kind = source?.kind ?? (mapping.expressions[role] == nil ? nil : .mapped)
        message.reason = mostFrequent(reasons)
        return message
    }

    /// The first of the most frequent values, so that the answer does not change between calls.
    private static func mostFrequent<Value: Hashable>(_ values: [Value]) -> Value? {
        var counts: [Value: Int] = [:]
        for value in values { counts[value, default: 0] += 1 }
        let most = counts.values.max()
        return values.first { counts[$0] == most }
    }
}
