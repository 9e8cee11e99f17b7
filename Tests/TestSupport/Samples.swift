import Foundation
package import Runs
package import Storage

/// Ready-made values for tests.
package enum Samples {
    /// A fixed moment, in microseconds since 1970: 14 November 2023, 22:13:20.
    package static let now: Int64 = 1_700_000_000_000_000

    package static func runID(_ number: UInt8 = 1) -> RunID {
        RunID(UUID(uuid: (0, 0, 0, 0, 0, 0, 64, 0, 128, 0, 0, 0, 0, 0, 0, number)))
    }

    package static func newRun(
        in project: ProjectID,
        id: RunID = RunID(UUID()),
        name: String = "run",
        params: [String: String] = [:],
        tags: [String: String] = [:],
        startTime: Int64 = now
    ) -> NewRun {
        NewRun(
            id: id,
            projectID: project,
            name: name,
            startTime: startTime,
            params: params,
            tags: tags
        )
    }

    /// A falling loss with noise: `count` points from step `first`, a second apart.
    package static func series(count: Int, first: Int64 = 0, seed: UInt64 = 1) -> PointColumns {
        var generator = SeededGenerator(seed: seed)
        var points = PointColumns()
        for step in first..<first + Int64(count) {
            let noise = Double.random(in: -0.05...0.05, using: &generator)
            points.append(
                step: step,
                time: now + step * 1_000_000,
                value: 2 + 8 / (1 + Double(step)).squareRoot() + noise
            )
        }
        return points
    }
}

extension Store {
    /// A stored project and a stored running run in it.
    package func sampleRun(_ projectName: String = "project") async throws -> Run {
        let project: Project
        if let found = try await projects.find(name: projectName) {
            project = found
        } else {
            project = try await projects.create(name: projectName, now: Samples.now)
        }
        return try await runs.create(Samples.newRun(in: project.id), now: Samples.now)
    }
}

extension RunSearch {
    /// A search without a filter; `sort` may begin with `-`, as on the native wire.
    package init(
        sort: String,
        lifecycle: RunLifecycle = .active,
        limit: Int = 1_000,
        after: SearchCursor? = nil
    ) {
        let field = sort.hasPrefix("-") ? String(sort.dropFirst()) : sort
        let term = SearchOrder.Term(
            chain: SearchKey.sortChain(for: field),
            isAscending: !sort.hasPrefix("-"),
            readsNumbers: field != "name"
        )
        self.init(
            lifecycle: lifecycle,
            order: SearchOrder(terms: [term]),
            limit: limit,
            after: after
        )
    }
}

extension Store {
    /// The runs of a page, whole, and where it ended.
    package func page(
        _ search: RunSearch,
        in project: ProjectID
    ) async throws -> (runs: [Run], next: SearchCursor?) {
        let page = try await self.search.page(search, in: [SearchScope(projectID: project)])
        return (try await runs.find(ids: page.ids), page.next)
    }
}
