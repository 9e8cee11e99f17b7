import Foundation
import Postgres
import Runs

/// Packs quiet runs into search blocks and keeps the blocks few.
///
/// 1. One packer at a time works on a project: it holds an advisory lock until its commit.
/// 2. A run counts as packed only if its row of `run_activity` is the very version that was there
///    before it was read; a row that a writer holds is passed over, so writers wait for nothing
///    but the short last step.
/// 3. Blocks grow by powers of four, so that a run is rewritten few times.
package struct SearchPacker: Sendable {
    let database: Database
    let reading: SearchReading
    /// For what is read once, and would only push out what searches read.
    let unkept = SearchReading(cache: SearchCache(byteLimit: 0))

    init(database: Database, cache: SearchCache) {
        self.database = database
        reading = SearchReading(cache: cache)
    }

    package struct Step: Sendable, Hashable {
        /// Runs that went into new blocks.
        package var packedRunCount = 0
        /// Blocks that were made one with others.
        package var mergedBlockCount = 0

        package var isIdle: Bool { packedRunCount == 0 && mergedBlockCount == 0 }
    }

    /// One bounded step in every project that needs one; to be repeated until it is idle. `now` is
    /// in microseconds since 1970.
    @discardableResult
    package func step(
        now: Int64,
        leastCount: Int = Limits.searchBlockLeastCount,
        quietSeconds: Int64 = Limits.searchQuietSeconds
    ) async throws(StorageError) -> Step {
        var step = Step()
        let quietSince = now - quietSeconds * 1_000_000
        for projectID in try await waiting(quietSince, leastCount) {
            step.packedRunCount += try await pack(projectID, quietSince: quietSince, now: now)
        }
        for projectID in try await projects() {
            step.mergedBlockCount += try await merge(projectID, now: now)
        }
        if step.packedRunCount >= 1_000 { try await analyze() }
        return step
    }

    /// Projects with enough quiet runs in no block.
    private func waiting(
        _ quietSince: Int64,
        _ leastCount: Int
    ) async throws(StorageError) -> [ProjectID] {
        try await database.session { (session) async throws(StorageError) in
            try await session.rows(
                """
                SELECT project_id FROM run_activity
                WHERE search_block_id IS NULL AND updated_at <= \(quietSince)
                GROUP BY project_id HAVING count(*) >= \(leastCount) ORDER BY project_id
                """
            ) { (row) throws(PostgresError) in ProjectID(try row.value(0)) }
        }
    }

    /// Planning goes by how many rows are in no block, which packing turns round.
    private func analyze() async throws(StorageError) {
        try await database.session { (session) async throws(StorageError) in
            try await session.execute("ANALYZE run_activity")
            try await session.execute("ANALYZE search_column")
        }
    }

    /// The project's lock; false when another packer has it.
    static func lock(
        _ projectID: ProjectID,
        _ session: Session
    ) async throws(StorageError) -> Bool {
        let isOurs = try await session.first(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(\("search/" + projectID.hex), 0))"
        ) { (row) throws(PostgresError) -> Bool in try row.value(0) }
        return isOurs ?? false
    }

    // MARK: - Packing

    /// A version of a row of `run_activity`.
    private struct Version: Hashable {
        let run: UUID
        let transaction: Int64
    }

    private func pack(
        _ projectID: ProjectID,
        quietSince: Int64,
        now: Int64
    ) async throws(StorageError) -> Int {
        try await database.transaction { (session) async throws(StorageError) in
            guard try await Self.lock(projectID, session) else { return 0 }
            let versions = try await Self.quiet(projectID, quietSince, session)
            let block = try await Self.collect(versions.map(\.run), projectID, session)
            guard block.count > 0 else { return 0 }
            let heads = try await reading.heads([projectID], session)
            let id = try await SearchWriting.insert(block, now: now, session)
            try await bury(block.ids, heads, session)
            let read = versions.filter { block.ids.row(of: RunKey(RunID($0.run))) != nil }
            return try await Self.mark(read, block: id, session)
        }
    }

    private static func quiet(
        _ projectID: ProjectID,
        _ quietSince: Int64,
        _ session: Session
    ) async throws(StorageError) -> [Version] {
        try await session.rows(
            """
            SELECT run_id, xmin::text::bigint FROM run_activity
            WHERE project_id = \(projectID.uuid) AND search_block_id IS NULL
                AND updated_at <= \(quietSince)
            ORDER BY run_id LIMIT \(Limits.searchBlockRunCount)
            """
        ) { (row) throws(PostgresError) in
            Version(run: try row.value(0), transaction: try row.value(1))
        }
    }

    private static let cellsPerRead = 20_000

    /// The first of these runs, as many as fit, by column.
    private static func collect(
        _ ids: [UUID],
        _ projectID: ProjectID,
        _ session: Session
    ) async throws(StorageError) -> SearchBlock {
        var reading = UnpackedReading()
        var start = 0
        var sliceCount = 64
        while start < ids.count, reading.cellCount < Limits.searchPackCellCount {
            let piece = Array(ids[start..<min(start + sliceCount, ids.count)])
            start += piece.count
            let runs = try await session.rows(
                """
                SELECT \(RunReading.columns) FROM run r JOIN run_activity a USING (run_id)
                WHERE r.run_id = ANY(\(piece)) AND r.project_id = \(projectID.uuid)
                ORDER BY r.run_id
                """,
                RunReading.decode
            )
            for run in runs { reading.append(run) }
            try await reading.complete(runs.map(\.id.uuid), .all, session)
            // About so many values at once, however many a run has.
            let perRun = max(1, reading.cellCount / max(1, reading.count))
            sliceCount = min(max(Self.cellsPerRead / perRun, 16), 4_096)
        }
        return reading.block(projectID)
    }

    /// Marks the rows of these runs in older blocks as dead.
    func bury(
        _ ids: IDColumn,
        _ heads: [BlockHead],
        _ session: Session
    ) async throws(StorageError) {
        let columns = try await reading.columns(heads, [.attribute(.id)], session)
        for (head, columns) in zip(heads, columns) {
            guard case .ids(let old)? = columns[.attribute(.id)] else { continue }
            var isShown = head.isShown
            var isChanged = false
            for id in ids.ids {
                guard let row = old.row(of: id), isShown[row] else { continue }
                isShown[row] = false
                isChanged = true
            }
            if isChanged { try await SearchWriting.update(head, isShown: isShown, session) }
        }
    }

    /// Sets the block of those runs that nobody wrote to since; returns how many those were.
    private static func mark(
        _ versions: [Version],
        block: UUID,
        _ session: Session
    ) async throws(StorageError) -> Int {
        let current = try await session.rows(
            """
            SELECT run_id, xmin::text::bigint FROM run_activity
            WHERE run_id = ANY(\(versions.map(\.run))) AND search_block_id IS NULL
            ORDER BY run_id FOR NO KEY UPDATE SKIP LOCKED
            """
        ) { (row) throws(PostgresError) in
            Version(run: try row.value(0), transaction: try row.value(1))
        }
        let unchanged = Set(current).intersection(versions).map(\.run).sorted()
        return try await session.execute(
            """
            UPDATE run_activity SET search_block_id = \(block)
            WHERE run_id = ANY(\(unchanged))
            """
        )
    }
}
