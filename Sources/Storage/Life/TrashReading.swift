import Foundation
import Postgres
package import Runs

/// A deleted run or project that can still come back.
package struct TrashedRun: Sendable, Hashable {
    package var id: RunID
    package var name: String
    package var projectID: ProjectID
    package var projectName: String
    /// Microseconds since 1970.
    package var deletedAt: Int64
    package var isPurging: Bool
}

package struct TrashedProject: Sendable, Hashable {
    package var id: ProjectID
    package var name: String
    /// Microseconds since 1970.
    package var deletedAt: Int64
    package var isPurging: Bool
    package var runCount: Int
}

/// Where a page of deleted runs ended.
package struct TrashCursor: Sendable, Hashable, Codable {
    package var deletedAt: Int64
    package var id: RunID

    package init(deletedAt: Int64, id: RunID) {
        self.deletedAt = deletedAt
        self.id = id
    }
}

extension PurgeStore {
    /// Deleted projects, the last deleted first, at most `limit`.
    package func trashedProjects(limit: Int) async throws(StorageError) -> [TrashedProject] {
        try await database.session { (session) async throws(StorageError) in
            try await session.rows(
                """
                SELECT p.project_id, p.name, p.deleted_at, p.is_purging,
                    (SELECT count(*) FROM run r WHERE r.project_id = p.project_id)
                FROM project p WHERE p.deleted_at IS NOT NULL
                ORDER BY p.deleted_at DESC, p.project_id LIMIT \(limit)
                """
            ) { (row) throws(PostgresError) in
                TrashedProject(
                    id: ProjectID(try row.value(0)),
                    name: try row.value(1),
                    deletedAt: try row.value(2),
                    isPurging: try row.value(3),
                    runCount: try row.value(4)
                )
            }
        }
    }

    /// Deleted runs of projects that are not deleted, the last deleted first.
    package func trashedRuns(
        of project: ProjectID?,
        after cursor: TrashCursor?,
        limit: Int
    ) async throws(StorageError) -> [TrashedRun] {
        let time = cursor?.deletedAt ?? Int64.max
        let id = cursor?.id.uuid
        return try await database.session { (session) async throws(StorageError) in
            try await session.rows(
                """
                SELECT r.run_id, r.name, r.project_id, p.name, r.deleted_at, r.is_purging
                FROM run r JOIN project p USING (project_id)
                WHERE r.deleted_at IS NOT NULL AND p.deleted_at IS NULL
                    AND (\(project == nil) OR r.project_id = \(project?.uuid))
                    AND r.deleted_at <= \(time)
                    AND (r.deleted_at < \(time) OR \(id)::uuid IS NULL OR r.run_id < \(id))
                ORDER BY r.deleted_at DESC, r.run_id DESC LIMIT \(limit)
                """
            ) { (row) throws(PostgresError) in
                TrashedRun(
                    id: RunID(try row.value(0)),
                    name: try row.value(1),
                    projectID: ProjectID(try row.value(2)),
                    projectName: try row.value(3),
                    deletedAt: try row.value(4),
                    isPurging: try row.value(5)
                )
            }
        }
    }
}
