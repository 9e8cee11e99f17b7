import Foundation
import Postgres
package import Runs

/// Projects: made, found, renamed, tagged, softly deleted and restored.
package struct ProjectStore: Sendable {
    private let database: Database

    init(database: Database) { self.database = database }

    private static let columns: SQL = """
        p.project_id, p.mlflow_experiment_id, p.name, p.tags, p.created_at, p.updated_at, p.deleted_at,
        p.is_purging
        """

    private static func decode(_ row: Row) throws(PostgresError) -> Project {
        var project = Project(
            id: ProjectID(try row.value(0)),
            experimentID: try row.value(1),
            name: try row.value(2),
            tags: try JSONText.decode(try row.value(3)),
            createdAt: try row.value(4),
            updatedAt: try row.value(5),
            deletedAt: try row.optional(6)
        )
        project.isPurging = try row.value(7)
        return project
    }

    /// A name that exists, deleted or not, is a `conflict` of `project_name_is_unique`.
    package func create(
        name: String,
        tags: [String: String] = [:],
        now: Int64
    ) async throws(StorageError) -> Project {
        let id = UUID(timeOrdered: now, random: (.random(in: 0 ... .max), .random(in: 0 ... .max)))
        let tagText = try JSONText.encode(tags)
        return try await database.session { (session) async throws(StorageError) in
            let made = try await session.first(
                """
                INSERT INTO project AS p (project_id, name, tags, created_at, updated_at)
                VALUES (\(id), \(name), \(tagText)::jsonb, \(now), \(now)) RETURNING \(Self.columns)
                """,
                Self.decode
            )
            return try Self.found(made, name)
        }
    }

    /// nil when there is none; deleted projects are found.
    package func find(id: ProjectID) async throws(StorageError) -> Project? {
        try await first("WHERE p.project_id = \(id.uuid)")
    }

    /// nil when there is none; deleted projects are found.
    package func find(name: String) async throws(StorageError) -> Project? {
        try await first("WHERE p.name = \(name)")
    }

    /// nil when there is none; deleted projects are found.
    package func find(experimentID: Int64) async throws(StorageError) -> Project? {
        try await first("WHERE p.mlflow_experiment_id = \(experimentID)")
    }

    /// Those that exist; deleted projects are found.
    package func find(experimentIDs: [Int64]) async throws(StorageError) -> [Project] {
        try await database.session { (session) async throws(StorageError) in
            try await session.rows(
                """
                SELECT \(Self.columns) FROM project p
                WHERE p.mlflow_experiment_id = ANY(\(experimentIDs))
                """,
                Self.decode
            )
        }
    }

    private func first(_ condition: SQL) async throws(StorageError) -> Project? {
        try await database.session { (session) async throws(StorageError) in
            try await session.first(
                "SELECT \(Self.columns) FROM project p \(condition)",
                Self.decode
            )
        }
    }

    /// All projects, newest first.
    package func list(includeDeleted: Bool = false) async throws(StorageError) -> [Project] {
        try await database.session { (session) async throws(StorageError) in
            try await session.rows(
                """
                SELECT \(Self.columns) FROM project p
                WHERE \(includeDeleted) OR p.deleted_at IS NULL
                ORDER BY p.created_at DESC, p.mlflow_experiment_id
                """,
                Self.decode
            )
        }
    }

    package func rename(
        _ id: ProjectID,
        to name: String,
        now: Int64
    ) async throws(StorageError) -> Project {
        try await update(id, "name = \(name), updated_at = \(now)")
    }

    @discardableResult
    package func setTag(
        _ id: ProjectID,
        key: String,
        value: String,
        now: Int64
    ) async throws(StorageError) -> Project {
        let pair = try JSONText.encode([key: value])
        return try await update(id, "tags = tags || \(pair)::jsonb, updated_at = \(now)")
    }

    /// A tag that is not there is no error.
    @discardableResult
    package func deleteTag(
        _ id: ProjectID,
        key: String,
        now: Int64
    ) async throws(StorageError) -> Project {
        try await update(id, "tags = tags - \(key), updated_at = \(now)")
    }

    /// Renames the project when `name` is given and changes tags; a nil value removes one.
    package func change(
        _ id: ProjectID,
        name: String?,
        tags: [String: String?],
        now: Int64
    ) async throws(StorageError) -> Project {
        let set = try JSONText.encode(tags.compactMapValues { $0 })
        let removed = tags.filter { $0.value == nil }.keys.sorted()
        return try await update(
            id,
            """
            name = coalesce(\(name), name), tags = (tags - \(removed)::text[]) || \(set)::jsonb,
            updated_at = \(now)
            """
        )
    }

    package func roleMapping(_ id: ProjectID) async throws(StorageError) -> RoleMapping {
        let found = try await database.session { (session) async throws(StorageError) in
            try await session.first(
                "SELECT role_mapping FROM project WHERE project_id = \(id.uuid)"
            ) { (row) throws(PostgresError) -> RoleMapping in
                try JSONText.decode(try row.value(0))
            }
        }
        return try Self.found(found, id.hex)
    }

    /// The mappings of those projects that have one of their own.
    package func roleMappings(
        _ ids: [ProjectID]
    ) async throws(StorageError) -> [ProjectID: RoleMapping] {
        let found = try await database.session { (session) async throws(StorageError) in
            try await session.rows(
                """
                SELECT project_id, role_mapping FROM project
                WHERE project_id = ANY(\(ids.map(\.uuid))) AND role_mapping <> '{}'
                """
            ) { (row) throws(PostgresError) -> (ProjectID, RoleMapping) in
                (ProjectID(try row.value(0)), try JSONText.decode(try row.value(1)))
            }
        }
        return Dictionary(found, uniquingKeysWith: { first, _ in first })
    }

    package func setRoleMapping(
        _ id: ProjectID,
        _ mapping: RoleMapping,
        now: Int64
    ) async throws(StorageError) {
        let text = try JSONText.encode(mapping)
        _ = try await update(id, "role_mapping = \(text)::jsonb, updated_at = \(now)")
    }

    /// Marks the project and its runs as deleted; again changes nothing.
    package func delete(_ id: ProjectID, now: Int64) async throws(StorageError) {
        try await database.transaction { (session) async throws(StorageError) in
            let count = try await session.execute(
                """
                UPDATE project SET deleted_at = coalesce(deleted_at, \(now)), updated_at = \(now)
                WHERE project_id = \(id.uuid)
                """
            )
            guard count == 1 else { throw .notFound(kind: "project", id: id.hex) }
            let ids = try await session.rows(
                """
                UPDATE run r SET deleted_at = p.deleted_at FROM project p
                WHERE p.project_id = \(id.uuid) AND r.project_id = p.project_id
                    AND r.deleted_at IS NULL
                RETURNING r.run_id
                """
            ) { (row) throws(PostgresError) -> UUID in try row.value(0) }
            try await RunWriting.touch(ids, now: now, isSignOfLife: false, session)
        }
    }

    /// Undoes `delete`, for the runs too that were deleted by it and not before. A project that is
    /// being removed for good is `purging`.
    package func restore(_ id: ProjectID, now: Int64) async throws(StorageError) {
        try await database.transaction { (session) async throws(StorageError) in
            let isPurging = try await session.first(
                "SELECT is_purging FROM project WHERE project_id = \(id.uuid) FOR UPDATE"
            ) { (row) throws(PostgresError) -> Bool in try row.value(0) }
            guard isPurging != true else { throw .purging(kind: "project", id: id.hex) }
            let ids = try await session.rows(
                """
                UPDATE run r SET deleted_at = NULL FROM project p
                WHERE p.project_id = \(id.uuid) AND r.project_id = p.project_id
                    AND r.deleted_at = p.deleted_at AND NOT r.is_purging
                RETURNING r.run_id
                """
            ) { (row) throws(PostgresError) -> UUID in try row.value(0) }
            try await RunWriting.touch(ids, now: now, isSignOfLife: false, session)
            let count = try await session.execute(
                """
                UPDATE project SET deleted_at = NULL, updated_at = \(now)
                WHERE project_id = \(id.uuid)
                """
            )
            guard count == 1 else { throw .notFound(kind: "project", id: id.hex) }
        }
    }

    private func update(
        _ id: ProjectID,
        _ assignments: SQL
    ) async throws(StorageError) -> Project {
        let changed = try await database.session { (session) async throws(StorageError) in
            try await session.first(
                """
                UPDATE project AS p SET \(assignments) WHERE p.project_id = \(id.uuid)
                RETURNING \(Self.columns)
                """,
                Self.decode
            )
        }
        return try Self.found(changed, id.hex)
    }

    private static func found<Value>(
        _ value: Value?,
        _ id: String
    ) throws(StorageError) -> Value {
        guard let value else { throw .notFound(kind: "project", id: id) }
        return value
    }
}
