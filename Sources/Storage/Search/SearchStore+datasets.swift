import Foundation
import Postgres
package import Runs

/// One dataset as runs name it, with what they say of its use.
package struct DatasetUseKey: Sendable, Hashable {
    package var name: String
    package var digest: String
    /// The value of the asked tag of the use; nil when it has none.
    package var use: String?
}

extension SearchStore {
    /// For each of some conditions the runs of projects with at least one dataset that meets it.
    /// `useTag` names the tag of the use that conditions see.
    package func runs(
        in projects: [ProjectID],
        useTag: String,
        datasetsMeeting conditions: [@Sendable (DatasetUseKey) -> Bool]
    ) async throws(StorageError) -> [Set<RunKey>] {
        guard !conditions.isEmpty, !projects.isEmpty else { return conditions.map { _ in [] } }
        return try await database.snapshot { (session) async throws(StorageError) in
            let uses = try await Self.uses(projects.map(\.uuid).sorted(), useTag, session)
            var found: [Set<RunKey>] = []
            for meets in conditions {
                let met = uses.filter { meets($0.key) }
                found.append(try await Self.runs(met, useTag, session))
            }
            return found
        }
    }

    private typealias Use = (id: UUID, key: DatasetUseKey)

    /// The different uses of datasets in projects.
    private static func uses(
        _ projects: [UUID],
        _ tag: String,
        _ session: Session
    ) async throws(StorageError) -> [Use] {
        try await session.rows(
            """
            SELECT DISTINCT d.dataset_id, d.name, d.digest, u.tags ->> \(tag)
            FROM dataset d JOIN run_dataset u USING (dataset_id)
            WHERE d.project_id = ANY(\(projects))
            """
        ) { (row) throws(PostgresError) -> Use in
            let key = DatasetUseKey(
                name: try row.value(1),
                digest: try row.value(2),
                use: try row.optional(3)
            )
            return (try row.value(0), key)
        }
    }

    private static func runs(
        _ uses: [Use],
        _ tag: String,
        _ session: Session
    ) async throws(StorageError) -> Set<RunKey> {
        guard !uses.isEmpty else { return [] }
        let rows = try await session.rows(
            """
            SELECT DISTINCT u.run_id
            FROM unnest(\(uses.map(\.id)), \(uses.map(\.key.use))) AS met (dataset_id, use)
            JOIN run_dataset u ON u.dataset_id = met.dataset_id
                AND u.tags ->> \(tag) IS NOT DISTINCT FROM met.use
            """
        ) { (row) throws(PostgresError) in RunKey(RunID(try row.value(0))) }
        return Set(rows)
    }
}
