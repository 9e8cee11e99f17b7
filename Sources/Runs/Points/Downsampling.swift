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
