import Foundation
import Postgres
package import Runs

/// Runs of a project that carry one group name.
package struct RunGroup: Sendable, Hashable {
    package var name: String
    package var runCount: Int
    package var runningCount: Int
    /// Last change of any of them, microseconds since 1970.
    package var lastActivity: Int64
}

extension RunStore {
    /// The groups of a project's runs that are not deleted, the last changed first, at most
    /// `limit`.
    package func groups(
        of project: ProjectID,
        limit: Int
    ) async throws(StorageError) -> [RunGroup] {
        try await database.session { (session) async throws(StorageError) in
            try await session.rows(
                """
                SELECT r.group_name, count(*), count(*) FILTER (WHERE r.status = 'running'),
                    max(greatest(r.updated_at, a.updated_at)) AS activity
                FROM run r JOIN run_activity a USING (run_id)
                WHERE r.project_id = \(project.uuid) AND r.group_name IS NOT NULL
                    AND r.deleted_at IS NULL
                GROUP BY r.group_name ORDER BY activity DESC, r.group_name LIMIT \(limit)
                """
            ) { (row) throws(PostgresError) in
                RunGroup(
                    name: try row.value(0),
                    runCount: try row.value(1),
                    runningCount: try row.value(2),
                    lastActivity: try row.value(3)
                )
            }
        }
    }

    /// Names of the params of a project's runs, sorted.
    package func paramNames(of project: ProjectID) async throws(StorageError) -> [String] {
        try await database.session { (session) async throws(StorageError) in
            try await session.rows(
                """
                SELECT DISTINCT p.key FROM run r JOIN param p USING (run_id)
                WHERE r.project_id = \(project.uuid) AND r.deleted_at IS NULL ORDER BY p.key
                """
            ) { (row) throws(PostgresError) -> String in try row.value(0) }
        }
    }
}
