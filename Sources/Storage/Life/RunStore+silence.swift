import Foundation
import Postgres

extension RunStore {
    /// Ends up to `limit` running runs that were last heard before `deadline` (microseconds since
    /// 1970); they are `killed` as of their last sign of life, and a tag gives the reason. Returns
    /// how many.
    package func endSilent(
        heardBefore deadline: Int64,
        reason: String,
        now: Int64,
        limit: Int
    ) async throws(StorageError) -> Int {
        try await database.transaction { (session) async throws(StorageError) in
            try await RunLoss.end(
                heardBefore: deadline,
                reason: reason,
                now: now,
                limit: limit,
                session
            ).count
        }
    }

    /// Lets up to `limit` runs go on that were heard after they were ended for their silence.
    /// Returns how many.
    package func reviveHeard(now: Int64, limit: Int) async throws(StorageError) -> Int {
        try await database.transaction { (session) async throws(StorageError) in
            try await RunLoss.revive(nil, now: now, limit: limit, session).count
        }
    }
}
