import Foundation
import Postgres
import Runs

/// Reads runs row by row into columns: those in no block, and those about to be packed.
struct UnpackedReading {
    /// Which keys are read of each run.
    enum Wanted {
        case all
        /// These, and where roles are asked for also what they may be read from.
        case keys(Set<SearchKey>, forRoles: Bool)
    }

    private var builder = SearchTableBuilder()
    private var rows: [UUID: Int] = [:]

    var cellCount: Int { builder.cellCount }
    var count: Int { builder.count }

    func block(_ projectID: ProjectID) -> SearchBlock { builder.block(projectID) }

    /// Takes the head of a run; they must come in the order of their ids.
    mutating func append(_ run: Run) {
        let row = builder.append(run.id)
        rows[run.id.uuid] = row
        builder.set(.attribute(.name), row, run.name)
        builder.set(.attribute(.status), row, run.status.rawValue)
        builder.set(.attribute(.user), row, run.userName)
        builder.set(.attribute(.parent), row, run.parentID?.hex)
        builder.set(.attribute(.group), row, run.groupName)
        builder.set(.attribute(.start), row, Double(run.startTime))
        builder.set(.attribute(.end), row, run.endTime.map(Double.init))
        builder.set(.attribute(.updated), row, Double(run.updatedAt))
        builder.set(.attribute(.deleted), row, run.deletedAt.map(Double.init))
    }

    /// Adds params, tags and metrics of runs that were appended.
    mutating func complete(
        _ ids: [UUID],
        _ wanted: Wanted,
        _ session: Session
    ) async throws(StorageError) {
        guard !ids.isEmpty else { return }
        if let names = Self.condition(wanted, "key", \.paramName, nesting: true) {
            let params: SQL =
                "SELECT run_id, key, value FROM param WHERE \(Self.runs(ids)) AND \(names)"
            try await texts(params, { .param($0) }, session)
        }
        if let names = Self.condition(wanted, "key", \.tagName, nesting: false) {
            let tags: SQL =
                "SELECT run_id, key, value FROM tag WHERE \(Self.runs(ids)) AND \(names)"
            try await texts(tags, { .tag($0) }, session)
        }
        if let names = Self.condition(wanted, "name", \.metricName, nesting: false) {
            try await metrics(ids, names, session)
        }
    }

    private static func runs(_ ids: [UUID]) -> SQL { "run_id = ANY(\(ids))" }

    /// nil when nothing of the kind is wanted.
    private static func condition(
        _ wanted: Wanted,
        _ column: SQL,
        _ name: (SearchKey) -> String?,
        nesting: Bool
    ) -> SQL? {
        guard case .keys(let keys, let forRoles) = wanted else { return "true" }
        var names = Set(keys.compactMap(name))
        if forRoles { names.formUnion(RoleResolver.plainNames) }
        guard !names.isEmpty else { return nil }
        let plain: SQL = "\(column) = ANY(\(names.sorted()))"
        guard forRoles, nesting else { return plain }
        return "(\(plain) OR position('.' in \(column)) > 0 OR position('/' in \(column)) > 0)"
    }

    private mutating func texts(
        _ sql: SQL,
        _ key: (String) -> SearchKey,
        _ session: Session
    ) async throws(StorageError) {
        let values = try await session.rows(sql) {
            (row) throws(PostgresError) -> (UUID, String, String) in
            (try row.value(0), try row.value(1), try row.value(2))
        }
        for (id, name, text) in values {
            if let row = rows[id] { builder.set(key(name), row, text) }
        }
    }

    private mutating func metrics(
        _ ids: [UUID],
        _ names: SQL,
        _ session: Session
    ) async throws(StorageError) {
        let values = try await session.rows(
            """
            SELECT run_id, name, last_value, maximum FROM metric
            WHERE \(Self.runs(ids)) AND \(names)
            """
        ) { (row) throws(PostgresError) -> (UUID, String, Double, Double?) in
            (try row.value(0), try row.value(1), try row.value(2), try row.optional(3))
        }
        for (id, name, last, maximum) in values {
            guard let row = rows[id] else { continue }
            builder.set(.metric(name), row, last)
            if SearchKey.maximumNames.contains(name) {
                builder.set(.maximum(name), row, maximum)
            }
        }
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
