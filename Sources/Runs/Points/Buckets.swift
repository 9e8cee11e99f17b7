/// A series drawn in few marks: per bucket of x the least and greatest finite value, the last value
/// and the number of points. All columns have one length; empty buckets are left out.
package struct Buckets: Sendable, Hashable {
    /// x of the bucket's last point, so that (x, last) is a point that was logged.
    package var x: [Double] = []
    /// NaN where no value of the bucket is finite.
    package var minimum: [Double] = []
    package var maximum: [Double] = []
    /// NaN and infinities as logged.
    package var last: [Double] = []
    package var count: [Int] = []

    package init() {}

    mutating func add(x: Double, value: Double) {
        let finite = value.isFinite ? value : .nan
        add(BucketPart(x: x, minimum: finite, maximum: finite, last: value, count: 1))
    }

    mutating func add(_ part: BucketPart) {
        x.append(part.x)
        minimum.append(part.minimum)
        maximum.append(part.maximum)
        last.append(part.last)
        count.append(part.count)
    }

    mutating func extend(_ part: BucketPart) {
        let end = x.count - 1
        x[end] = part.x
        last[end] = part.last
        count[end] += part.count
        guard !part.minimum.isNaN else { return }
        minimum[end] = minimum[end].isNaN ? part.minimum : min(minimum[end], part.minimum)
        maximum[end] = maximum[end].isNaN ? part.maximum : max(maximum[end], part.maximum)
    }
}

/// Neighbouring points of one bucket, summarised; minimum and maximum are NaN when none is finite.
struct BucketPart {
    var x: Double
    var minimum: Double
    var maximum: Double
    var last: Double
    var count: Int
}

extension BucketPart {
    /// `values` are one at least; `x` is that of the last.
    init(x: Double, _ values: Span<Double>) {
        var least = Double.infinity
        var greatest = -Double.infinity
        var hasFinite = false
        for index in values.indices {
            let value = values[index]
            guard value.isFinite else { continue }
            hasFinite = true
            if value < least { least = value }
            if value > greatest { greatest = value }
        }
        self.init(
            x: x,
            minimum: hasFinite ? least : .nan,
            maximum: hasFinite ? greatest : .nan,
            last: values[values.count - 1],
            count: values.count
        )
    }
}

/// Which part of an axis is drawn, in the axis's unit, and in how many buckets; nil bounds are the
/// ends of the data.
package struct BucketWindow: Sendable, Hashable {
    package var count: Int
    package var from: Double?
    package var to: Double?

    package init(count: Int, from: Double? = nil, to: Double? = nil) {
        precondition(count > 0, "a view has one bucket at least")
        self.count = count
        self.from = from
        self.to = to
    }

    func contains(_ x: Double) -> Bool {
        x >= from ?? -.infinity && x <= to ?? .infinity
    }
}

/// Buckets of equal width. The bucket of an x never falls when x rises.
struct BucketGrid {
    private let low: Double
    private let halfWidth: Double
    private let count: Int

    /// `first` and `last` are the least and greatest x within the window.
    init(_ window: BucketWindow, first: Double, last: Double) {
        low = max(window.from ?? first, -Double.greatestFiniteMagnitude)
        let high = min(window.to ?? last, Double.greatestFiniteMagnitude)
        // Halves first: the difference of two huge numbers of unlike sign overflows.
        halfWidth = high / 2 - low / 2
        count = window.count
    }

    func bucket(_ x: Double) -> Int {
        let share = halfWidth > 0 ? (x / 2 - low / 2) / halfWidth : 0
        return min(count - 1, Int(share * Double(count)))
    }
}

/// Fills buckets with points and summaries that come in the order of x.
struct BucketBuilder {
    private(set) var buckets = Buckets()
    private(set) var pointCount = 0
    private let grid: BucketGrid
    private var current = -1

    init(_ grid: BucketGrid) { self.grid = grid }

    mutating func add(x: Double, value: Double) {
        let finite = value.isFinite ? value : .nan
        add(BucketPart(x: x, minimum: finite, maximum: finite, last: value, count: 1))
    }

    /// Points `range` of two columns in the order of their keys, all within the window. Where a
    /// bucket ends is searched for, so that x is asked of few points.
    mutating func add(
        _ axis: PointAxis,
        keys: [Int64],
        values: [Double],
        _ range: Range<Int>
    ) {
        var start = range.lowerBound
        while start < range.upperBound {
            let bucket = grid.bucket(axis.x(key: keys[start]))
            var (low, high, stride) = (start, start + 1, 1)
            while high < range.upperBound, grid.bucket(axis.x(key: keys[high])) == bucket {
                (low, stride) = (high, stride * 2)
                high += stride
            }
            high = min(high, range.upperBound)
            // The point at `low` is in the bucket; one at `high`, if any, is not.
            while high - low > 1 {
                let middle = (low + high) / 2
                if grid.bucket(axis.x(key: keys[middle])) == bucket {
                    low = middle
                } else {
                    high = middle
                }
            }
            let x = axis.x(key: keys[high - 1])
            add(BucketPart(x: x, values.span.extracting(start..<high)), to: bucket)
            start = high
        }
    }

    /// Points that all lie in one bucket.
    mutating func add(_ part: BucketPart) {
        add(part, to: grid.bucket(part.x))
    }

    private mutating func add(_ part: BucketPart, to bucket: Int) {
        pointCount += part.count
        if bucket == current {
            buckets.extend(part)
        } else {
            buckets.add(part)
            current = bucket
        }
    }
}
