package import Foundation
import Postgres
package import Runs

/// A fit that was asked for.
package struct FitJob: Sendable, Hashable {
    package var id: UUID
    package var projectID: ProjectID
    package var law: String
    /// JSON of what was asked.
    package var request: Data
    package var seed: UInt64

    package init(id: UUID, projectID: ProjectID, law: String, request: Data, seed: UInt64) {
        self.id = id
        self.projectID = projectID
        self.law = law
        self.request = request
        self.seed = seed
    }
}

package enum FitStatus: String, Sendable, Codable {
    case queued, running, finished, failed
}

/// A fit as it is stored.
package struct FitRecord: Sendable {
    package var id: UUID
    package var projectID: ProjectID
    package var law: String
    package var status: FitStatus
    package var seed: UInt64
    package var request: Data
    /// JSON of the fit, once finished.
    package var result: Data?
    /// Runs that informed the fit, once finished.
    package var runCount: Int?
    package var errorCode: String?
    package var errorMessage: String?
    /// Microseconds since 1970.
    package var createdAt: Int64
    package var finishedAt: Int64?
}

/// How a fit ended.
package enum FitOutcome: Sendable {
    /// JSON of the fit, and how many runs informed it.
    case finished(result: Data, runCount: Int)
    case failed(code: String, message: String)
}

/// The queue of fits and their results. Workers of many servers share it: a job is taken in one
/// short statement, kept by heartbeats, and taken again when they stop.
package struct FitStore: Sendable {
    private let database: Database
    /// A worker that was silent so long has died; its job is given to another.
    private static let silenceMicroseconds: Int64 = 60_000_000
    /// A job that took this many workers down with it is given to no other.
    private static let attemptLimit = 3

    init(database: Database) { self.database = database }

    package func enqueue(_ job: FitJob, now: Int64) async throws(StorageError) {
        let request = String(decoding: job.request, as: UTF8.self)
        let made = try await database.session { (session) async throws(StorageError) in
            try await session.execute(
                """
                INSERT INTO fit (fit_id, project_id, law, seed, request, created_at)
                SELECT \(job.id), project_id, \(job.law), \(Int64(bitPattern: job.seed)),
                    \(request)::jsonb, \(now)
                FROM project WHERE project_id = \(job.projectID.uuid)
                """
            )
        }
        guard made == 1 else { throw .notFound(kind: "project", id: job.projectID.hex) }
    }

    /// The oldest waiting job, now `owner`'s; nil when none waits.
    package func take(owner: String, now: Int64) async throws(StorageError) -> FitJob? {
        try await database.session { (session) async throws(StorageError) in
            try await session.execute(
                """
                UPDATE fit SET status = 'failed', finished_at = \(now), error_code = 'internal',
                    error_message = 'the server ended three times while it worked on this fit; '
                        || 'look into its log before asking again'
                WHERE status = 'running' AND heartbeat_at < \(now - Self.silenceMicroseconds)
                    AND attempt_count >= \(Self.attemptLimit)
                """
            )
            return try await session.first(
                """
                UPDATE fit SET status = 'running', owner = \(owner), heartbeat_at = \(now),
                    attempt_count = attempt_count + 1
                WHERE fit_id = (
                    SELECT fit_id FROM fit
                    WHERE status = 'queued' OR status = 'running'
                        AND heartbeat_at < \(now - Self.silenceMicroseconds)
                    ORDER BY created_at FOR UPDATE SKIP LOCKED LIMIT 1
                )
                RETURNING fit_id, project_id, law, request, seed
                """
            ) { (row) throws(PostgresError) in
                FitJob(
                    id: try row.value(0),
                    projectID: ProjectID(try row.value(1)),
                    law: try row.value(2),
                    request: Data(try row.value(3, as: String.self).utf8),
                    seed: UInt64(bitPattern: try row.value(4))
                )
            }
        }
    }

    /// A sign of life; false when the job is no longer the owner's, who should stop.
    package func heartbeat(
        _ id: UUID,
        owner: String,
        now: Int64
    ) async throws(StorageError) -> Bool {
        try await database.session { (session) async throws(StorageError) in
            try await session.execute(
                """
                UPDATE fit SET heartbeat_at = \(now)
                WHERE fit_id = \(id) AND owner = \(owner) AND status = 'running'
                """
            ) == 1
        }
    }

    /// Stores the end of a job; false when it is no longer the owner's, and nothing is stored.
    @discardableResult
    package func finish(
        _ id: UUID,
        owner: String,
        _ outcome: FitOutcome,
        now: Int64
    ) async throws(StorageError) -> Bool {
        let (status, result, runCount, code, message): (FitStatus, String?, Int?, String?, String?)
        switch outcome {
        case .finished(let data, let count):
            (status, result, runCount, code, message) =
                (.finished, String(decoding: data, as: UTF8.self), count, nil, nil)
        case .failed(let failure, let text):
            (status, result, runCount, code, message) = (.failed, nil, nil, failure, text)
        }
        return try await database.session { (session) async throws(StorageError) in
            try await session.execute(
                """
                UPDATE fit SET status = \(status.rawValue), result = \(result)::jsonb,
                    run_count = \(runCount), error_code = \(code), error_message = \(message),
                    finished_at = \(now)
                WHERE fit_id = \(id) AND owner = \(owner) AND status = 'running'
                """
            ) == 1
        }
    }

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

    /// Fits of a project, newest first, the last 200.
    package func list(
        projectID: ProjectID,
        law: String? = nil
    ) async throws(StorageError) -> [FitRecord] {
        try await records(
            """
            WHERE project_id = \(projectID.uuid) AND (\(law)::text IS NULL OR law = \(law))
            ORDER BY created_at DESC, fit_id DESC LIMIT 200
            """
        )
    }

    private func records(_ condition: SQL) async throws(StorageError) -> [FitRecord] {
        try await database.session { (session) async throws(StorageError) in
            try await session.rows(
                """
                SELECT fit_id, project_id, law, status, seed, request, result, run_count, error_code,
                    error_message, created_at, finished_at
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
            runCount: try row.optional(7),
            errorCode: try row.optional(8),
            errorMessage: try row.optional(9),
            createdAt: try row.value(10),
            finishedAt: try row.optional(11)
        )
    }
}
