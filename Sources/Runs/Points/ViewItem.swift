/// A stretch of a series that can be read for itself, as its keys (times on axes of time, else
/// steps) meet no others: a chunk alone, or chunks and fresh points that lie among each other.
enum ViewItem: Hashable {
    case chunk(Int)
    /// Indices into the chunks, in series order, and into the fresh points.
    case mixed(chunks: [Int], fresh: [Int])

    /// Cuts a series into items in the order of the axis. `chunks` and `fresh` are in series order,
    /// each point of `fresh` once; a chunk alone has its points in the order of the axis.
    static func cut(
        _ chunks: [ChunkSummary],
        _ fresh: PointColumns,
        _ axis: PointAxis
    ) -> [ViewItem] {
        var cutter = ViewCutter(chunks, axis)
        let bounds = chunks.map { $0.keys(axis) }
        let order = chunks.indices.sorted {
            bounds[$0].first != bounds[$1].first ? bounds[$0].first < bounds[$1].first : $0 < $1
        }
        let keys = axis.keys(fresh)
        var freshOrder = Array(keys.indices)
        if axis.isTime {
            freshOrder.sort { keys[$0] != keys[$1] ? keys[$0] < keys[$1] : $0 < $1 }
        }
        var next = 0
        for chunk in order {
            while next < freshOrder.count, keys[freshOrder[next]] < bounds[chunk].first {
                cutter.add(fresh: freshOrder[next], key: keys[freshOrder[next]])
                next += 1
            }
            cutter.add(chunk: chunk, bounds[chunk])
        }
        for index in freshOrder[next...] { cutter.add(fresh: index, key: keys[index]) }
        return cutter.finish()
    }
}

private struct ViewCutter {
    private let chunks: [ChunkSummary]
    private let axis: PointAxis
    private var items: [ViewItem] = []
    private var open: (chunks: [Int], fresh: [Int]) = ([], [])
    /// Greatest key of the open item.
    private var end = Int64.min

    init(_ chunks: [ChunkSummary], _ axis: PointAxis) {
        self.chunks = chunks
        self.axis = axis
    }

    mutating func add(chunk: Int, _ bounds: (first: Int64, last: Int64)) {
        // Chunks may meet in one key when they follow each other in the series as on the axis.
        let follows = open.fresh.isEmpty && open.chunks.count == 1 && open.chunks[0] < chunk
        if !isEmpty, bounds.first > end || (bounds.first == end && follows) { close() }
        open.chunks.append(chunk)
        end = max(end, bounds.last)
    }

    mutating func add(fresh index: Int, key: Int64) {
        // Points that only follow each other make one item.
        if !open.chunks.isEmpty, key > end { close() }
        open.fresh.append(index)
        end = max(end, key)
    }

    consuming func finish() -> [ViewItem] {
        if !isEmpty { close() }
        return items
    }

    private var isEmpty: Bool { open.chunks.isEmpty && open.fresh.isEmpty }

    private mutating func close() {
        if open.fresh.isEmpty, open.chunks.count == 1,
            !axis.isTime || chunks[open.chunks[0]].isTimeOrdered
        {
            items.append(.chunk(open.chunks[0]))
        } else {
            items.append(.mixed(chunks: open.chunks.sorted(), fresh: open.fresh.sorted()))
        }
        open = ([], [])
        end = .min
    }
}
