import Foundation
import Postgres
package import Runs

/// What is done to many runs at once.
package enum RunOperation: Sendable {
    case delete, restore
    /// Removal for good of runs that are deleted.
    case purge
    case edit(RunUpdate)
}

/// What an operation did. A run is in one of the lists at most once.
package struct RunOperationOutcome: Sendable {
    package var changed: [RunID] = []
    package var refused: [(id: RunID, reason: StorageError)] = []
}

extension RunStore {
    /// Does one operation to up to `Limits.bulkStepCount` runs in one transaction; runs that
    /// cannot take it are left out and told. With `isDryRun` nothing is stored.
    package func perform(
        _ operation: RunOperation,
        on ids: [RunID],
        now: Int64,
        isDryRun: Bool = false
    ) async throws(StorageError) -> RunOperationOutcome {
        let wanted = Array(Set(ids.prefix(Limits.bulkStepCount).map(\.uuid))).sorted()
        return try await database.transaction { (session) async throws(StorageError) in
            let heads = try await RunEditing.lock(wanted, session)
            var outcome = RunOperationOutcome()
            let known = Set(heads.map(\.id))
            for id in wanted where !known.contains(id) {
                outcome.refused.append((RunID(id), .notFound(kind: "run", id: id.hex)))
            }
            var fit: [RunEditing.Head] = []
            for head in heads {
                if let reason = operation.refusal(of: head) {
                    outcome.refused.append((RunID(head.id), reason))
                } else {
                    fit.append(head)
                }
            }
            outcome.changed = fit.map { RunID($0.id) }
            if !isDryRun { try await Self.apply(operation, to: fit, now: now, session) }
            return outcome
        }
    }

    private static func apply(
        _ operation: RunOperation,
        to heads: [RunEditing.Head],
        now: Int64,
        _ session: Session
    ) async throws(StorageError) {
        guard !heads.isEmpty else { return }
        let change: SQL
        switch operation {
        case .edit(let update):
            return try await RunEditing.apply(update, to: heads, now: now, session)
        case .delete: change = "deleted_at = coalesce(deleted_at, \(now))"
        case .restore: change = "deleted_at = NULL"
        case .purge: change = "is_purging = true"
        }
        let ids = heads.map(\.id)
        try await session.execute(
            "UPDATE run SET \(change), updated_at = \(now) WHERE run_id = ANY(\(ids))"
        )
        try await RunWriting.touch(ids, now: now, isSignOfLife: false, session)
    }
}

extension RunOperation {
    fileprivate func refusal(of head: RunEditing.Head) -> StorageError? {
        if head.isPurging { return .purging(kind: "run", id: head.id.hex) }
        switch self {
        case .delete, .restore: return nil
        case .purge: return head.isDeleted ? nil : .notDeleted(kind: "run", id: head.id.hex)
        case .edit: return head.isDeleted ? .notActive(RunID(head.id)) : nil
        }
    }
}
