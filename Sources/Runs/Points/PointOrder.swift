/// The order of points within a series: by step, then time, then value, NaN below every number.
/// Points equal in all three, bit for bit, are the same point sent twice.
package enum PointOrder {
    /// Whether `left` comes strictly before `right` among values; -0 comes before 0.
    package static func precedes(_ left: Double, _ right: Double) -> Bool {
        if left.isNaN || right.isNaN {
            guard left.isNaN, right.isNaN else { return left.isNaN }
            return left.bitPattern < right.bitPattern
        }
        return rank(left) < rank(right)
    }

    private static func rank(_ value: Double) -> UInt64 {
        let bits = value.bitPattern
        return bits >> 63 == 1 ? ~bits : bits | 1 << 63
    }
}

extension PointColumns {
    /// Whether the point at `left` comes strictly before the one at `right` in series order.
    package func precedes(_ left: Int, _ right: Int) -> Bool {
        if steps[left] != steps[right] { return steps[left] < steps[right] }
        if times[left] != times[right] { return times[left] < times[right] }
        return PointOrder.precedes(values[left], values[right])
    }

    /// Whether the point at `left` comes strictly before the one at `right` in history order: by
    /// time, then step, then value.
    package func precedesInHistory(_ left: Int, _ right: Int) -> Bool {
        if times[left] != times[right] { return times[left] < times[right] }
        if steps[left] != steps[right] { return steps[left] < steps[right] }
        return PointOrder.precedes(values[left], values[right])
    }

    package func isSamePoint(_ left: Int, _ right: Int) -> Bool {
        steps[left] == steps[right] && times[left] == times[right]
            && values[left].bitPattern == values[right].bitPattern
    }

    /// The points in series order, each once.
    package func sortedAndDistinct() -> PointColumns {
        ordered(by: precedes)
    }

    /// The points in history order, each once.
    package func historySortedAndDistinct() -> PointColumns {
        ordered(by: precedesInHistory)
    }

    /// Adds the points of another series behind these.
    package mutating func append(contentsOf other: PointColumns) {
        steps.append(contentsOf: other.steps)
        times.append(contentsOf: other.times)
        values.append(contentsOf: other.values)
    }

    /// The points at `indices`, in that order.
    package func selecting(_ indices: some Sequence<Int>) -> PointColumns {
        var result = PointColumns()
        for index in indices {
            result.append(step: steps[index], time: times[index], value: values[index])
        }
        return result
    }

    /// The points of a range, in the order they are in.
    package func selecting(_ range: Range<Int>) -> PointColumns {
        if range == 0..<count { return self }
        return PointColumns(
            steps: Array(steps[range]),
            times: Array(times[range]),
            values: Array(values[range])
        )
    }

    private func ordered(by precedes: (Int, Int) -> Bool) -> PointColumns {
        // Points mostly arrive in order, once: then there is nothing to do.
        if count < 2 || (1..<count).allSatisfy({ precedes($0 - 1, $0) }) { return self }
        let order = (0..<count).sorted(by: precedes)
        var result = PointColumns()
        var previous: Int?
        for index in order {
            if let previous, isSamePoint(previous, index) { continue }
            result.append(step: steps[index], time: times[index], value: values[index])
            previous = index
        }
        return result
    }
}
