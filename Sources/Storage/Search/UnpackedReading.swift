import Foundation
import Postgres
import Runs

/// Reads runs row by row into columns: those in no block, and those about to be packed.
struct UnpackedReading {
    private var builder = SearchTableBuilder()
    private var rows: [UUID: Int] = [:]

    var cellCount: Int { builder.cellCount }
    var count: Int { builder.count }

    func block(_ projectID: ProjectID) -> SearchBlock { builder.block(projectID) }

    /// Takes the head of a run; they must come in the order of their ids.
    mutating func append(_ run: Run) {
        let row = builder.append(run.id)
        rows[run.id.uuid] = row
        builder.set(.attribute(.name), row, run.name)
        builder.set(.attribute(.status), row, run.status.rawValue)
        builder.set(.attribute(.user), row, run.userName)
        builder.set(.attribute(.parent), row, run.parentID?.hex)
        builder.set(.attribute(.group), row, run.groupName)
        builder.set(.attribute(.start), row, Double(run.startTime))
        builder.set(.attribute(.end), row, run.endTime.map(Double.init))
        builder.set(.attribute(.updated), row, Double(run.updatedAt))
        builder.set(.attribute(.deleted), row, run.deletedAt.map(Double.init))
    }

    /// Adds params, tags and metrics of runs that were appended.
    mutating func complete(
        _ ids: [UUID],
        _ wanted: WantedKeys,
        _ session: Session
    ) async throws(StorageError) {
        guard !ids.isEmpty else { return }
        if let names = wanted.params("key") {
            let params: SQL =
                "SELECT run_id, key, value FROM param WHERE \(Self.runs(ids)) AND \(names)"
            try await texts(params, { .param($0) }, session)
        }
        if let names = wanted.tags("key") {
            let tags: SQL =
                "SELECT run_id, key, value FROM tag WHERE \(Self.runs(ids)) AND \(names)"
            try await texts(tags, { .tag($0) }, session)
        }
        if let names = wanted.metrics("name") {
            try await metrics(ids, names, session)
        }
    }

    private static func runs(_ ids: [UUID]) -> SQL { "run_id = ANY(\(ids))" }

    private mutating func texts(
        _ sql: SQL,
        _ key: (String) -> SearchKey,
        _ session: Session
    ) async throws(StorageError) {
        let values = try await session.rows(sql) {
            (row) throws(PostgresError) -> (UUID, String, String) in
            (try row.value(0), try row.value(1), try row.value(2))
        }
        for (id, name, text) in values {
            if let row = rows[id] { builder.set(key(name), row, text) }
        }
    }

    private mutating func metrics(
        _ ids: [UUID],
        _ names: SQL,
        _ session: Session
    ) async throws(StorageError) {
        let values = try await session.rows(
            """
            SELECT run_id, name, last_value, maximum FROM metric
            WHERE \(Self.runs(ids)) AND \(names)
            """
        ) { (row) throws(PostgresError) -> (UUID, String, Double, Double?) in
            (try row.value(0), try row.value(1), try row.value(2), try row.optional(3))
        }
        for (id, name, last, maximum) in values {
            guard let row = rows[id] else { continue }
            builder.set(.metric(name), row, last)
            if SearchKey.maximumNames.contains(name) {
                builder.set(.maximum(name), row, maximum)
            }
        }
    }
}
