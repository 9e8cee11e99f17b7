import Foundation
import Postgres
import Runs

extension SearchPacker {
    /// Columns held in memory at once while blocks are made one.
    private static let keysPerPiece = 64

    /// Projects that have blocks; those of projects that are gone are dropped.
    func projects() async throws(StorageError) -> [ProjectID] {
        try await database.session { (session) async throws(StorageError) in
            for table: SQL in ["search_column", "search_block"] {
                try await session.execute(
                    """
                    DELETE FROM \(table) WHERE project_id IN (
                        SELECT DISTINCT project_id FROM search_block b WHERE NOT EXISTS (
                            SELECT 1 FROM project p WHERE p.project_id = b.project_id))
                    """
                )
            }
            return try await session.rows(
                "SELECT DISTINCT project_id FROM search_block ORDER BY project_id"
            ) { (row) throws(PostgresError) in ProjectID(try row.value(0)) }
        }
    }

    /// Makes blocks of like size into one, if there are enough of them; returns how many.
    func merge(_ projectID: ProjectID, now: Int64) async throws(StorageError) -> Int {
        try await database.transaction { (session) async throws(StorageError) in
            let seen = try await reading.heads([projectID], session)
            guard !MergeChoice.blocks(seen.map(\.fill)).isEmpty,
                try await Self.lock(projectID, session)
            else { return 0 }
            let heads = try await reading.heads([projectID], session)
            let chosen = MergeChoice.blocks(heads.map(\.fill)).map { heads[$0] }
            guard !chosen.isEmpty else { return 0 }
            try await replace(chosen, projectID, now, session)
            return chosen.count
        }
    }

    private func replace(
        _ heads: [BlockHead],
        _ projectID: ProjectID,
        _ now: Int64,
        _ session: Session
    ) async throws(StorageError) {
        let ids = try await reading.columns(heads, [.attribute(.id)], session)
            .map { columns -> IDColumn in
                if case .ids(let ids)? = columns[.attribute(.id)] { ids } else { IDColumn(ids: []) }
            }
        let known = try await existing(ids, session)
        let plan = BlockMerge(
            zip(ids, heads).map { ids, head in
                let isShown = head.isShown
                return (ids, ids.ids.indices.map { isShown[$0] && known.contains(ids.ids[$0]) })
            }
        )
        if !plan.ids.ids.isEmpty {
            let block = try await SearchWriting.begin(
                projectID,
                runCount: plan.ids.ids.count,
                now: now,
                session
            )
            try await SearchWriting.append([:], to: block, ids: plan.ids, projectID, session)
            var keys: Set<SearchKey> = []
            for head in heads { keys.formUnion(try await reading.keys(head, session)) }
            let sorted = keys.sorted { $0.text < $1.text }
            for start in stride(from: 0, to: sorted.count, by: Self.keysPerPiece) {
                let piece = sorted[start..<min(start + Self.keysPerPiece, sorted.count)]
                let columns = try await unkept.columns(heads, Array(piece), session)
                var merged: [SearchKey: RunColumn] = [:]
                for key in piece { merged[key] = plan.column(columns.map { $0[key] }) }
                try await SearchWriting.append(merged, to: block, projectID, session)
            }
        }
        try await SearchWriting.delete(heads, session)
    }

    /// Those runs that were not purged.
    private func existing(
        _ ids: [IDColumn],
        _ session: Session
    ) async throws(StorageError) -> Set<RunKey> {
        let all = ids.flatMap { $0.ids.map(\.runID.uuid) }.sorted()
        let rows = try await session.rows("SELECT run_id FROM run WHERE run_id = ANY(\(all))") {
            (row) throws(PostgresError) in RunKey(RunID(try row.value(0)))
        }
        return Set(rows)
    }
}

extension BlockHead {
    var fill: BlockFill {
        BlockFill(runCount: runCount, shownCount: isShown.count { $0 })
    }
}
