extension PointColumns {
    /// All points of several series, each of them in series order without repeats, in series order,
    /// each once. Series that follow one another are only put together.
    package static func merging(_ parts: [PointColumns]) -> PointColumns {
        var chains: [PointColumns] = []
        for part in parts.filter({ !$0.isEmpty }).sorted(by: { $0.precedes(0, $1, 0) }) {
            if let last = chains.indices.last,
                chains[last].precedes(chains[last].count - 1, part, 0)
            {
                chains[last].append(contentsOf: part)
            } else {
                chains.append(part)
            }
        }
        while chains.count > 1 {
            chains = stride(from: 0, to: chains.count, by: 2).map {
                $0 + 1 < chains.count ? chains[$0].merged(with: chains[$0 + 1]) : chains[$0]
            }
        }
        return chains.first ?? PointColumns()
    }

    /// Whether the point at `left` comes strictly before the one at `right` of another series.
    func precedes(_ left: Int, _ other: PointColumns, _ right: Int) -> Bool {
        if steps[left] != other.steps[right] { return steps[left] < other.steps[right] }
        if times[left] != other.times[right] { return times[left] < other.times[right] }
        return PointOrder.precedes(values[left], other.values[right])
    }

    private func merged(with other: PointColumns) -> PointColumns {
        var result = PointColumns()
        result.reserveCapacity(count + other.count)
        var left = 0
        var right = 0
        while left < count, right < other.count {
            if precedes(left, other, right) {
                result.append(self, left)
                left += 1
            } else {
                // Equal points go in once.
                if !other.precedes(right, self, left) { left += 1 }
                result.append(other, right)
                right += 1
            }
        }
        result.append(contentsOf: selecting(left..<count))
        result.append(contentsOf: other.selecting(right..<other.count))
        return result
    }

    private mutating func append(_ other: PointColumns, _ index: Int) {
        append(step: other.steps[index], time: other.times[index], value: other.values[index])
    }

    package mutating func reserveCapacity(_ count: Int) {
        steps.reserveCapacity(count)
        times.reserveCapacity(count)
        values.reserveCapacity(count)
    }
}
