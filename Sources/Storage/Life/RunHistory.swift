import Foundation
import Postgres
package import Runs

/// How the attempt before a resumption ended, and where the new one began.
package struct Resumption: Sendable, Hashable {
    /// Microseconds since 1970.
    package var startedAt: Int64
    package var fromStep: Int64?
    package var statusBefore: RunStatus
    package var endBefore: Int64?
}

/// What a param was before somebody corrected it.
package struct ParamChange: Sendable, Hashable {
    package var key: String
    /// nil when the param was not there.
    package var old: String?
    /// Microseconds since 1970.
    package var changedAt: Int64
}

extension RunStore {
    /// The resumptions of a run, in order.
    package func resumptions(of id: RunID) async throws(StorageError) -> [Resumption] {
        try await database.session { (session) async throws(StorageError) in
            try await session.rows(
                """
                SELECT started_at, from_step, before_status, before_end FROM attempt
                WHERE run_id = \(id.uuid) ORDER BY attempt_index
                """
            ) { (row) throws(PostgresError) in
                let status: String = try row.value(2)
                guard let known = RunStatus(rawValue: status) else {
                    throw .decoding(column: "before_status", wanted: "a run status", found: status)
                }
                return Resumption(
                    startedAt: try row.value(0),
                    fromStep: try row.optional(1),
                    statusBefore: known,
                    endBefore: try row.optional(3)
                )
            }
        }
    }

    /// The newest `limit` corrections of a run's params, oldest first.
    package func paramChanges(
        of id: RunID,
        limit: Int
    ) async throws(StorageError) -> [ParamChange] {
        try await database.session { (session) async throws(StorageError) in
            try await session.rows(
                """
                SELECT key, old_value, changed_at FROM (
                    SELECT key, old_value, changed_at FROM param_change
                    WHERE run_id = \(id.uuid) ORDER BY changed_at DESC, key DESC LIMIT \(limit)
                ) newest ORDER BY changed_at, key
                """
            ) { (row) throws(PostgresError) in
                ParamChange(
                    key: try row.value(0),
                    old: try row.optional(1),
                    changedAt: try row.value(2)
                )
            }
        }
    }
}
