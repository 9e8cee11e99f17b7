import Foundation
import Postgres
import Runs

/// A block as its row says: which runs it once showed, and which of them are dead there.
struct BlockHead: Sendable {
    let projectID: ProjectID
    let id: UUID
    let runCount: Int
    let deadBytes: [UInt8]

    static func decode(_ row: Row) throws(PostgresError) -> BlockHead {
        BlockHead(
            projectID: ProjectID(try row.value(0)),
            id: try row.value(1),
            runCount: try row.value(2),
            deadBytes: try row.value(3)
        )
    }

    var isShown: [Bool] { RowBits.decode(deadBytes, count: runCount).map { !$0 } }
}

/// Statements that read blocks and the runs that are in none.
struct SearchReading: Sendable {
    let cache: SearchCache

    func heads(
        _ projects: [ProjectID],
        _ session: Session
    ) async throws(StorageError) -> [BlockHead] {
        try await session.rows(
            """
            SELECT project_id, block_id, run_count, dead_bytes FROM search_block
            WHERE project_id = ANY(\(projects.map(\.uuid))) ORDER BY project_id, block_id
            """,
            BlockHead.decode
        )
    }

    /// The columns of blocks under some keys: of each block a dictionary of those it has.
    func columns(
        _ heads: [BlockHead],
        _ keys: [SearchKey],
        _ session: Session
    ) async throws(StorageError) -> [[SearchKey: RunColumn]] {
        var missing: [Missing] = []
        var found = heads.enumerated().map { index, head in
            let known = cache.columns(keys.map { SearchCache.Key(block: head.id, key: $0) })
            var columns: [SearchKey: RunColumn] = [:]
            for (key, answer) in zip(keys, known) {
                if let answer {
                    columns[key] = answer
                } else {
                    missing.append(Missing(index: index, block: head, key: key))
                }
            }
            return columns
        }
        guard !missing.isEmpty else { return found }
        let read = try await stored(missing, session)
        cache.insert(missing.map { ($0.place, read[$0.place]) })
        for each in missing { found[each.index][each.key] = read[each.place] }
        return found
    }

    private struct Missing {
        let index: Int
        let block: BlockHead
        let key: SearchKey

        var place: SearchCache.Key { SearchCache.Key(block: block.id, key: key) }
    }

    private func stored(
        _ missing: [Missing],
        _ session: Session
    ) async throws(StorageError) -> [SearchCache.Key: RunColumn] {
        let projects = Set(missing.map(\.block.projectID.uuid)).sorted()
        let blocks = Set(missing.map(\.block.id)).sorted()
        let keys = Dictionary(
            missing.map { ($0.key.text, $0.key) },
            uniquingKeysWith: { first, _ in first }
        )
        let rows = try await session.rows(
            """
            SELECT block_id, key, column_bytes FROM search_column
            WHERE project_id = ANY(\(projects)) AND block_id = ANY(\(blocks))
                AND key = ANY(\(keys.keys.sorted()))
            """
        ) { (row) throws(PostgresError) -> (UUID, String, RunColumn) in
            let key: String = try row.value(1)
            return (try row.value(0), key, try Self.column(row, 2, key))
        }
        var columns: [SearchCache.Key: RunColumn] = [:]
        for (block, text, column) in rows {
            guard let key = keys[text] else { continue }
            columns[SearchCache.Key(block: block, key: key)] = column
        }
        return columns
    }

    static func column(
        _ row: Row,
        _ place: Int,
        _ key: String
    ) throws(PostgresError) -> RunColumn {
        let bytes: [UInt8] = try row.value(place)
        guard let column = ColumnCodec.decode(bytes) else {
            throw .decoding(column: "column_bytes", wanted: "a packed column", found: key)
        }
        return column
    }

    /// The keys that a block has, but for its ids.
    func keys(
        _ head: BlockHead,
        _ session: Session
    ) async throws(StorageError) -> [SearchKey] {
        try await session.rows(
            """
            SELECT key FROM search_column
            WHERE project_id = \(head.projectID.uuid) AND block_id = \(head.id) ORDER BY key
            """
        ) { (row) throws(PostgresError) -> SearchKey? in SearchKey(text: try row.value(0)) }
        .compactMap(\.self).filter { $0 != .attribute(.id) }
    }
}
