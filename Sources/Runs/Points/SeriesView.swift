/// A view of one series from the summaries of its chunks, exactly as `Downsampling` of all its
/// points would draw it.
///
/// 1. A chunk that lies wholly in one bucket answers from its summary. One that an edge of buckets
///    cuts answers from those of its blocks, and only the blocks that an edge cuts are read.
/// 2. Fresh points, and chunks among which they lie, are read point by point: a fresh point may be
///    one that a chunk holds.
/// 3. On axes of time so are chunks whose times overlap.
package struct SeriesView: Sendable {
    /// One block of one chunk, by their indices.
    package struct Block: Hashable, Sendable {
        package var chunk: Int
        package var block: Int
    }

    /// Points of a block: their keys, times on axes of time, else steps; and values.
    package struct BlockPoints: Sendable {
        package var keys: [Int64]
        package var values: [Double]

        package init(keys: [Int64], values: [Double]) {
            self.keys = keys
            self.values = values
        }
    }

    package let heads: [ChunkHead]
    private let fresh: PointColumns
    private let axis: PointAxis
    private let window: BucketWindow
    private let items: [ViewItem]
    /// nil when no point lies in the window.
    private let grid: BucketGrid?
    /// Chunks whose points are needed.
    package let mixedChunks: [Int]
    /// Chunks whose blocks' summaries are needed.
    package let cutChunks: [Int]

    /// `heads` are the chunks that may lie in the window, in any order; `fresh` all points outside
    /// chunks that may, in series order and each once.
    package init(
        heads: [ChunkHead],
        fresh: PointColumns,
        axis: PointAxis,
        window: BucketWindow
    ) {
        self.heads = heads.sorted { $0.summary.precedes($1.summary) }
        self.fresh = fresh
        self.axis = axis
        self.window = window
        let summaries = self.heads.map(\.summary)
        items = ViewItem.cut(summaries, fresh, axis)
        let grid = Self.grid(summaries, fresh, axis, window)
        self.grid = grid
        var mixed: [Int] = []
        var cut: [Int] = []
        for item in items {
            switch item {
            case .mixed(let chunks, _): mixed += chunks
            case .chunk(let index):
                guard let grid else { continue }
                let (first, last) = summaries[index].keys(axis)
                if ViewSpan(axis, window, grid, first, last) == .cut { cut.append(index) }
            }
        }
        mixedChunks = mixed
        cutChunks = cut
    }

    private static func grid(
        _ chunks: [ChunkSummary],
        _ fresh: PointColumns,
        _ axis: PointAxis,
        _ window: BucketWindow
    ) -> BucketGrid? {
        let keys = axis.keys(fresh)
        let bounds = chunks.map { $0.keys(axis) }
        guard let first = (bounds.map(\.first) + keys).min(),
            let last = (bounds.map(\.last) + keys).max(),
            window.from.map({ $0 <= axis.x(key: last) }) ?? true,
            window.to.map({ $0 >= axis.x(key: first) }) ?? true
        else { return nil }
        return BucketGrid(window, first: axis.x(key: first), last: axis.x(key: last))
    }

    /// The blocks of `cutChunks` that an edge cuts.
    package func cutBlocks(_ blocks: [Int: [BlockSummary]]) -> [Block] {
        guard let grid else { return [] }
        return cutChunks.flatMap { chunk in
            (blocks[chunk] ?? []).enumerated().compactMap { index, block in
                let (first, last) = block.keys(axis)
                return ViewSpan(axis, window, grid, first, last) == .cut
                    ? Block(chunk: chunk, block: index) : nil
            }
        }
    }

    /// The buckets, from the points of `mixedChunks`, the summaries of `cutChunks` and the points
    /// of `cutBlocks`; nil when so few points lie in the window that each must be shown.
    package func buckets(
        mixed: [Int: PointColumns],
        blocks: [Int: [BlockSummary]],
        points: [Block: BlockPoints]
    ) -> Buckets? {
        guard let grid else { return Buckets() }
        var filler = ViewFiller(axis: axis, window: window, grid: grid)
        for item in items {
            switch item {
            case .chunk(let index):
                let summary = heads[index].summary
                if filler.add(summary.keys(axis), summary.part) { continue }
                for (place, block) in (blocks[index] ?? []).enumerated()
                where !filler.add(block.keys(axis), block.part) {
                    guard let found = points[Block(chunk: index, block: place)] else { continue }
                    filler.add(found.keys, found.values)
                }
            case .mixed(let chunks, let indices):
                var all = PointColumns()
                for chunk in chunks { all.append(contentsOf: mixed[chunk] ?? PointColumns()) }
                if !indices.isEmpty {
                    all.append(contentsOf: fresh.selecting(indices))
                    all = all.sortedAndDistinct()
                }
                filler.add(sorting: all)
            }
        }
        return filler.builder.pointCount > window.count ? filler.builder.buckets : nil
    }
}
