import Foundation
import Postgres
package import Runs

package struct ImportResult: Sendable, Hashable {
    /// Runs that were not there before, or were deleted and are back.
    package var inserted: Int
    package var unchanged: Int

    package init(inserted: Int, unchanged: Int) {
        self.inserted = inserted
        self.unchanged = unchanged
    }
}

/// Stores runs read from a file: all of them or none, in one step that others see at once.
package struct ImportStore: Sendable {
    private let database: Database
    private static let runsPerStatement = 1_000

    init(database: Database) { self.database = database }

    /// A run's id is made of project and identity, so a second import of the same file finds the
    /// runs of the first and changes nothing. `progress` gets the share done, 0 to 1.
    package func commit(
        projectID: ProjectID,
        runs: [ImportedRun],
        now: Int64,
        progress: (@Sendable (Double) -> Void)? = nil
    ) async throws(StorageError) -> ImportResult {
        try await database.transaction { (session) async throws(StorageError) in
            try await Self.begin(projectID, session)
            var inserted = 0
            for start in stride(from: 0, to: runs.count, by: Self.runsPerStatement) {
                let end = min(start + Self.runsPerStatement, runs.count)
                inserted += try await store(runs[start..<end], projectID, now, session)
                progress?(Double(end) / Double(runs.count))
            }
            return ImportResult(inserted: inserted, unchanged: runs.count - inserted)
        }
    }

    /// Imports into one project go one after another; nothing else waits for them.
    private static func begin(_ id: ProjectID, _ session: Session) async throws(StorageError) {
        let known = try await session.execute(
            "SELECT 1 FROM project WHERE project_id = \(id.uuid)"
        )
        guard known == 1 else { throw .notFound(kind: "project", id: id.hex) }
        try await session.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(\(id.hex), 0))::text"
        )
    }

    private func store(
        _ runs: ArraySlice<ImportedRun>,
        _ projectID: ProjectID,
        _ now: Int64,
        _ session: Session
    ) async throws(StorageError) -> Int {
        let ids = try await identify(runs, projectID, session)
        let purging = try await session.execute(
            "SELECT 1 FROM run WHERE run_id = ANY(\(ids)) AND is_purging"
        )
        guard purging == 0 else {
            throw .unavailable("\(purging) of these runs are being removed for good")
        }
        let restored = try await session.rows(
            """
            UPDATE run SET deleted_at = NULL, updated_at = \(now)
            WHERE run_id = ANY(\(ids)) AND deleted_at IS NOT NULL RETURNING run_id
            """
        ) { (row) throws(PostgresError) -> UUID in try row.value(0) }
        let new = try await insert(runs, ids, projectID, now, session)
        try await RunWriting.touch(Array(new) + restored, now: now, session)
        var pending = new
        // Of runs with one identity in one file the first counts.
        let fresh = zip(ids, runs).filter { pending.remove($0.0) != nil }
        let stamp = fresh.map { (RunID($0.0), $0.1) }
        try await RunWriting.insertParams(stamp.map { ($0.0, $0.1.params) }, session)
        try await RunWriting.upsertTags(stamp.map { ($0.0, $0.1.tags) }, session)
        let batches = stamp.map { RunBatch(runID: $0.0, series: $0.1.series) }
        try await SeriesWriting.store(
            WrittenSeries.merged(batches),
            now: now,
            session.connection
        )
        return new.count + restored.count
    }

    private func identify(
        _ runs: ArraySlice<ImportedRun>,
        _ projectID: ProjectID,
        _ session: Session
    ) async throws(StorageError) -> [UUID] {
        try await session.rows(
            """
            SELECT md5(\(projectID.hex) || '/' || i.identity)::uuid
            FROM unnest(\(runs.map(\.identity))) WITH ORDINALITY AS i (identity, place)
            ORDER BY i.place
            """
        ) { (row) throws(PostgresError) -> UUID in try row.value(0) }
    }

    /// Returns the ids that were not there.
    private func insert(
        _ runs: ArraySlice<ImportedRun>,
        _ ids: [UUID],
        _ projectID: ProjectID,
        _ now: Int64,
        _ session: Session
    ) async throws(StorageError) -> Set<UUID> {
        let new = try await session.rows(
            """
            INSERT INTO run (run_id, project_id, name, status, start_time, end_time, created_at,
                updated_at)
            SELECT s.run_id, \(projectID.uuid), s.name, s.status, coalesce(s.start_time, \(now)),
                s.end_time, \(now), \(now)
            FROM unnest(\(ids), \(runs.map(\.name)), \(runs.map(\.status.rawValue)),
                \(runs.map(\.startTime)), \(runs.map(\.endTime))) WITH ORDINALITY
                AS s (run_id, name, status, start_time, end_time, place)
            ORDER BY s.run_id, s.place ON CONFLICT (run_id) DO NOTHING RETURNING run_id
            """
        ) { (row) throws(PostgresError) -> UUID in try row.value(0) }
        return Set(new)
    }
}
