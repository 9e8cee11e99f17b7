import Foundation
package import Runs

extension SearchStore {
    /// What a list of projects says of each. A block that did not change is counted once; losses of
    /// very many runs are left out until they are packed.
    package func overviews(
        _ scopes: [SearchScope]
    ) async throws(StorageError) -> [ProjectID: RunOverview] {
        guard !scopes.isEmpty else { return [:] }
        return try await database.snapshot { (session) async throws(StorageError) in
            let heads = try await reading.heads(scopes.map(\.projectID), session)
            let changed = try await changed(scopes, session)
            var overviews: [ProjectID: RunOverview] = [:]
            for block in changed { overviews[block.projectID, default: .init()].add(.init(block)) }
            for head in heads {
                guard let scope = scopes.first(where: { $0.projectID == head.projectID }) else {
                    continue
                }
                let others = changed.filter { $0.projectID == head.projectID }
                let overview = try await overview(head, scope, others, session)
                overviews[head.projectID, default: .init()].add(overview)
            }
            return overviews
        }
    }

    private func changed(
        _ scopes: [SearchScope],
        _ session: Session
    ) async throws(StorageError) -> [SearchBlock] {
        let plain = RunOverview.keys.filter { $0 != .role(.loss) }
        let changed = try await unpacked(plain, scopes, session)
        let count = changed.reduce(0) { $0 + $1.count }
        guard count > 0, count <= Limits.overviewRunCount else { return changed }
        return try await unpacked(RunOverview.keys, scopes, session)
    }

    private func overview(
        _ head: BlockHead,
        _ scope: SearchScope,
        _ changed: [SearchBlock],
        _ session: Session
    ) async throws(StorageError) -> RunOverview {
        let ids = try await ids([head], session)
        var block = [
            SearchBlock(
                projectID: head.projectID,
                ids: ids.first ?? IDColumn(ids: []),
                isShown: head.isShown,
                columns: [:]
            )
        ]
        Self.hide(changed, in: &block)
        let key = OverviewCache.Key(
            block: head.id,
            mapping: scope.resolver.mapping,
            isShown: block[0].isShown
        )
        if let known = counted.overview(key) { return known }
        try await fill(&block, [head], RunOverview.keys, [scope], session)
        let overview = RunOverview(block[0])
        counted.insert(key, overview)
        return overview
    }
}
