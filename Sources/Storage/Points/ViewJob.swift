import Postgres
import Runs

/// One series on its way from rows to buckets. The rows are fetched by one task and decoded by
/// others.
struct ViewJob: Sendable {
    let series: WantedSeries
    private let window: BucketWindow
    private let fresh: PointColumns
    /// Chunks in series order.
    private let heads: [ChunkHead]
    /// nil when all points are read.
    private let view: SeriesView?
    private var chunks: [Int: Row] = [:]
    private var blocks: [Int: [BlockSummary]] = [:]
    private var slices: [SeriesView.Block: Row] = [:]

    /// Reading blocks pays only when there are more points than they would hold together;
    /// `readsAll` reads all points whatever their number.
    init(
        _ series: WantedSeries,
        _ parts: SeriesParts,
        _ window: BucketWindow,
        readsAll: Bool
    ) {
        self.series = series
        self.window = window
        fresh = parts.fresh
        let count = parts.heads.reduce(0) { $0 + $1.summary.pointCount }
        if readsAll || count <= window.count * Limits.pointsPerBlockCount {
            heads = parts.heads.sorted { $0.summary.precedes($1.summary) }
            view = nil
        } else {
            let view = SeriesView(
                heads: parts.heads,
                fresh: fresh,
                axis: series.axis,
                window: window
            )
            heads = view.heads
            self.view = view
        }
    }

    /// About how many points will be decoded.
    var cost: Int {
        guard let view else { return heads.reduce(1) { $0 + $1.summary.pointCount } }
        return view.mixedChunks.reduce(1) { $0 + heads[$1].summary.pointCount }
            + view.cutChunks.count * Limits.pointsPerBlockCount
    }

    /// Chunks to be read whole. Without fresh points no point can be doubled, so keys and values
    /// are enough.
    var wholeChunks: [(index: Int, request: ChunkRequest)] {
        let isTime = series.axis.isTime
        let needsBoth = view != nil || !fresh.isEmpty
        return (view?.mixedChunks ?? Array(heads.indices)).map { index in
            var request = ChunkRequest(series: series.key, head: heads[index])
            request.wantsSteps = needsBoth || !isTime
            request.wantsTimes = needsBoth || isTime
            return (index, request)
        }
    }

    var cutChunks: [(index: Int, request: ChunkRequest)] {
        (view?.cutChunks ?? []).map { ($0, ChunkRequest(series: series.key, head: heads[$0])) }
    }

    /// Blocks to be read, once `blocks` are set.
    var cutBlocks: [(block: SeriesView.Block, chunk: ChunkRequest, summary: BlockSummary)] {
        (view?.cutBlocks(blocks) ?? []).compactMap { block in
            guard let summary = blocks[block.chunk]?[block.block] else { return nil }
            let request = ChunkRequest(series: series.key, head: heads[block.chunk])
            return (block, request, summary)
        }
    }

    mutating func set(chunk: Int, _ row: Row) { chunks[chunk] = row }
    mutating func set(blocks found: [BlockSummary], of chunk: Int) { blocks[chunk] = found }
    mutating func set(block: SeriesView.Block, _ row: Row) { slices[block] = row }

    /// nil when the series must be read again with all its points.
    func buckets() throws(PostgresError) -> Buckets? {
        guard let view else { return try wholeBuckets() }
        var mixed: [Int: PointColumns] = [:]
        for (index, row) in chunks {
            mixed[index] = try row.points(count: try row.value(1), from: 2)
        }
        var points: [SeriesView.Block: SeriesView.BlockPoints] = [:]
        for (block, row) in slices {
            guard let count = blocks[block.chunk]?[block.block].pointCount else { continue }
            points[block] = try blockPoints(row, count)
        }
        return view.buckets(mixed: mixed, blocks: blocks, points: points)
    }

    private func blockPoints(
        _ row: Row,
        _ count: Int
    ) throws(PostgresError) -> SeriesView.BlockPoints {
        let (keys, values): ([UInt8], [UInt8]) = (try row.value(1), try row.value(2))
        let isTime = series.axis.isTime
        return try row.decoding { () throws(SegmentError) in
            SeriesView.BlockPoints(
                keys: isTime
                    ? try ChunkCodec.decodeTimes(keys, count: count)
                    : try ChunkCodec.decodeSteps(keys, count: count),
                values: try ChunkCodec.decodeValues(values, count: count)
            )
        }
    }

    private func wholeBuckets() throws(PostgresError) -> Buckets {
        var keys: [Int64] = []
        var values: [Double] = []
        if fresh.isEmpty {
            let total = heads.reduce(0) { $0 + $1.summary.pointCount }
            keys.reserveCapacity(total)
            values.reserveCapacity(total)
            for index in heads.indices {
                guard let row = chunks[index] else { continue }
                let points = try keysAndValues(row)
                keys += points.keys
                values += points.values
            }
        } else {
            var points = PointColumns()
            for index in heads.indices {
                guard let row = chunks[index] else { continue }
                points.append(contentsOf: try row.points(count: try row.value(1), from: 2))
            }
            points.append(contentsOf: fresh)
            points = points.sortedAndDistinct()
            keys = series.axis.keys(points)
            values = points.values
        }
        return Downsampling.buckets(series.axis, keys: keys, values: values, window)
    }

    private func keysAndValues(_ row: Row) throws(PostgresError) -> SeriesView.BlockPoints {
        let isTime = series.axis.isTime
        let count: Int = try row.value(1)
        let (keys, values): ([UInt8], [UInt8]) = (
            try row.value(isTime ? 3 : 2), try row.value(4)
        )
        return try row.decoding { () throws(SegmentError) in
            try ChunkCodec.decode(keys: keys, values: values, count: count)
        }
    }
}
