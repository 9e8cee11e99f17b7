import Foundation
import Postgres

/// Keeps two transactions from moving the points of one run at once. Mergers take it if it is free;
/// whoever deletes the points of runs takes it before, and waits.
enum MergeLock {
    /// Waits for the runs and holds them to the end of the transaction.
    static func take(_ runIDs: [UUID], _ session: Session) async throws(StorageError) {
        try await session.execute(
            """
            SELECT pg_advisory_xact_lock(k.key)::text FROM (
                SELECT DISTINCT hashtextextended('merge ' || run_id::text, 0) AS key
                FROM unnest(\(runIDs)) AS r (run_id) ORDER BY key
            ) k
            """
        )
    }

    /// Holds those of the runs that nobody else holds, to the end of the transaction; returns them.
    static func tryTake(
        _ runIDs: [UUID],
        _ session: Session
    ) async throws(StorageError) -> Set<UUID> {
        let taken = try await session.rows(
            """
            SELECT run_id FROM unnest(\(runIDs)) AS r (run_id)
            WHERE pg_try_advisory_xact_lock(hashtextextended('merge ' || run_id::text, 0))
            """
        ) { (row) throws(PostgresError) -> UUID in try row.value(0) }
        return Set(taken)
    }
}
