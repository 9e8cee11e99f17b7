extension RunFilter {
    /// Whether the run passes; `roles` says what role names such as `tokenCount` stand for.
    package func matches(_ run: Run, roles: RoleResolver = .automatic) -> Bool {
        var resolved: ResolvedRoles?
        return matches { name in
            run.field(name) { role in
                let known = resolved ?? roles.resolve(run, isExplaining: false)
                resolved = known
                return known.values[role]
            }
        }
    }
}

extension Run {
    /// What a name of a filter or sort order stands for: a role, else a param, a tag, a metric's
    /// last value, `status`, `name`, `id`, `user`, `group` or `parent`. `params.x`, `tags.x`,
    /// `metrics.x` and `roles.x` say which is meant; N and D are the parameter and token counts of
    /// a run that has no param of that name.
    package func field(_ name: String, roleValue: (Role) -> Double?) -> FieldValue? {
        if let role = Role(rawValue: name), let value = roleValue(role) {
            return FieldValue(number: value)
        }
        if let text = params[name] ?? tags[name] { return FieldValue(text: text) }
        if let metric = metrics[name] { return FieldValue(number: metric.lastValue) }
        switch name {
        case "status": return FieldValue(text: status.rawValue)
        case "name": return FieldValue(text: self.name)
        case "id": return FieldValue(text: id.hex)
        case "user": return FieldValue(text: userName)
        case "group": return groupName.map(FieldValue.init(text:))
        case "parent": return parentID.map { FieldValue(text: $0.hex) }
        case "N": return roleValue(.parameterCount).map(FieldValue.init(number:))
        case "D": return roleValue(.tokenCount).map(FieldValue.init(number:))
        default: return prefixedField(name, roleValue: roleValue)
        }
    }

    private func prefixedField(_ name: String, roleValue: (Role) -> Double?) -> FieldValue? {
        guard let dot = name.firstIndex(of: ".") else { return nil }
        let rest = String(name[name.index(after: dot)...])
        switch name[..<dot] {
        case "params": return params[rest].map(FieldValue.init(text:))
        case "tags": return tags[rest].map(FieldValue.init(text:))
        case "metrics": return metrics[rest].map { FieldValue(number: $0.lastValue) }
        case "roles":
            return Role(rawValue: rest).flatMap(roleValue).map(FieldValue.init(number:))
        default: return nil
        }
    }
}
