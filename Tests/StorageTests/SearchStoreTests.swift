import Foundation
import Runs
import Storage
import TestSupport
import Testing

/// Search through the database, compared with a plain search over all runs.
@Suite struct SearchStoreTests {
    private static let later = Samples.now + 3_600_000_000

    private static func filled(_ count: Int, seed: UInt64) async throws -> (Store, ProjectID) {
        let store = try await TestDatabase.makeStore()
        let project = try await store.projects.create(name: "p", now: Samples.now)
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<count { try await add(store, project.id, &generator) }
        return (store, project.id)
    }

    private static func add(
        _ store: Store,
        _ project: ProjectID,
        _ generator: inout SeededGenerator
    ) async throws {
        let run = NaiveSearch.run(in: project, using: &generator)
        _ = try await store.runs.create(
            NewRun(
                id: run.id,
                projectID: project,
                name: run.name,
                status: run.status,
                userName: run.userName,
                parentID: run.parentID,
                groupName: run.groupName,
                startTime: run.startTime,
                params: run.params,
                tags: run.tags
            ),
            now: Samples.now
        )
        let series = run.metrics.mapValues { metric in
            PointColumns(steps: [1], times: [Samples.now], values: [metric.lastValue])
        }
        try await store.writer.write(RunBatch(runID: run.id, series: series), now: Samples.now)
        if run.endTime != nil {
            _ = try await store.runs.update(
                run.id,
                RunUpdate(endTime: run.endTime),
                now: Samples.now
            )
        }
    }

    private static func pack(_ store: Store) async throws -> Int {
        var packed = 0
        while true {
            let step = try await store.packer.step(now: later, leastCount: 1)
            if step.isIdle { return packed }
            packed += step.packedRunCount
        }
    }

    /// Some filters in some orders, page by page, against the plain search.
    private static func check(
        _ store: Store,
        _ project: ProjectID,
        seed: UInt64,
        count: Int = 12
    ) async throws {
        var generator = SeededGenerator(seed: seed)
        let runs = try await store.runs.all(projectID: project)
        for _ in 0..<count {
            let text = NaiveSearch.filters.randomElement(using: &generator) ?? ""
            let filter = Bool.random(using: &generator) ? try RunFilter(parsing: text) : nil
            let sort = NaiveSearch.sorts.randomElement(using: &generator) ?? ""
            let isAscending = Bool.random(using: &generator)
            let wanted = NaiveSearch.ids(runs, filter: filter, sort: sort, isAscending: isAscending)
            let limit = Int.random(in: 1...runs.count, using: &generator)
            let found = try await pages(store, project, filter, sort, isAscending, limit)
            #expect(found == wanted, "\(filter == nil ? "" : text) by \(sort)")
        }
    }

    private static func pages(
        _ store: Store,
        _ project: ProjectID,
        _ filter: RunFilter?,
        _ sort: String,
        _ isAscending: Bool,
        _ limit: Int
    ) async throws -> [RunID] {
        let mask = filter.map { filter -> RunSearch.Mask in { block in filter.mask(block) } }
        let term = SearchOrder.Term(
            chain: SearchKey.sortChain(for: sort),
            isAscending: isAscending,
            readsNumbers: sort != "name"
        )
        var found: [RunID] = []
        var after: SearchCursor?
        repeat {
            let search = RunSearch(
                filterKeys: filter?.keys ?? [],
                filter: mask,
                order: SearchOrder(terms: [term]),
                limit: limit,
                after: after
            )
            let page = try await store.search.page(search, in: [SearchScope(projectID: project)])
            found += page.ids
            after = page.next
        } while after != nil
        return found
    }

    @Test(arguments: 1...3)
    func `packed or not, a search finds what is there`(seed: UInt64) async throws {
        let (store, project) = try await Self.filled(90, seed: seed)
        try await Self.check(store, project, seed: seed)
        #expect(try await Self.pack(store) == 90)
        try await Self.check(store, project, seed: seed + 10)
        #expect(try await Self.pack(store) == 0, "what is packed stays packed")
        var generator = SeededGenerator(seed: seed + 20)
        for _ in 0..<30 { try await Self.add(store, project, &generator) }
        try await Self.check(store, project, seed: seed + 30)
        #expect(try await Self.pack(store) == 30)
        try await Self.check(store, project, seed: seed + 40)
    }

    @Test func `every change of a packed run is found at once`() async throws {
        let (store, project) = try await Self.filled(40, seed: 5)
        _ = try await Self.pack(store)
        var generator = SeededGenerator(seed: 6)
        let ids = try await store.runs.all(projectID: project).map(\.id)
        for round in 0..<40 {
            let id = try #require(ids.randomElement(using: &generator))
            let value = Double(round)
            switch round % 7 {
            case 0:
                let points = PointColumns(steps: [9], times: [Samples.now], values: [value])
                let batch = RunBatch(runID: id, series: ["loss": points])
                try await store.writer.write(batch, now: Samples.now)
            case 1:
                try await store.writer.write(
                    RunBatch(runID: id, params: ["new": "1"], tags: ["team": "z\(round)"]),
                    now: Samples.now
                )
            case 2:
                let update = RunUpdate(status: .killed, name: "renamed")
                _ = try await store.runs.update(id, update, now: Samples.now)
            case 3: try await store.runs.delete(id, now: Samples.now)
            case 4:
                for id in ids { try await store.runs.restore(id, now: Samples.now) }
            case 5: _ = try await Self.pack(store)
            default:
                _ = try await store.packer.step(now: Self.later, leastCount: 1)
            }
            try await Self.check(store, project, seed: UInt64(round), count: 3)
            for id in ids { try await store.runs.restore(id, now: Samples.now) }
        }
    }

    @Test func `deleted runs are found where they are asked for, packed or not`() async throws {
        let (store, project) = try await Self.filled(10, seed: 7)
        let ids = try await store.runs.all(projectID: project).map(\.id).sorted()
        _ = try await Self.pack(store)
        try await store.runs.delete(ids[3], now: Samples.now)
        for _ in 0..<2 {
            var search = RunSearch(
                lifecycle: .deleted,
                order: SearchOrder(terms: []),
                limit: 100
            )
            let scope = SearchScope(projectID: project)
            #expect(try await store.search.page(search, in: [scope]).ids == [ids[3]])
            search.lifecycle = .all
            #expect(try await store.search.page(search, in: [scope]).ids == ids)
            search.lifecycle = .active
            #expect(try await store.search.page(search, in: [scope]).ids.count == 9)
            #expect(try await Self.pack(store) <= 1)
        }
        try await store.projects.delete(project, now: Samples.now)
        let search = RunSearch(order: SearchOrder(terms: []), limit: 100)
        #expect(
            try await store.search.page(search, in: [SearchScope(projectID: project)]).ids.isEmpty
        )
    }

    @Test func `several projects are searched together and never mixed`() async throws {
        let (store, project) = try await Self.filled(20, seed: 8)
        let other = try await store.projects.create(name: "q", now: Samples.now)
        var generator = SeededGenerator(seed: 9)
        for _ in 0..<20 { try await Self.add(store, other.id, &generator) }
        for _ in 0..<2 {
            let search = RunSearch(order: SearchOrder(terms: []), limit: 100)
            let both = [project, other.id].map { SearchScope(projectID: $0) }
            #expect(try await store.search.page(search, in: both).ids.count == 40)
            let own = try await store.runs.all(projectID: project).map(\.id).sorted()
            #expect(try await store.search.page(search, in: [both[0]]).ids == own)
            _ = try await Self.pack(store)
        }
    }

    @Test func `packers and writers at once lose nothing`() async throws {
        let (store, project) = try await Self.filled(60, seed: 10)
        let ids = try await store.runs.all(projectID: project).map(\.id)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    for _ in 0..<40 {
                        _ = try await store.packer.step(now: Self.later, leastCount: 1)
                    }
                }
            }
            group.addTask {
                for step in 0..<150 {
                    let points = PointColumns(
                        steps: [Int64(step) + 2],
                        times: [Samples.now],
                        values: [Double(step)]
                    )
                    let id = ids[step * 7 % ids.count]
                    let batch = RunBatch(
                        runID: id,
                        series: ["loss": points],
                        tags: ["step": "\(step)"]
                    )
                    try await store.writer.write(batch, now: Samples.now)
                    let filter = try RunFilter(parsing: "tags.step = \(step) and loss = \(step)")
                    let found = try await Self.pages(store, project, filter, "name", true, 10)
                    #expect(found == [id], "a run is found by what was written a moment ago")
                }
            }
            try await group.waitForAll()
        }
        try await Self.check(store, project, seed: 11)
        _ = try await Self.pack(store)
        try await Self.check(store, project, seed: 12)
    }

    @Test func `a page goes on where it ended while runs come and go`() async throws {
        let (store, project) = try await Self.filled(60, seed: 14)
        _ = try await Self.pack(store)
        let before = Set(try await store.runs.all(projectID: project).map(\.id))
        var generator = SeededGenerator(seed: 15)
        var found: [RunID] = []
        var gone: Set<RunID> = []
        var after: SearchCursor?
        repeat {
            let term = SearchOrder.Term(
                chain: [.metric("loss")],
                isAscending: false,
                readsNumbers: false
            )
            let search = RunSearch(
                order: SearchOrder(terms: [term]),
                limit: 7,
                after: after
            )
            let page = try await store.search.page(search, in: [SearchScope(projectID: project)])
            found += page.ids
            after = page.next
            try await Self.add(store, project, &generator)
            // The very run that the page ended with goes.
            if let last = page.ids.last {
                try await store.runs.delete(last, now: Samples.now)
                gone.insert(last)
            }
            _ = try await store.packer.step(now: Self.later, leastCount: 1)
        } while after != nil
        #expect(Set(found).count == found.count, "no run comes twice")
        #expect(before.isSubset(of: found), "no run is left out: \(gone.count) went meanwhile")
    }
}
