import Foundation
import Postgres
import Runs

/// What merging did.
package struct MergeOutcome: Sendable, Hashable {
    package var segmentCount = 0
    package var pointCount = 0
    package var chunkCount = 0
    /// Series that were left for later because their bytes are damaged, with the reason.
    package var failures: [String] = []

    package init() {}

    static func += (left: inout MergeOutcome, right: MergeOutcome) {
        left.segmentCount += right.segmentCount
        left.pointCount += right.pointCount
        left.chunkCount += right.chunkCount
        left.failures += right.failures
    }
}

/// Turns segments, one commit's points of one series each, into chunks: sorted, each point once.
///
/// 1. What is replaced is deleted in the transaction that writes what replaces it, so a crash loses
///    and doubles nothing, and readers see the same points before and after.
/// 2. A lock for each run lets several servers merge at once.
/// 3. Memory is bounded: a transaction takes a bounded number of points, and chunks written anew
///    pass through a few at a time.
package actor SegmentMerger {
    private let database: Database
    /// Segments deleted since their space was last given back.
    private var deletedCount = 0
    /// Calls until giving back is tried again.
    private var callsToWait = 0
    /// Space of an empty table, TOAST included, that is let be.
    private static let keptBytes = 4 << 20
    /// Series whose bytes cannot be read; they wait for a restart.
    private var damaged: Set<SeriesKey> = []

    init(database: Database) { self.database = database }

    /// Merges what is due once: segments older than `Limits.mergeDelaySeconds`, of series that have
    /// enough of them or got no more for `Limits.mergeQuietSeconds`. `now` is in microseconds since
    /// 1970.
    package func pass(now: Int64) async throws(StorageError) -> MergeOutcome {
        let second: Int64 = 1_000_000
        return try await merge(
            old: UUID(timeOrdered: now - Int64(Limits.mergeDelaySeconds) * second, random: (0, 0)),
            quiet: UUID(timeOrdered: now - Int64(Limits.mergeQuietSeconds) * second, random: (0, 0))
        )
    }

    /// Merges everything there is, however young.
    package func drain() async throws(StorageError) -> MergeOutcome {
        let last = UUID(
            timeOrdered: Int64(1 << 47) * 1_000,
            random: (0, 0)
        )
        var total = MergeOutcome()
        while true {
            let outcome = try await merge(old: last, quiet: last)
            total += outcome
            if outcome.segmentCount == 0 { return total }
        }
    }

    /// How much waits, due or not.
    package func backlog() async throws(StorageError) -> MergeBacklog {
        try await database.session { (session) async throws(StorageError) in
            try await MergeScan.backlog(session)
        }
    }

    /// Gives the space of merged segments back once it is worth it beside what waits; all of it
    /// when nothing does, again until it went: somebody's snapshot may have needed it meanwhile, or
    /// the database's own housekeeping may have been at it. Merging goes on beside it.
    package func reclaim(_ backlog: MergeBacklog) async throws(StorageError) {
        let isEmpty = backlog.segmentCount == 0
        let least = isEmpty ? 1 : max(1_000, min(backlog.segmentCount, 50_000))
        guard deletedCount >= least, callsToWait == 0 else {
            callsToWait = max(0, callsToWait - 1)
            return
        }
        let count = deletedCount
        let rest = try await database.session { (session) async throws(StorageError) in
            try await session.execute("VACUUM (SKIP_LOCKED) segment")
            return try await session.first("SELECT pg_table_size('segment')") {
                (row) throws(PostgresError) -> Int in try row.value(0)
            }
        }
        let isKept = isEmpty && (rest ?? 0) > Self.keptBytes
        deletedCount -= isKept ? count - 1 : count
        callsToWait = isKept ? 7 : 0
    }

    package func close() { database.close() }

    private func merge(old: UUID, quiet: UUID) async throws(StorageError) -> MergeOutcome {
        let targets = try await database.session { (session) async throws(StorageError) in
            try await MergeScan.targets(old: old, quiet: quiet, session)
        }
        var total = MergeOutcome()
        for batch in MergeScan.batches(targets.filter { !damaged.contains($0.key) }) {
            total += try await merge(batch, before: old)
            await Task.yield()
        }
        deletedCount += total.segmentCount
        return total
    }

    /// One transaction; when something in it cannot be read, each series has one of its own.
    private func merge(
        _ batch: [MergeTarget],
        before bound: UUID
    ) async throws(StorageError) -> MergeOutcome {
        do {
            return try await database.transaction { (session) async throws(StorageError) in
                try await MergeTransaction(session: session).merge(batch, before: bound)
            }
        } catch {
            guard case .database(.decoding) = error else { throw error }
            var total = MergeOutcome()
            guard batch.count == 1 else {
                for target in batch { total += try await merge([target], before: bound) }
                return total
            }
            damaged.insert(batch[0].key)
            total.failures = [
                "series \(batch[0].key.metricIndex) of run \(batch[0].key.runID): \(error.message)"
            ]
            return total
        }
    }
}
