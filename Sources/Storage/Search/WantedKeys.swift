import Postgres
import Runs

/// Which params, tags and metrics are read of runs, as conditions on their rows.
enum WantedKeys: Sendable {
    case all
    /// These, and where roles are asked for also what they may be read from.
    case keys(Set<SearchKey>, forRoles: Bool)

    /// A condition on the column that names the param; nil when none is wanted.
    func params(_ column: SQL) -> SQL? {
        condition(column, \.paramName, areNested: true)
    }

    func tags(_ column: SQL) -> SQL? { condition(column, \.tagName, areNested: false) }

    func metrics(_ column: SQL) -> SQL? { condition(column, \.metricName, areNested: false) }

    /// Names of params may be dotted, and end in a name that says a role.
    private func condition(
        _ column: SQL,
        _ name: (SearchKey) -> String?,
        areNested: Bool
    ) -> SQL? {
        guard case .keys(let keys, let forRoles) = self else { return "true" }
        var names = Set(keys.compactMap(name))
        if forRoles { names.formUnion(RoleResolver.plainNames) }
        guard !names.isEmpty else { return nil }
        // Some hundred names: a table of hashes is made of them once, which `= ANY` of a parameter
        // is not. `IS TRUE` keeps the planner from looking each up in the index of each run.
        let plain: SQL = "(\(column) IN (SELECT unnest(\(names.sorted())))) IS TRUE"
        guard forRoles, areNested else { return plain }
        return "((\(plain)) OR position('.' in \(column)) > 0 OR position('/' in \(column)) > 0)"
    }
}

extension SearchKey {
    fileprivate var paramName: String? { if case .param(let name) = self { name } else { nil } }
    fileprivate var tagName: String? { if case .tag(let name) = self { name } else { nil } }
    fileprivate var metricName: String? {
        switch self {
        case .metric(let name), .maximum(let name): name
        default: nil
        }
    }
}
