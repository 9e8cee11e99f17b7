import Foundation
import Postgres
import Runs

extension FitStore {
    /// How patiently refits follow the runs that arrive.
    package struct RefitRule: Sendable, Hashable {
        /// Microseconds after the end of a law's last fit before it is fitted again.
        package var pause: Int64
        /// The pause is this many times as long as the last fit took, if that is longer.
        package var pausePerDuration: Int64
        /// Laws there are.
        package var laws: [String]
        /// Refits asked for at once.
        package var limit: Int

        package init(pause: Int64, pausePerDuration: Int64 = 20, laws: [String], limit: Int = 16) {
            self.pause = pause
            self.pausePerDuration = pausePerDuration
            self.laws = laws
            self.limit = limit
        }
    }

    /// Queues refits where a run finished after the last fit of a law was asked for: as the last
    /// finished fit was asked for, with its query, options and seed. A law that waits or is being
    /// fitted is left alone. Returns how many were queued.
    package func enqueueRefits(_ rule: RefitRule, now: Int64) async throws(StorageError) -> Int {
        try await database.session { (session) async throws(StorageError) in
            try await session.execute(
                """
                INSERT INTO fit
                    (fit_id, project_id, law, seed, request, is_automatic, created_at)
                SELECT gen_random_uuid(), last.project_id, last.law, model.seed, model.request,
                    true, \(now)
                FROM (
                    SELECT DISTINCT ON (project_id, law) project_id, law, status, created_at,
                        started_at, finished_at
                    FROM fit ORDER BY project_id, law, created_at DESC, fit_id DESC
                ) last
                CROSS JOIN LATERAL (
                    SELECT f.seed, f.request FROM fit f
                    WHERE f.project_id = last.project_id AND f.law = last.law
                        AND f.status = 'finished'
                    ORDER BY f.finished_at DESC, f.fit_id DESC LIMIT 1
                ) model
                JOIN project p ON p.project_id = last.project_id AND p.deleted_at IS NULL
                WHERE last.law = ANY(\(rule.laws))
                    AND last.status NOT IN ('queued', 'running')
                    AND last.finished_at + greatest(\(rule.pause), \(rule.pausePerDuration)
                        * (last.finished_at - coalesce(last.started_at, last.finished_at)))
                        <= \(now)
                    AND EXISTS (
                        SELECT 1 FROM run r WHERE r.project_id = last.project_id
                            AND r.status = 'finished' AND r.deleted_at IS NULL
                            AND r.updated_at > last.created_at
                    )
                ORDER BY last.finished_at LIMIT \(rule.limit)
                ON CONFLICT DO NOTHING
                """
            )
        }
    }

    /// Takes the bodies of old refits, and very old refits whole, so that a project that changes
    /// for months keeps its last ones and the course of its parameters.
    package func thinRefits(
        keepingBodies bodies: Int,
        rows: Int
    ) async throws(StorageError) {
        try await database.session { (session) async throws(StorageError) in
            let ranked: SQL = """
                SELECT fit_id, row_number() OVER (
                    PARTITION BY project_id, law ORDER BY finished_at DESC, fit_id DESC) AS place
                FROM fit WHERE is_automatic AND status <> 'queued' AND status <> 'running'
                """
            try await session.execute(
                """
                UPDATE fit SET result = NULL FROM (\(ranked)) ranked
                WHERE fit.fit_id = ranked.fit_id AND ranked.place > \(bodies)
                    AND fit.result IS NOT NULL
                """
            )
            try await session.execute(
                """
                DELETE FROM fit USING (\(ranked)) ranked
                WHERE fit.fit_id = ranked.fit_id AND ranked.place > \(rows)
                """
            )
        }
    }
}
