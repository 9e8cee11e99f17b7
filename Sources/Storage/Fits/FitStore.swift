package import Foundation
import Postgres
package import Runs

/// The queue of fits and their results. Workers of many servers share it: a job is taken in one
/// short statement, kept by heartbeats, and taken again when they stop.
package struct FitStore: Sendable {
    let database: Database

    init(database: Database) { self.database = database }

    /// nil when there is none.
    package func find(_ id: UUID) async throws(StorageError) -> FitRecord? {
        try await records("WHERE fit_id = \(id)").first
    }

    /// The last finished fit of a law in a project; nil when there is none.
    package func latest(
        projectID: ProjectID,
        law: String
    ) async throws(StorageError) -> FitRecord? {
        try await records(
            """
            WHERE project_id = \(projectID.uuid) AND law = \(law) AND status = 'finished'
            ORDER BY finished_at DESC, created_at DESC, fit_id DESC LIMIT 1
            """
        ).first
    }

    /// The last finished fit of a target over a project's mixtures, whatever its law, that still
    /// has its body; nil when there is none.
    package func latestMixture(
        projectID: ProjectID,
        target: String
    ) async throws(StorageError) -> FitRecord? {
        try await records(
            """
            WHERE project_id = \(projectID.uuid) AND status = 'finished' AND result IS NOT NULL
                AND request -> 'mixture' ->> 'target' = \(target)
            ORDER BY finished_at DESC, fit_id DESC LIMIT 1
            """
        ).first
    }

    /// The last finished fit of every target over a project's mixtures, by target.
    package func latestMixtures(
        projectID: ProjectID
    ) async throws(StorageError) -> [String: UUID] {
        let rows = try await database.session { (session) async throws(StorageError) in
            try await session.rows(
                """
                SELECT DISTINCT ON (target) request -> 'mixture' ->> 'target' AS target, fit_id
                FROM fit
                WHERE project_id = \(projectID.uuid) AND status = 'finished'
                    AND result IS NOT NULL AND request ? 'mixture'
                ORDER BY target, finished_at DESC, fit_id DESC
                """
            ) { (row) throws(PostgresError) -> (String, UUID) in
                (try row.value(0), try row.value(1))
            }
        }
        return Dictionary(rows, uniquingKeysWith: { first, _ in first })
    }

    /// The last fit of the same law and project that finished before this one was asked for and
    /// still has its body.
    package func before(_ fit: FitRecord) async throws(StorageError) -> FitRecord? {
        try await records(
            """
            WHERE project_id = \(fit.projectID.uuid) AND law = \(fit.law) AND status = 'finished'
                AND result IS NOT NULL AND fit_id <> \(fit.id) AND created_at <= \(fit.createdAt)
            ORDER BY finished_at DESC, fit_id DESC LIMIT 1
            """
        ).first
    }

    /// A finished fit without its body.
    package struct Finished: Sendable, Hashable {
        package var projectID: ProjectID
        package var law: String
        package var id: UUID
        /// Microseconds since 1970.
        package var finishedAt: Int64
    }

    /// The last finished fit of every law in each of these projects.
    package func newest(
        _ projects: [ProjectID]
    ) async throws(StorageError) -> [Finished] {
        try await database.session { (session) async throws(StorageError) in
            try await session.rows(
                """
                SELECT DISTINCT ON (project_id, law) project_id, law, fit_id, finished_at FROM fit
                WHERE project_id = ANY(\(projects.map(\.uuid))) AND status = 'finished'
                    AND finished_at IS NOT NULL
                ORDER BY project_id, law, finished_at DESC, fit_id DESC
                """
            ) { (row) throws(PostgresError) in
                Finished(
                    projectID: ProjectID(try row.value(0)),
                    law: try row.value(1),
                    id: try row.value(2),
                    finishedAt: try row.value(3)
                )
            }
        }
    }

    /// The last finished fit of each of these laws in a project, without their bodies, newest
    /// first.
    package func latest(
        projectID: ProjectID,
        laws: [String]
    ) async throws(StorageError) -> [FitRecord] {
        try await records(
            """
            WHERE fit_id IN (
                SELECT DISTINCT ON (law) fit_id FROM fit
                WHERE project_id = \(projectID.uuid) AND law = ANY(\(laws))
                    AND status = 'finished'
                ORDER BY law, finished_at DESC, fit_id DESC
            )
            ORDER BY finished_at DESC, fit_id DESC
            """,
            withResult: false
        )
    }

    /// Fits of a project without their bodies, newest first, the last 200.
    package func list(
        projectID: ProjectID,
        law: String? = nil
    ) async throws(StorageError) -> [FitRecord] {
        try await records(
            """
            WHERE project_id = \(projectID.uuid) AND (\(law)::text IS NULL OR law = \(law))
            ORDER BY created_at DESC, fit_id DESC LIMIT 200
            """,
            withResult: false
        )
    }

    /// When finished runs of a project were last written to, where that was after `since`: the
    /// latest 1,000 moments at most, newest first.
    package func finishedRunTimes(
        projectID: ProjectID,
        since: Int64
    ) async throws(StorageError) -> [Int64] {
        try await database.session { (session) async throws(StorageError) in
            try await session.rows(
                """
                SELECT greatest(r.updated_at, a.updated_at) AS heard
                FROM run r JOIN run_activity a USING (run_id)
                WHERE a.project_id = \(projectID.uuid) AND r.status = 'finished'
                    AND r.deleted_at IS NULL AND greatest(r.updated_at, a.updated_at) > \(since)
                ORDER BY heard DESC LIMIT \(Self.staleRunLimit)
                """
            ) { (row) throws(PostgresError) -> Int64 in try row.value(0) }
        }
    }

    /// More finished runs than this are not counted.
    package static let staleRunLimit = 1_000

    private func records(
        _ condition: SQL,
        withResult: Bool = true
    ) async throws(StorageError) -> [FitRecord] {
        let result: SQL = withResult ? "result" : "NULL::jsonb"
        return try await database.session { (session) async throws(StorageError) in
            try await session.rows(
                """
                SELECT fit_id, project_id, law, status, seed, request, \(result), run_count,
                    error_code, error_message, created_at, finished_at, summary, code_version,
                    progress, is_automatic, started_at
                FROM fit \(condition)
                """,
                Self.decode
            )
        }
    }

    private static func decode(_ row: Row) throws(PostgresError) -> FitRecord {
        let status: String = try row.value(3)
        guard let known = FitStatus(rawValue: status) else {
            throw .decoding(column: "status", wanted: "a fit status", found: status)
        }
        return FitRecord(
            id: try row.value(0),
            projectID: ProjectID(try row.value(1)),
            law: try row.value(2),
            status: known,
            seed: UInt64(bitPattern: try row.value(4)),
            request: Data(try row.value(5, as: String.self).utf8),
            result: try row.optional(6, as: String.self).map { Data($0.utf8) },
            summary: try row.optional(12, as: String.self).map { Data($0.utf8) },
            codeVersion: try row.optional(13),
            runCount: try row.optional(7),
            errorCode: try row.optional(8),
            errorMessage: try row.optional(9),
            progress: try row.optional(14),
            isAutomatic: try row.value(15),
            createdAt: try row.value(10),
            startedAt: try row.optional(16),
            finishedAt: try row.optional(11)
        )
    }
}
