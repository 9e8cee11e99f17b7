/// How a stretch of keys lies to the window and its buckets.
enum ViewSpan {
    case outside
    case inOneBucket
    case cut

    init(
        _ axis: PointAxis,
        _ window: BucketWindow,
        _ grid: BucketGrid,
        _ first: Int64,
        _ last: Int64
    ) {
        let (low, high) = (axis.x(key: first), axis.x(key: last))
        if high < window.from ?? -.infinity || low > window.to ?? .infinity {
            self = .outside
        } else if window.contains(low), window.contains(high),
            grid.bucket(low) == grid.bucket(high)
        {
            self = .inOneBucket
        } else {
            self = .cut
        }
    }
}

/// Puts the stretches of a view into buckets, in the order of the axis.
struct ViewFiller {
    let axis: PointAxis
    let window: BucketWindow
    let grid: BucketGrid
    var builder: BucketBuilder

    init(axis: PointAxis, window: BucketWindow, grid: BucketGrid) {
        self.axis = axis
        self.window = window
        self.grid = grid
        builder = BucketBuilder(grid)
    }

    /// Adds a summarised stretch; false when it must be read more closely.
    mutating func add(_ keys: (first: Int64, last: Int64), _ part: BucketPart) -> Bool {
        switch ViewSpan(axis, window, grid, keys.first, keys.last) {
        case .outside: return true
        case .cut: return false
        case .inOneBucket:
            var part = part
            part.x = axis.x(key: keys.last)
            builder.add(part)
            return true
        }
    }

    /// Points in the order of their keys.
    mutating func add(_ keys: [Int64], _ values: [Double]) {
        builder.add(axis, keys: keys, values: values, axis.range(of: keys, in: window))
    }

    /// Points in series order.
    mutating func add(sorting points: PointColumns) {
        let keys = axis.keys(points)
        guard !Downsampling.isSorted(keys) else { return add(keys, points.values) }
        let order = keys.indices.sorted {
            keys[$0] != keys[$1] ? keys[$0] < keys[$1] : $0 < $1
        }
        add(order.map { keys[$0] }, order.map { points.values[$0] })
    }
}

extension ChunkSummary {
    /// x is to be filled in.
    var part: BucketPart {
        BucketPart(
            x: 0,
            minimum: minimum ?? .nan,
            maximum: maximum ?? .nan,
            last: last,
            count: pointCount
        )
    }
}

extension BlockSummary {
    var part: BucketPart {
        BucketPart(
            x: 0,
            minimum: minimum ?? .nan,
            maximum: maximum ?? .nan,
            last: last,
            count: pointCount
        )
    }
}
