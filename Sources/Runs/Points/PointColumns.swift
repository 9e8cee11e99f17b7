/// Points of one series as three columns of equal length: optimiser step, time (microseconds since
/// 1970) and value (any Double, NaN and infinities included). No order is promised.
package struct PointColumns: Sendable, Hashable {
    package var steps: [Int64]
    package var times: [Int64]
    package var values: [Double]

    package init(steps: [Int64] = [], times: [Int64] = [], values: [Double] = []) {
        precondition(
            steps.count == times.count && times.count == values.count,
            "the three columns of a series have one length"
        )
        self.steps = steps
        self.times = times
        self.values = values
    }

    package var count: Int { steps.count }
    package var isEmpty: Bool { steps.isEmpty }

    package mutating func append(step: Int64, time: Int64, value: Double) {
        steps.append(step)
        times.append(time)
        values.append(value)
    }
}
