package import Foundation
import Postgres
import Runs

extension FitStore {
    /// A worker that was silent so long has died; its job is given to another.
    private static let silenceMicroseconds: Int64 = 60_000_000
    /// A job that took this many workers down with it is given to no other.
    private static let attemptLimit = 3

    package func enqueue(_ job: FitJob, now: Int64) async throws(StorageError) {
        let request = String(decoding: job.request, as: UTF8.self)
        let made = try await database.session { (session) async throws(StorageError) in
            try await session.execute(
                """
                INSERT INTO fit (fit_id, project_id, law, seed, request, is_automatic, created_at)
                SELECT \(job.id), project_id, \(job.law), \(Int64(bitPattern: job.seed)),
                    \(request)::jsonb, \(job.isAutomatic), \(now)
                FROM project WHERE project_id = \(job.projectID.uuid)
                """
            )
        }
        guard made == 1 else { throw .notFound(kind: "project", id: job.projectID.hex) }
    }

    /// The oldest waiting job, now `owner`'s; nil when none waits. What people ask for goes before
    /// what the server does by itself.
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
                    started_at = \(now), progress = 0, attempt_count = attempt_count + 1
                WHERE fit_id = (
                    SELECT fit_id FROM fit
                    WHERE status = 'queued' OR status = 'running'
                        AND heartbeat_at < \(now - Self.silenceMicroseconds)
                    ORDER BY is_automatic, created_at FOR UPDATE SKIP LOCKED LIMIT 1
                )
                RETURNING fit_id, project_id, law, request, seed, is_automatic
                """
            ) { (row) throws(PostgresError) in
                FitJob(
                    id: try row.value(0),
                    projectID: ProjectID(try row.value(1)),
                    law: try row.value(2),
                    request: Data(try row.value(3, as: String.self).utf8),
                    seed: UInt64(bitPattern: try row.value(4)),
                    isAutomatic: try row.value(5)
                )
            }
        }
    }

    /// A sign of life with the share done, 0 to 1; false when the job is no longer the owner's, who
    /// should stop.
    package func heartbeat(
        _ id: UUID,
        owner: String,
        progress: Double = 0,
        now: Int64
    ) async throws(StorageError) -> Bool {
        let share = progress.isFinite ? min(1, max(0, progress)) : 0
        return try await database.session { (session) async throws(StorageError) in
            try await session.execute(
                """
                UPDATE fit SET heartbeat_at = \(now), progress = \(share)
                WHERE fit_id = \(id) AND owner = \(owner) AND status = 'running'
                """
            ) == 1
        }
    }

    /// Cancels a job that waits or is worked on; its worker learns of it by the next heartbeat.
    /// False when it has ended already or there is none.
    package func cancel(_ id: UUID, now: Int64) async throws(StorageError) -> Bool {
        try await database.session { (session) async throws(StorageError) in
            try await session.execute(
                """
                UPDATE fit SET status = 'cancelled', finished_at = \(now)
                WHERE fit_id = \(id) AND status IN ('queued', 'running')
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
        let ended: SQL =
            switch outcome {
            case .finished(let result):
                """
                status = 'finished', run_count = \(result.runCount),
                result = \(String(decoding: result.body, as: UTF8.self))::jsonb,
                summary = \(result.summary.map { String(decoding: $0, as: UTF8.self) })::jsonb,
                code_version = \(result.codeVersion)
                """
            case .failed(let code, let message):
                "status = 'failed', error_code = \(code), error_message = \(message)"
            }
        return try await database.session { (session) async throws(StorageError) in
            try await session.execute(
                """
                UPDATE fit SET \(ended), finished_at = \(now)
                WHERE fit_id = \(id) AND owner = \(owner) AND status = 'running'
                """
            ) == 1
        }
    }
}
