/// One thing that a search can read of a run: a column of a table of runs.
package enum SearchKey: Hashable, Sendable {
    /// What every run has. Times are microseconds since 1970; `deleted` is the time of deletion.
    package enum Attribute: String, Hashable, Sendable, CaseIterable {
        case id, name, status, user, parent, group, start, end, updated, deleted
    }

    case attribute(Attribute)
    case param(String)
    case tag(String)
    /// The last value of a metric.
    case metric(String)
    /// The greatest finite value of a metric; kept for the few names that a role is read from.
    case maximum(String)
    /// What the resolver of the project reads; computed, never stored.
    case role(Role)

    /// How the key is stored: one letter, a colon, the name.
    package var text: String {
        switch self {
        case .attribute(let attribute): "a:" + attribute.rawValue
        case .param(let name): "p:" + name
        case .tag(let name): "t:" + name
        case .metric(let name): "m:" + name
        case .maximum(let name): "x:" + name
        case .role(let role): "r:" + role.rawValue
        }
    }

    /// Reads what `text` wrote; nil for anything else.
    package init?(text: String) {
        let name = String(text.dropFirst(2))
        switch text.prefix(2) {
        case "a:":
            guard let attribute = Attribute(rawValue: name) else { return nil }
            self = .attribute(attribute)
        case "p:": self = .param(name)
        case "t:": self = .tag(name)
        case "m:": self = .metric(name)
        case "x:": self = .maximum(name)
        default: return nil
        }
    }

    /// Where a name of the query language is looked for, in this order; the first that a run has
    /// gives the value. The same as `Run.field`.
    package static func chain(for name: String) -> [SearchKey] {
        var keys: [SearchKey] = Role(rawValue: name).map { [.role($0)] } ?? []
        keys += [.param(name), .tag(name), .metric(name)]
        switch name {
        case "status": keys.append(.attribute(.status))
        case "name": keys.append(.attribute(.name))
        case "id": keys.append(.attribute(.id))
        case "user": keys.append(.attribute(.user))
        case "group": keys.append(.attribute(.group))
        case "parent": keys.append(.attribute(.parent))
        case "N": keys.append(.role(.parameterCount))
        case "D": keys.append(.role(.tokenCount))
        default: prefixed(name).map { keys.append($0) }
        }
        return keys
    }

    /// Where a sort field is looked for: as `chain`, but the times and names of a run come first.
    package static func sortChain(for name: String) -> [SearchKey] {
        switch name {
        case "startTime": [.attribute(.start)]
        case "endTime": [.attribute(.end)]
        case "updatedAt": [.attribute(.updated)]
        case "name": [.attribute(.name)]
        case "status": [.attribute(.status)]
        default: chain(for: name)
        }
    }

    private static func prefixed(_ name: String) -> SearchKey? {
        guard let dot = name.firstIndex(of: ".") else { return nil }
        let rest = String(name[name.index(after: dot)...])
        switch name[..<dot] {
        case "params": return .param(rest)
        case "tags": return .tag(rest)
        case "metrics": return .metric(rest)
        case "roles": return Role(rawValue: rest).map(SearchKey.role)
        default: return nil
        }
    }
}
