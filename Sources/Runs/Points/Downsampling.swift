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
        self.x.append(x)
        minimum.append(value.isFinite ? value : .nan)
        maximum.append(value.isFinite ? value : .nan)
        last.append(value)
        count.append(1)
    }

    mutating func extend(x: Double, value: Double) {
        let end = self.x.count - 1
        self.x[end] = x
        last[end] = value
        count[end] += 1
        guard value.isFinite else { return }
        minimum[end] = minimum[end].isNaN ? value : min(minimum[end], value)
        maximum[end] = maximum[end].isNaN ? value : max(maximum[end], value)
    }
}

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
        var order = x.indices.filter { x[$0] >= from ?? -.infinity && x[$0] <= to ?? .infinity }
        let isSorted = zip(order, order.dropFirst()).allSatisfy { x[$0] <= x[$1] }
        if !isSorted { order.sort { x[$0] != x[$1] ? x[$0] < x[$1] : $0 < $1 } }
        var result = Buckets()
        guard let first = order.first, let last = order.last else { return result }
        guard order.count > count else {
            for index in order { result.add(x: x[index], value: values[index]) }
            return result
        }
        let low = max(from ?? x[first], -Double.greatestFiniteMagnitude)
        let high = min(to ?? x[last], Double.greatestFiniteMagnitude)
        // Halves first: the difference of two huge numbers of unlike sign overflows.
        let halfWidth = high / 2 - low / 2
        var current = -1
        for index in order {
            let share = halfWidth > 0 ? (x[index] / 2 - low / 2) / halfWidth : 0
            let bucket = min(count - 1, Int(share * Double(count)))
            if bucket == current {
                result.extend(x: x[index], value: values[index])
            } else {
                result.add(x: x[index], value: values[index])
                current = bucket
            }
        }
        return result
    }
}
