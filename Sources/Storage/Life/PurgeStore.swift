import Foundation
import Postgres
package import Runs

/// Removes for good what was deleted, in bounded steps that a crash may end anywhere: a run or a
/// project that is being purged says so in its own row, which goes last.
package struct PurgeStore: Sendable {
    let database: Database
    private let packer: SearchPacker
    /// Rows removed by one statement.
    private static let rowsPerStep = 1_000

    init(database: Database, packer: SearchPacker) {
        self.database = database
        self.packer = packer
    }

    /// A run on its way out, with the project that says where its artifacts are.
    package struct Item: Sendable, Hashable {
        package var runID: RunID
        package var projectID: ProjectID
    }

    /// Marks what was deleted before `deadline` (microseconds since 1970; nil marks nothing by
    /// age), and the runs of purged projects, a bounded number at a time. Returns how many.
    package func claim(
        deletedBefore deadline: Int64?,
        now: Int64,
        limit: Int
    ) async throws(StorageError) -> Int {
        let bound = deadline ?? Int64.min
        return try await database.transaction { (session) async throws(StorageError) in
            // Projects first: a project never comes back after some of its runs are gone.
            var count = try await session.execute(
                """
                UPDATE project SET is_purging = true
                WHERE project_id IN (SELECT project_id FROM project
                    WHERE deleted_at < \(bound) AND NOT is_purging
                    ORDER BY project_id FOR UPDATE SKIP LOCKED)
                """
            )
            for condition: SQL in [
                "r.deleted_at < \(bound)",
                "r.project_id IN (SELECT p.project_id FROM project p WHERE p.is_purging)",
            ] {
                count += try await session.execute(
                    """
                    UPDATE run SET is_purging = true, deleted_at = coalesce(deleted_at, \(now))
                    WHERE run_id IN (SELECT r.run_id FROM run r
                        WHERE \(condition) AND NOT r.is_purging
                        ORDER BY r.run_id LIMIT \(limit) FOR UPDATE SKIP LOCKED)
                    """
                )
            }
            return count
        }
    }

    /// Runs that are being purged and were deleted before `settled` (microseconds since 1970), so
    /// that no writer is still at work that found them alive.
    package func waiting(settled: Int64, limit: Int) async throws(StorageError) -> [Item] {
        try await database.session { (session) async throws(StorageError) in
            try await session.rows(
                """
                SELECT run_id, project_id FROM run WHERE is_purging AND deleted_at < \(settled)
                ORDER BY run_id LIMIT \(limit)
                """
            ) { (row) throws(PostgresError) in
                Item(runID: RunID(try row.value(0)), projectID: ProjectID(try row.value(1)))
            }
        }
    }

    /// Removes what hangs on a run that is being purged, its own row excepted.
    package func empty(_ id: RunID) async throws(StorageError) {
        for table in Self.runTables {
            while try await deleteSome(from: table, where: "run_id = \(id.uuid)") {}
        }
    }

    /// Removes the rows of emptied runs. What a merger or a writer that was already at work brought
    /// in the meantime goes with them.
    package func remove(_ items: [Item]) async throws(StorageError) {
        let ids = items.map(\.runID.uuid).sorted()
        guard !ids.isEmpty else { return }
        try await database.transaction { (session) async throws(StorageError) in
            try await session.execute(
                "SELECT 1 FROM run WHERE run_id = ANY(\(ids)) ORDER BY run_id FOR UPDATE"
            )
            // Mergers take it before they lock rows, and so do we.
            try await MergeLock.take(ids, session)
            try await session.execute(
                """
                SELECT 1 FROM run_activity WHERE run_id = ANY(\(ids)) ORDER BY run_id FOR UPDATE
                """
            )
            for table in Self.runTables {
                try await session.execute("DELETE FROM \(table) WHERE run_id = ANY(\(ids))")
            }
            for (project, runs) in Dictionary(grouping: items, by: \.projectID)
                .sorted(by: { $0.key.uuid < $1.key.uuid })
            {
                try await packer.forget(runs.map(\.runID), of: project, session)
            }
            // A model outlives the run that made it.
            try await session.execute(
                "UPDATE logged_model SET run_id = NULL WHERE run_id = ANY(\(ids))"
            )
            try await session.execute("DELETE FROM run_activity WHERE run_id = ANY(\(ids))")
            try await session.execute("DELETE FROM run WHERE run_id = ANY(\(ids)) AND is_purging")
        }
    }

    /// Projects that are being purged and have no run any more.
    package func emptyProjects() async throws(StorageError) -> [ProjectID] {
        try await database.session { (session) async throws(StorageError) in
            try await session.rows(
                """
                SELECT project_id FROM project p
                WHERE is_purging AND NOT EXISTS (
                    SELECT 1 FROM run r WHERE r.project_id = p.project_id)
                """
            ) { (row) throws(PostgresError) in ProjectID(try row.value(0)) }
        }
    }

    /// Removes a project without runs, which frees its name; of project 0, which always exists,
    /// only what it held.
    package func remove(_ id: ProjectID, now: Int64) async throws(StorageError) {
        for table in Self.projectTables {
            while try await deleteSome(from: table, where: "project_id = \(id.uuid)") {}
        }
        try await database.transaction { (session) async throws(StorageError) in
            try await session.execute(
                """
                DELETE FROM project p WHERE p.project_id = \(id.uuid) AND p.is_purging
                    AND p.mlflow_experiment_id <> 0
                    AND NOT EXISTS (SELECT 1 FROM run r WHERE r.project_id = p.project_id)
                """
            )
            try await session.execute(
                """
                UPDATE project SET is_purging = false, deleted_at = NULL, tags = '{}',
                    role_mapping = '{}', updated_at = \(now)
                WHERE project_id = \(id.uuid) AND is_purging AND mlflow_experiment_id = 0
                """
            )
        }
    }

    /// Lets a deleted project go at once; one that is not deleted is `notDeleted`.
    package func purgeNow(_ id: ProjectID) async throws(StorageError) {
        let count = try await database.session { (session) async throws(StorageError) in
            try await session.execute(
                """
                UPDATE project SET is_purging = true
                WHERE project_id = \(id.uuid) AND deleted_at IS NOT NULL
                """
            )
        }
        guard count == 1 else { throw .notDeleted(kind: "project", id: id.hex) }
    }

    /// True while there may be more.
    private func deleteSome(
        from table: SQL,
        where condition: SQL
    ) async throws(StorageError) -> Bool {
        try await database.session { (session) async throws(StorageError) in
            try await session.execute(
                """
                DELETE FROM \(table) WHERE \(condition) AND ctid = ANY(ARRAY(
                    SELECT ctid FROM \(table) WHERE \(condition) LIMIT \(Self.rowsPerStep)))
                """
            ) == Self.rowsPerStep
        }
    }

    /// Every table whose rows belong to one run, but `run_activity` and `run`.
    private static let runTables: [SQL] = [
        "segment", "chunk", "metric", "param", "tag", "param_change", "attempt", "run_dataset",
        "run_model",
    ]

    /// Every table whose rows belong to one project and to no run.
    private static let projectTables: [SQL] = [
        "fit", "prediction", "online_mixture", "document", "search_column", "search_block",
        "logged_model", "dataset",
    ]
}
