package enum Downsampling {
    /// Cuts [from, to] into `count` buckets of equal width. Points outside are left out; when no
    /// more than `count` points remain, each is its own bucket.
    ///
    /// `x` and `values` have one length and are in series order; nil bounds are the ends of the
    /// data.
    package static func buckets(
        x: [Double],
        values: [Double],
        count: Int,
        from: Double? = nil,
        to: Double? = nil
    ) -> Buckets {
        precondition(x.count == values.count && count > 0, "one x per value, one bucket at least")
        let window = BucketWindow(count: count, from: from, to: to)
        if let span = sortedSpan(x, window) { return buckets(x, values, span, window) }
        var order = x.indices.filter { window.contains(x[$0]) }
        order.sort { x[$0] != x[$1] ? x[$0] < x[$1] : $0 < $1 }
        return buckets(order.map { x[$0] }, order.map { values[$0] }, order.indices, window)
    }

    /// The same, of points in series order by their keys on an axis: their times on axes of time,
    /// else their steps.
    package static func buckets(
        _ axis: PointAxis,
        keys: [Int64],
        values: [Double],
        _ window: BucketWindow
    ) -> Buckets {
        precondition(keys.count == values.count, "one key per value")
        guard isSorted(keys) else {
            let order = keys.indices.sorted {
                keys[$0] != keys[$1] ? keys[$0] < keys[$1] : $0 < $1
            }
            return buckets(
                axis,
                keys: order.map { keys[$0] },
                values: order.map { values[$0] },
                window
            )
        }
        let range = axis.range(of: keys, in: window)
        guard range.count > window.count else {
            var result = Buckets()
            for index in range { result.add(x: axis.x(key: keys[index]), value: values[index]) }
            return result
        }
        let grid = BucketGrid(
            window,
            first: axis.x(key: keys[range.lowerBound]),
            last: axis.x(key: keys[range.upperBound - 1])
        )
        var builder = BucketBuilder(grid)
        builder.add(axis, keys: keys, values: values, range)
        return builder.buckets
    }

    static func isSorted(_ keys: [Int64]) -> Bool {
        let span = keys.span
        var isSorted = true
        for index in 1..<max(span.count, 1) {
            isSorted = isSorted && span[index &- 1] <= span[index]
        }
        return isSorted
    }

    /// Where the window lies in an x that never falls; nil when it does.
    private static func sortedSpan(_ x: [Double], _ window: BucketWindow) -> Range<Int>? {
        var previous = -Double.infinity
        for value in x {
            guard previous <= value else { return nil }
            previous = value
        }
        guard let first = x.firstIndex(where: window.contains) else { return 0..<0 }
        let end = x[first...].firstIndex { !window.contains($0) } ?? x.count
        return first..<end
    }

    /// `x` never falls within `range`, which lies in the window.
    private static func buckets(
        _ x: [Double],
        _ values: [Double],
        _ range: Range<Int>,
        _ window: BucketWindow
    ) -> Buckets {
        guard range.count > window.count else {
            var result = Buckets()
            for index in range { result.add(x: x[index], value: values[index]) }
            return result
        }
        let grid = BucketGrid(window, first: x[range.lowerBound], last: x[range.upperBound - 1])
        var builder = BucketBuilder(grid)
        for index in range { builder.add(x: x[index], value: values[index]) }
        return builder.buckets
    }
}
