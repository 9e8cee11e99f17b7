/// A search over runs: which pass, in which order, which page of them. Pure.
package struct RunSearch: Sendable {
    /// Tells of every row of a block whether it passes.
    package typealias Mask = @Sendable (SearchBlock) -> [Bool]

    /// The keys that `filter` reads.
    package var filterKeys: Set<SearchKey>
    /// Which rows of a block pass; nil when all do.
    package var filter: Mask?
    package var lifecycle: RunLifecycle
    package var order: SearchOrder
    package var limit: Int
    package var after: SearchCursor?

    package init(
        filterKeys: Set<SearchKey> = [],
        filter: Mask? = nil,
        lifecycle: RunLifecycle = .active,
        order: SearchOrder,
        limit: Int,
        after: SearchCursor? = nil
    ) {
        self.filterKeys = filterKeys
        self.filter = filter
        self.lifecycle = lifecycle
        self.order = order
        self.limit = limit
        self.after = after
    }

    /// Every key that has to be in the blocks.
    package var keys: Set<SearchKey> {
        filterKeys.union(order.keys).union([.attribute(.deleted)])
    }

    package struct Page: Sendable, Hashable {
        package var ids: [RunID]
        /// nil on the last page, also when that page is full.
        package var next: SearchCursor?
    }

    package func page(_ blocks: [SearchBlock]) -> Page {
        var table = SortTable(order)
        for block in blocks {
            table.append(rows(of: block), of: block, order)
        }
        var places = Array(0..<table.count)
        if let after {
            let bound = table.count
            table.append(after)
            places = places.filter { table.isBefore(bound, $0) }
        }
        let first = Self.least(places, limit + 1) { table.isBefore($0, $1) }
        let shown = first.prefix(limit)
        return Page(
            ids: shown.map { table.ids[$0].runID },
            next: first.count > limit ? shown.last.map(table.cursor) : nil
        )
    }

    /// The rows of a block that are shown, live as asked, and pass.
    package func rows(of block: SearchBlock) -> [Int] {
        var isChosen = block.isShown
        if lifecycle != .all {
            let wanted = lifecycle == .deleted
            if case .numbers(let deleted)? = block.column(.attribute(.deleted)) {
                for row in isChosen.indices where deleted.isPresent[row] != wanted {
                    isChosen[row] = false
                }
            } else if wanted {
                return []
            }
        }
        if let filter {
            let passes = filter(block)
            for row in isChosen.indices where !passes[row] { isChosen[row] = false }
        }
        return isChosen.indices.filter { isChosen[$0] }
    }

    /// The `count` least elements, in order. A heap of them, greatest on top, turns most elements
    /// away with one comparison.
    static func least(
        _ elements: [Int],
        _ count: Int,
        by isBefore: (Int, Int) -> Bool
    ) -> [Int] {
        guard count < elements.count / 8 else {
            return Array(elements.sorted(by: isBefore).prefix(count))
        }
        var heap: [Int] = []
        heap.reserveCapacity(count)
        for element in elements {
            if heap.count < count {
                heap.append(element)
                var child = heap.count - 1
                while child > 0, isBefore(heap[(child - 1) / 2], heap[child]) {
                    heap.swapAt(child, (child - 1) / 2)
                    child = (child - 1) / 2
                }
            } else if isBefore(element, heap[0]) {
                heap[0] = element
                var parent = 0
                while 2 * parent + 1 < count {
                    var child = 2 * parent + 1
                    if child + 1 < count, isBefore(heap[child], heap[child + 1]) { child += 1 }
                    guard isBefore(heap[parent], heap[child]) else { break }
                    heap.swapAt(parent, child)
                    parent = child
                }
            }
        }
        return heap.sorted(by: isBefore)
    }
}

/// Which runs of a project are meant by whether they are deleted.
package enum RunLifecycle: Sendable {
    case active, deleted, all
}
