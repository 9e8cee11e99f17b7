package import Foundation
import Postgres
package import Runs

/// The memories of rules that mix data while a job runs. A memory is JSON that only its rule reads.
package struct OnlineMixtureStore: Sendable {
    private let database: Database

    init(database: Database) { self.database = database }

    package struct Record: Sendable {
        package var id: UUID
        package var projectID: ProjectID
        /// The run whose series hold the trace.
        package var runID: RunID?
        package var memory: Data
        package var version: Int64
        /// Microseconds since 1970.
        package var createdAt: Int64
        package var updatedAt: Int64
    }

    /// - Parameter limit: rules a project may hold; more are a `conflict`.
    package func create(
        projectID: ProjectID,
        runID: RunID?,
        memory: Data,
        limit: Int,
        now: Int64
    ) async throws(StorageError) -> UUID {
        let id = UUID()
        let text = String(decoding: memory, as: UTF8.self)
        let made = try await database.session { (session) async throws(StorageError) in
            try await session.execute(
                """
                INSERT INTO online_mixture
                    (online_mixture_id, project_id, run_id, memory, created_at, updated_at)
                SELECT \(id), \(projectID.uuid), \(runID?.uuid)::uuid, \(text)::jsonb, \(now), \(now)
                WHERE (SELECT count(*) FROM online_mixture
                    WHERE project_id = \(projectID.uuid)) < \(limit)
                """
            )
        }
        guard made == 1 else {
            throw .conflict(
                constraint: "online_mixture_limit",
                message: "this project holds \(limit) online mixtures, which is as many as it can"
            )
        }
        return id
    }

    /// nil when there is none.
    package func find(_ id: UUID) async throws(StorageError) -> Record? {
        try await records("WHERE online_mixture_id = \(id)").first
    }

    /// Newest first.
    package func list(
        projectID: ProjectID,
        limit: Int
    ) async throws(StorageError) -> [Record] {
        try await records(
            """
            WHERE project_id = \(projectID.uuid)
            ORDER BY created_at DESC, online_mixture_id DESC LIMIT \(limit)
            """
        )
    }

    /// Keeps a new memory; false when another request was faster, and nothing is stored.
    package func replace(
        _ id: UUID,
        version: Int64,
        memory: Data,
        now: Int64
    ) async throws(StorageError) -> Bool {
        let text = String(decoding: memory, as: UTF8.self)
        return try await database.session { (session) async throws(StorageError) in
            try await session.execute(
                """
                UPDATE online_mixture SET memory = \(text)::jsonb, version = version + 1,
                    updated_at = \(now)
                WHERE online_mixture_id = \(id) AND version = \(version)
                """
            ) == 1
        }
    }

    private func records(_ condition: SQL) async throws(StorageError) -> [Record] {
        try await database.session { (session) async throws(StorageError) in
            try await session.rows(
                """
                SELECT online_mixture_id, project_id, run_id, memory, version, created_at,
                    updated_at
                FROM online_mixture \(condition)
                """
            ) { (row) throws(PostgresError) in
                let run: UUID? = try row.optional(2)
                return Record(
                    id: try row.value(0),
                    projectID: ProjectID(try row.value(1)),
                    runID: run.map { RunID($0) },
                    memory: Data(try row.value(3, as: String.self).utf8),
                    version: try row.value(4),
                    createdAt: try row.value(5),
                    updatedAt: try row.value(6)
                )
            }
        }
    }
}
