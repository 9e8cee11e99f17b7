import Foundation
import Postgres
package import Runs

/// Runs: made, found, listed, changed, softly deleted. Their points are `PointStore`'s.
package struct RunStore: Sendable {
    let database: Database
    private let points: PointStore

    init(database: Database, points: PointStore) {
        self.database = database
        self.points = points
    }

    /// Stores a new run with its params and tags. An id that exists is a `conflict` of `run_pkey`;
    /// an unknown project is `notFound`.
    package func create(_ run: NewRun, now: Int64) async throws(StorageError) -> Run {
        try await database.transaction { (session) async throws(StorageError) in
            let made = try await session.execute(
                """
                INSERT INTO run (run_id, project_id, name, status, user_name, parent_id,
                    group_name, start_time, created_at, updated_at)
                SELECT \(run.id.uuid), project_id, \(run.name), \(run.status.rawValue),
                    \(run.userName), \(run.parentID?.uuid), \(run.groupName), \(run.startTime),
                    \(now), \(now)
                FROM project WHERE project_id = \(run.projectID.uuid)
                """
            )
            guard made == 1 else { throw .notFound(kind: "project", id: run.projectID.hex) }
            try await RunWriting.touch([run.id.uuid], now: now, session)
            try await RunWriting.insertParams([(run.id, run.params)], session)
            try await RunWriting.upsertTags([(run.id, run.tags)], session)
        }
        return Run(
            id: run.id,
            projectID: run.projectID,
            name: run.name,
            status: run.status,
            userName: run.userName,
            parentID: run.parentID,
            groupName: run.groupName,
            startTime: run.startTime,
            updatedAt: now,
            params: run.params,
            tags: run.tags
        )
    }

    /// nil when there is none; deleted runs are found.
    package func find(id: RunID) async throws(StorageError) -> Run? {
        try await find(ids: [id]).first
    }

    /// The runs that exist, in the order asked for; deleted runs are found. With `onlyReading` they
    /// come with these keys and those that roles are read from, and may lack others.
    package func find(
        ids: [RunID],
        onlyReading keys: Set<SearchKey>? = nil
    ) async throws(StorageError) -> [Run] {
        guard !ids.isEmpty else { return [] }
        return try await database.session { (session) async throws(StorageError) in
            let heads = try await session.rows(
                """
                SELECT \(RunReading.columns) FROM unnest(\(Set(ids).map(\.uuid))) AS k (run_id)
                \(RunReading.lookUp)
                """,
                RunReading.decode
            )
            let place = Dictionary(zip(ids, ids.indices), uniquingKeysWith: { first, _ in first })
            let sorted = heads.sorted { place[$0.id, default: 0] < place[$1.id, default: 0] }
            let wanted = keys.map { WantedKeys.keys($0, forRoles: true) } ?? .all
            return try await complete(sorted, wanted, session)
        }
    }

    /// Every run of a project that is not deleted, with params, tags and metric summaries; by
    /// start.
    package func all(projectID: ProjectID) async throws(StorageError) -> [Run] {
        try await database.session { (session) async throws(StorageError) in
            let heads = try await session.rows(
                """
                SELECT \(RunReading.columns) FROM run r LEFT JOIN run_activity a USING (run_id)
                WHERE r.project_id = \(projectID.uuid) AND r.deleted_at IS NULL
                ORDER BY r.start_time, r.run_id
                """,
                RunReading.decode
            )
            var runs: [Run] = []
            for start in stride(from: 0, to: heads.count, by: 5_000) {
                let piece = heads[start..<min(start + 5_000, heads.count)]
                runs += try await complete(Array(piece), .all, session)
            }
            return runs
        }
    }

    /// Runs of a project written to since a moment (microseconds since 1970), for the live feed.
    /// `recently` looks only at runs that changed within `Limits.searchQuietSeconds`, and takes no
    /// longer for many runs than for few. Of runs that changed at the very moment only those whose
    /// ids come after `id`, which goes on where a full answer ended; none without it.
    package func changed(
        projectID: ProjectID?,
        since: Int64,
        after id: RunID? = nil,
        limit: Int,
        recently: Bool = false
    ) async throws(StorageError) -> [Run] {
        let isRecent: SQL = recently ? "AND a.search_block_id IS NULL" : ""
        return try await database.session { (session) async throws(StorageError) in
            let heads = try await session.rows(
                """
                SELECT \(RunReading.columns) FROM run r JOIN run_activity a USING (run_id)
                WHERE (\(projectID?.uuid)::uuid IS NULL OR a.project_id = \(projectID?.uuid))
                    AND r.deleted_at IS NULL AND greatest(r.updated_at, a.updated_at) >= \(since)
                    AND (greatest(r.updated_at, a.updated_at) > \(since)
                        OR r.run_id > \(id?.uuid)::uuid)
                    \(isRecent)
                ORDER BY greatest(r.updated_at, a.updated_at), r.run_id LIMIT \(limit)
                """,
                RunReading.decode
            )
            return try await complete(heads, .all, session)
        }
    }

    private func complete(
        _ heads: [Run],
        _ wanted: WantedKeys,
        _ session: Session
    ) async throws(StorageError) -> [Run] {
        let recounted = try await points.recount(heads.map(\.id), session)
        return try await RunReading.complete(heads, recounted, wanted, session)
    }
}
