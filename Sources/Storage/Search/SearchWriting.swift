import Foundation
import Postgres
import Runs

/// Writes of search blocks.
enum SearchWriting {
    /// Columns written by one COPY at a time.
    private static let copyBytes = 8 << 20

    /// Stores a block with all its columns; returns its id.
    static func insert(
        _ block: SearchBlock,
        now: Int64,
        _ session: Session
    ) async throws(StorageError) -> UUID {
        let id = try await begin(block.projectID, runCount: block.count, now: now, session)
        try await append(block.columns, to: id, ids: block.ids, block.projectID, session)
        return id
    }

    /// Makes the row of a block whose columns follow.
    static func begin(
        _ projectID: ProjectID,
        runCount: Int,
        now: Int64,
        _ session: Session
    ) async throws(StorageError) -> UUID {
        let id = UUID(timeOrdered: now, random: (.random(in: 0 ... .max), .random(in: 0 ... .max)))
        try await session.execute(
            """
            INSERT INTO search_block
                (project_id, block_id, run_count, dead_count, dead_bytes, created_at)
            VALUES (\(projectID.uuid), \(id), \(runCount), 0, \(bytes: []), \(now))
            """
        )
        return id
    }

    /// Writes columns of a block; `ids` is one of them where given.
    static func append(
        _ columns: [SearchKey: RunColumn],
        to block: UUID,
        ids: IDColumn? = nil,
        _ projectID: ProjectID,
        _ session: Session
    ) async throws(StorageError) {
        var all = columns.map { ($0.key.text, $0.value) }
        if let ids { all.append((SearchKey.attribute(.id).text, .ids(ids))) }
        var rows = CopyRows(fieldCount: 4)
        for (key, column) in all.sorted(by: { $0.0 < $1.0 }) {
            rows.beginRow()
            rows.append(projectID.uuid)
            rows.append(block)
            rows.append(key)
            rows.append(bytes: ColumnCodec.encode(column))
            if rows.byteCount > copyBytes { try await copy(&rows, session) }
        }
        try await copy(&rows, session)
    }

    private static func copy(
        _ rows: inout CopyRows,
        _ session: Session
    ) async throws(StorageError) {
        guard rows.count > 0 else { return }
        try await session.copy(
            into: "search_column",
            columns: "project_id, block_id, key, column_bytes",
            rows
        )
        rows = CopyRows(fieldCount: 4)
    }

    static func update(
        _ head: BlockHead,
        isShown: [Bool],
        _ session: Session
    ) async throws(StorageError) {
        let isDead = isShown.map { !$0 }
        try await session.execute(
            """
            UPDATE search_block SET dead_bytes = \(bytes: RowBits.encode(isDead)),
                dead_count = \(isDead.count { $0 })
            WHERE project_id = \(head.projectID.uuid) AND block_id = \(head.id)
            """
        )
    }

    static func delete(
        _ heads: [BlockHead],
        _ session: Session
    ) async throws(StorageError) {
        let projects = Set(heads.map(\.projectID.uuid)).sorted()
        let ids = heads.map(\.id).sorted()
        try await session.execute(
            """
            DELETE FROM search_column
            WHERE project_id = ANY(\(projects)) AND block_id = ANY(\(ids))
            """
        )
        try await session.execute(
            """
            DELETE FROM search_block WHERE project_id = ANY(\(projects)) AND block_id = ANY(\(ids))
            """
        )
    }
}
