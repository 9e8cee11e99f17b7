import Foundation
import Postgres
package import Runs

/// A project to be searched, with what reads roles in its runs.
package struct SearchScope: Sendable {
    package var projectID: ProjectID
    package var resolver: RoleResolver

    package init(projectID: ProjectID, resolver: RoleResolver = .automatic) {
        self.projectID = projectID
        self.resolver = resolver
    }
}

/// Search over the runs of projects: packed blocks of quiet runs, by column, united with the runs
/// that changed since, read row by row. All in one snapshot, so every answer is exact.
package struct SearchStore: Sendable {
    let database: Database
    let reading: SearchReading
    let counted = OverviewCache()

    init(database: Database, cache: SearchCache) {
        self.database = database
        reading = SearchReading(cache: cache)
    }

    /// The page of runs that a search asks for.
    package func page(
        _ search: RunSearch,
        in scopes: [SearchScope]
    ) async throws(StorageError) -> RunSearch.Page {
        search.page(try await blocks(search.keys, in: scopes))
    }

    /// The runs of projects with the columns of some keys.
    package func blocks(
        _ keys: Set<SearchKey>,
        in scopes: [SearchScope]
    ) async throws(StorageError) -> [SearchBlock] {
        guard !scopes.isEmpty else { return [] }
        return try await database.snapshot { (session) async throws(StorageError) in
            let heads = try await reading.heads(scopes.map(\.projectID), session)
            let changed = try await unpacked(keys, scopes, session)
            var packed: [SearchBlock] = []
            for (head, ids) in zip(heads, try await ids(heads, session)) {
                packed.append(
                    SearchBlock(
                        projectID: head.projectID,
                        ids: ids,
                        isShown: head.isShown,
                        columns: [:]
                    )
                )
            }
            Self.hide(changed, in: &packed)
            try await fill(&packed, heads, keys, scopes, session)
            return packed + changed
        }
    }

    /// Adds the columns of some keys to blocks that have none yet.
    func fill(
        _ blocks: inout [SearchBlock],
        _ heads: [BlockHead],
        _ keys: Set<SearchKey>,
        _ scopes: [SearchScope],
        _ session: Session
    ) async throws(StorageError) {
        let (stored, roles) = Self.split(keys)
        let columns = try await reading.columns(heads, Array(stored), session)
        for (index, columns) in columns.enumerated() { blocks[index].columns = columns }
        guard !roles.isEmpty else { return }
        for (index, head) in heads.enumerated() {
            guard let scope = scopes.first(where: { $0.projectID == head.projectID }) else {
                continue
            }
            let found = try await self.roles(head, blocks[index].ids, scope.resolver, session)
            for role in roles { blocks[index].columns[.role(role)] = found[role] }
        }
    }

    /// The ids of the runs of each block.
    func ids(
        _ heads: [BlockHead],
        _ session: Session
    ) async throws(StorageError) -> [IDColumn] {
        let columns = try await reading.columns(heads, [.attribute(.id)], session)
        var all: [IDColumn] = []
        for (head, columns) in zip(heads, columns) {
            guard case .ids(let ids)? = columns[.attribute(.id)] else {
                throw .database(Self.withoutIDs(head))
            }
            all.append(ids)
        }
        return all
    }

    /// The keys of stored columns and the roles to compute.
    private static func split(_ keys: Set<SearchKey>) -> (Set<SearchKey>, Set<Role>) {
        var stored: Set<SearchKey> = []
        var roles: Set<Role> = []
        for key in keys {
            if case .role(let role) = key {
                roles.insert(role)
            } else if key != .attribute(.id) {
                stored.insert(key)
            }
        }
        return (stored, roles)
    }

    /// Rows of runs that changed since they were packed are not shown.
    static func hide(_ unpacked: [SearchBlock], in packed: inout [SearchBlock]) {
        for changed in unpacked {
            for index in packed.indices where packed[index].projectID == changed.projectID {
                let ids = packed[index].ids
                guard let first = ids.ids.first, let last = ids.ids.last else { continue }
                for id in changed.ids.ids where id >= first && id <= last {
                    if let row = ids.row(of: id) { packed[index].isShown[row] = false }
                }
            }
        }
    }

    /// The runs of projects that are in no block, or changed since.
    func unpacked(
        _ keys: Set<SearchKey>,
        _ scopes: [SearchScope],
        _ session: Session
    ) async throws(StorageError) -> [SearchBlock] {
        let (stored, roles) = Self.split(keys)
        let resolvers = Dictionary(
            scopes.map { ($0.projectID, $0.resolver) },
            uniquingKeysWith: { first, _ in first }
        )
        let heads = try await session.rows(
            """
            SELECT \(RunReading.columns) FROM run_activity a JOIN run r USING (run_id)
            WHERE a.search_block_id IS NULL
                AND a.project_id = ANY(\(resolvers.keys.map(\.uuid).sorted()))
            ORDER BY r.project_id, r.run_id
            """,
            RunReading.decode
        )
        var blocks: [SearchBlock] = []
        for (projectID, runs) in Dictionary(grouping: heads, by: \.projectID) {
            guard let resolver = resolvers[projectID] else { continue }
            var reading = UnpackedReading()
            for run in runs { reading.append(run) }
            var wanted = stored
            if !roles.isEmpty { wanted.formUnion(resolver.mappedKeys) }
            for start in stride(from: 0, to: runs.count, by: 5_000) {
                let piece = runs[start..<min(start + 5_000, runs.count)]
                try await reading.complete(
                    piece.map(\.id.uuid),
                    .keys(wanted, forRoles: !roles.isEmpty),
                    session
                )
            }
            var block = reading.block(projectID)
            if !roles.isEmpty {
                for (role, column) in RoleColumns.columns(block, resolver) {
                    block.columns[.role(role)] = .numbers(column)
                }
            }
            blocks.append(block)
        }
        return blocks
    }

    /// The roles of a block's runs, from the cache or from the columns they may be read from.
    private func roles(
        _ head: BlockHead,
        _ ids: IDColumn,
        _ resolver: RoleResolver,
        _ session: Session
    ) async throws(StorageError) -> [Role: RunColumn] {
        let places = Role.allCases.map {
            SearchCache.Key(block: head.id, key: .role($0), mapping: resolver.mapping)
        }
        let known = reading.cache.columns(places)
        if !known.contains(where: { $0 == nil }) {
            let found = zip(Role.allCases, known).compactMap { role, column in
                column.flatMap(\.self).map { (role, $0) }
            }
            return Dictionary(found, uniquingKeysWith: { first, _ in first })
        }
        let keys = try await reading.keys(head, session).filter(resolver.reads)
        let columns = try await reading.columns([head], keys, session)
        let block = SearchBlock(
            projectID: head.projectID,
            ids: ids,
            columns: columns.first ?? [:]
        )
        let found = RoleColumns.columns(block, resolver).mapValues(RunColumn.numbers)
        reading.cache.insert(zip(Role.allCases, places).map { ($1, found[$0]) })
        return found
    }

    private static func withoutIDs(_ head: BlockHead) -> PostgresError {
        .decoding(column: "column_bytes", wanted: "the ids of block \(head.id.hex)", found: "none")
    }
}
