import Foundation
import Postgres
import Runs

/// Keys that clients send along with their points. A key is a row written in the transaction of the
/// points it came with, so that both are there or neither.
enum IngestKeys {
    /// Writes the keys down; returns the places of the writes whose key stood there before, or came
    /// with an earlier write of this very group. A key that another server is just storing makes us
    /// wait for its end.
    static func take(
        _ writes: [PendingWrite],
        now: Int64,
        _ connection: isolated Connection
    ) throws(StorageError) -> Set<Int> {
        let keyed = writes.indices.filter { writes[$0].key != nil }
        guard !keyed.isEmpty else { return [] }
        let keys = Array(Set(keyed.compactMap { writes[$0].key }))
        let fresh = try connection.found(
            """
            INSERT INTO ingest_key (ingest_key, created_at)
            SELECT key, \(now) FROM unnest(\(keys)) AS s (key) ORDER BY key
            ON CONFLICT (ingest_key) DO NOTHING RETURNING ingest_key
            """
        ) { (row) throws(PostgresError) -> String in try row.value(0) }
        var unused = Set(fresh)
        return Set(
            keyed.filter { place in
                writes[place].key.map { unused.remove($0) == nil } ?? false
            }
        )
    }

    /// Forgets the keys older than `Limits.ingestKeySeconds`, some thousands at a time; returns how
    /// many.
    static func purge(now: Int64, _ session: Session) async throws(StorageError) -> Int {
        try await session.execute(
            """
            DELETE FROM ingest_key WHERE ingest_key IN (
                SELECT ingest_key FROM ingest_key
                WHERE created_at < \(now - Int64(Limits.ingestKeySeconds) * 1_000_000)
                ORDER BY ingest_key LIMIT 10000 FOR UPDATE SKIP LOCKED
            )
            """
        )
    }
}
