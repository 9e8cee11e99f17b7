import Foundation
import Postgres
package import Runs

/// Models that clients log: made, found, listed, changed, softly deleted.
package struct ModelStore: Sendable {
    let database: Database

    private static let columns: SQL = """
        model_id, project_id, run_id, name, model_type, status, params::text, tags::text,
        created_at, updated_at, deleted_at
        """

    private static func decode(_ row: Row) throws(PostgresError) -> LoggedModel {
        let word: String = try row.value(5)
        guard let status = LoggedModel.Status(rawValue: word) else {
            throw .decoding(column: "status", wanted: "a model status", found: word)
        }
        return LoggedModel(
            id: ModelID(try row.value(0)),
            projectID: ProjectID(try row.value(1)),
            runID: try row.optional(2, as: UUID.self).map(RunID.init),
            name: try row.value(3),
            modelType: try row.value(4),
            status: status,
            params: try JSONText.decode(try row.value(6)),
            tags: try JSONText.decode(try row.value(7)),
            createdAt: try row.value(8),
            updatedAt: try row.value(9),
            deletedAt: try row.optional(10)
        )
    }

    package func create(_ model: LoggedModel) async throws(StorageError) {
        let params = try JSONText.encode(model.params)
        let tags = try JSONText.encode(model.tags)
        try await database.session { (session) async throws(StorageError) in
            _ = try await session.execute(
                """
                INSERT INTO logged_model (model_id, project_id, run_id, name, model_type, status,
                    params, tags, created_at, updated_at)
                VALUES (\(model.id.uuid), \(model.projectID.uuid), \(model.runID?.uuid),
                    \(model.name), \(model.modelType), \(model.status.rawValue), \(params)::jsonb,
                    \(tags)::jsonb, \(model.createdAt), \(model.updatedAt))
                """
            )
        }
    }

    /// nil when there is none; deleted models are found.
    package func find(_ id: ModelID) async throws(StorageError) -> LoggedModel? {
        try await database.session { (session) async throws(StorageError) in
            try await session.first(
                "SELECT \(Self.columns) FROM logged_model WHERE model_id = \(id.uuid)",
                Self.decode
            )
        }
    }

    /// One page of the models of some projects that are not deleted, newest first.
    /// - Parameter after: the last model of the page before.
    package func list(
        _ projects: [ProjectID],
        after: LoggedModel?,
        limit: Int
    ) async throws(StorageError) -> [LoggedModel] {
        let beyond: SQL =
            if let after {
                """
                (created_at < \(after.createdAt)
                    OR created_at = \(after.createdAt) AND model_id > \(after.id.uuid))
                """
            } else {
                "true"
            }
        return try await database.session { (session) async throws(StorageError) in
            try await session.rows(
                """
                SELECT \(Self.columns) FROM logged_model
                WHERE project_id = ANY(\(projects.map(\.uuid))) AND deleted_at IS NULL AND \(beyond)
                ORDER BY created_at DESC, model_id LIMIT \(limit)
                """,
                Self.decode
            )
        }
    }

    package func setStatus(
        _ id: ModelID,
        _ status: LoggedModel.Status,
        now: Int64
    ) async throws(StorageError) -> LoggedModel {
        try await update(id, "status = \(status.rawValue), updated_at = \(now)")
    }

    /// Params that stand keep their values.
    @discardableResult
    package func addParams(
        _ id: ModelID,
        _ params: [String: String],
        now: Int64
    ) async throws(StorageError) -> LoggedModel {
        let text = try JSONText.encode(params)
        return try await update(id, "params = \(text)::jsonb || params, updated_at = \(now)")
    }

    @discardableResult
    package func setTags(
        _ id: ModelID,
        _ tags: [String: String],
        now: Int64
    ) async throws(StorageError) -> LoggedModel {
        let text = try JSONText.encode(tags)
        return try await update(id, "tags = tags || \(text)::jsonb, updated_at = \(now)")
    }

    /// A tag that is not there is no error.
    @discardableResult
    package func deleteTag(
        _ id: ModelID,
        key: String,
        now: Int64
    ) async throws(StorageError) -> LoggedModel {
        try await update(id, "tags = tags - \(key), updated_at = \(now)")
    }

    /// Marks a model as deleted; again changes nothing.
    package func delete(_ id: ModelID, now: Int64) async throws(StorageError) {
        _ = try await update(
            id,
            "deleted_at = coalesce(deleted_at, \(now)), updated_at = \(now)"
        )
    }

    private func update(
        _ id: ModelID,
        _ assignments: SQL
    ) async throws(StorageError) -> LoggedModel {
        let changed = try await database.session { (session) async throws(StorageError) in
            try await session.first(
                """
                UPDATE logged_model SET \(assignments) WHERE model_id = \(id.uuid)
                RETURNING \(Self.columns)
                """,
                Self.decode
            )
        }
        guard let changed else { throw .notFound(kind: "model", id: id.hex) }
        return changed
    }
}
