/// What a series is drawn over: a function of the points' steps or of their times that never falls.
package enum PointAxis: Sendable, Hashable {
    case step
    /// Tokens or FLOPs.
    case mapped(StepMap)
    /// Microseconds since 1970.
    case time
    /// Seconds since `start`, which is in microseconds since 1970.
    case relativeTime(start: Int64)

    package var isTime: Bool {
        switch self {
        case .step, .mapped: false
        case .time, .relativeTime: true
        }
    }

    /// x of a point by its key: its time on axes of time, else its step.
    package func x(key: Int64) -> Double {
        switch self {
        case .step, .time: Double(key)
        case .mapped(let map): map.amount(at: key)
        case .relativeTime(let start): (Double(key) - Double(start)) / 1e6
        }
    }

    package func x(_ points: PointColumns) -> [Double] {
        keys(points).map(x(key:))
    }

    package func keys(_ points: PointColumns) -> [Int64] {
        isTime ? points.times : points.steps
    }

    /// The keys whose x may lie in the window; nil when there are none.
    package func keys(in window: BucketWindow) -> ClosedRange<Int64>? {
        var (low, high) = (Int64.min, Int64.max)
        if let from = window.from {
            guard let first = least({ $0 >= from }) else { return nil }
            low = first
        }
        if let to = window.to, let behind = least({ $0 > to }) {
            guard behind > .min else { return nil }
            high = behind - 1
        }
        return low <= high ? low...high : nil
    }

    /// Which of those keys, which never fall, lie in the window.
    func range(of keys: [Int64], in window: BucketWindow) -> Range<Int> {
        func first(where test: (Double) -> Bool) -> Int {
            var (low, high) = (0, keys.count)
            while low < high {
                let middle = (low + high) / 2
                if test(x(key: keys[middle])) { high = middle } else { low = middle + 1 }
            }
            return low
        }
        let start = window.from.map { from in first { $0 >= from } } ?? 0
        let end = window.to.map { to in first { $0 > to } } ?? keys.count
        return start..<max(start, end)
    }

    /// The least key whose x passes a test that all greater ones pass too; nil when none does.
    private func least(_ test: (Double) -> Bool) -> Int64? {
        guard test(x(key: .max)) else { return nil }
        var (low, high) = (Int64.min, Int64.max)
        while low < high {
            let middle = (low & high) + ((low ^ high) >> 1)
            if test(x(key: middle)) { high = middle } else { low = middle + 1 }
        }
        return high
    }
}

extension ChunkSummary {
    package func keys(_ axis: PointAxis) -> (first: Int64, last: Int64) {
        axis.isTime ? (firstTime, lastTime) : (firstStep, lastStep)
    }

    /// Whether a chunk comes before another one of its series.
    package func precedes(_ other: ChunkSummary) -> Bool {
        if lastStep != other.lastStep { return lastStep < other.lastStep }
        if firstStep != other.firstStep { return firstStep < other.firstStep }
        if lastTime != other.lastTime { return lastTime < other.lastTime }
        if firstTime != other.firstTime { return firstTime < other.firstTime }
        return PointOrder.precedes(last, other.last)
    }
}

extension BlockSummary {
    package func keys(_ axis: PointAxis) -> (first: Int64, last: Int64) {
        axis.isTime ? (firstTime, lastTime) : (firstStep, lastStep)
    }
}
