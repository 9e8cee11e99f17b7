import Foundation
import Runs
import TestSupport
import Testing

@Suite struct RunSearchTests {
    private static let project = ProjectID(UUID())

    private static func runs(_ count: Int, seed: UInt64) -> [Run] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in NaiveSearch.run(in: project, using: &generator) }
    }

    private static func search(
        _ filter: RunFilter?,
        _ sort: String,
        _ isAscending: Bool,
        limit: Int,
        after: SearchCursor? = nil
    ) -> RunSearch {
        let mask = filter.map { filter -> RunSearch.Mask in { block in filter.mask(block) } }
        let term = SearchOrder.Term(
            chain: SearchKey.sortChain(for: sort),
            isAscending: isAscending,
            readsNumbers: sort != "name"
        )
        return RunSearch(
            filterKeys: filter?.keys ?? [],
            filter: mask,
            order: SearchOrder(terms: [term]),
            limit: limit,
            after: after
        )
    }

    @Test(arguments: NaiveSearch.filters)
    func `a filter by column chooses what it chooses run by run`(text: String) throws {
        let filter = try RunFilter(parsing: text)
        let runs = Self.runs(400, seed: 7)
        let block = NaiveSearch.block(runs, filter.keys, in: Self.project)
        let mask = filter.mask(block)
        let found = zip(block.ids.ids, mask).filter(\.1).map(\.0.runID)
        let wanted = runs.filter { filter.matches($0) }.map(\.id).sorted()
        #expect(found == wanted)
        #expect(text == "missing = 1" || !wanted.isEmpty, "the filter finds nothing to test")
    }

    @Test(arguments: NaiveSearch.sorts, [true, false])
    func `pages follow each other in the order of a plain sort`(
        sort: String,
        isAscending: Bool
    ) throws {
        let runs = Self.runs(300, seed: 11)
        let wanted = NaiveSearch.ids(runs, filter: nil, sort: sort, isAscending: isAscending)
        let keys = Set(SearchKey.sortChain(for: sort))
        let blocks = [runs[..<100], runs[100..<130], runs[130...]].map {
            NaiveSearch.block(Array($0), keys, in: Self.project)
        }
        for limit in [7, 150, 300, 1_000] {
            var found: [RunID] = []
            var after: SearchCursor?
            repeat {
                let search = Self.search(nil, sort, isAscending, limit: limit, after: after)
                let page = search.page(blocks)
                #expect(page.ids.count == limit || page.next == nil)
                found += page.ids
                after = page.next
            } while after != nil
            #expect(found == wanted)
        }
    }

    @Test func `a formula of the project changes what a role reads, by column too`() throws {
        let runs = Self.runs(200, seed: 13)
        let resolver = try RoleResolver(
            mapping: RoleMapping(
                expressions: [
                    .loss: "metrics.acc * 2 + params.width / 100", .tokenCount: "width*2",
                ]
            )
        )
        let filter = try RunFilter(parsing: "roles.loss > 1 or D > 80")
        let block = NaiveSearch.block(runs, filter.keys, in: Self.project, resolver: resolver)
        let found = zip(block.ids.ids, filter.mask(block)).filter(\.1).map(\.0.runID)
        let wanted = runs.filter { filter.matches($0, roles: resolver) }.map(\.id).sorted()
        #expect(found == wanted && !wanted.isEmpty)
    }

    @Test func `rows that are not shown and runs that are deleted stay out`() {
        let runs = Self.runs(50, seed: 17)
        var block = NaiveSearch.block(runs, [.attribute(.name)], in: Self.project)
        block.isShown[3] = false
        var deleted = NumberColumn(missing: 50)
        deleted.isPresent[5] = true
        block.columns[.attribute(.deleted)] = .numbers(deleted)
        var search = Self.search(nil, "name", true, limit: 100)
        #expect(search.page([block]).ids.count == 48)
        search.lifecycle = .deleted
        #expect(search.page([block]).ids == [block.ids.ids[5].runID])
        search.lifecycle = .all
        #expect(search.page([block]).ids.count == 49)
    }

    @Test(arguments: [0, 1, 5, 31, 32, 33, 1_000])
    func `blocks made one hold the same rows`(count: Int) {
        let runs = Self.runs(count, seed: 19)
        let keys = Set(["lr", "loss", "note", "N"].flatMap { SearchKey.chain(for: $0) })
        let whole = NaiveSearch.block(runs, keys, in: Self.project)
        let parts = [0, 1, 2].map { part in
            let some = runs.enumerated().filter { $0.offset % 3 == part }.map(\.element)
            return NaiveSearch.block(some, keys, in: Self.project)
        }
        let merge = BlockMerge(parts.map { ($0.ids, $0.isShown) })
        #expect(merge.ids == whole.ids)
        for key in keys {
            #expect(merge.column(parts.map { $0.columns[key] }) == whole.columns[key])
        }
    }

    @Test func `four blocks of a tier are made one, and one half dead alone`() {
        func fills(_ counts: [Int]) -> [BlockFill] {
            counts.map { BlockFill(runCount: $0, shownCount: $0) }
        }
        #expect(MergeChoice.blocks(fills([64, 64, 64])).isEmpty)
        #expect(MergeChoice.blocks(fills([64, 4_096, 64, 60, 70, 64])).sorted() == [0, 2, 3, 5])
        #expect(MergeChoice.blocks(fills([4_000, 4_000, 4_000, 4_000, 4_000])).isEmpty)
        let half = BlockFill(runCount: 100, shownCount: 50)
        #expect(MergeChoice.blocks(fills([64]) + [half]) == [1])
    }
}
