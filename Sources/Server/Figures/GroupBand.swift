import API

/// What a band around the middle of several lines shows.
package enum GroupSpread: String, Sendable, Codable, CaseIterable {
    /// From the least to the greatest line, around the median.
    case range
    /// The middle half of the lines, around the median.
    case quartiles
    /// The mean and its 95 % interval by Student's t.
    case mean

    var words: String {
        switch self {
        case .range: "median, least to greatest"
        case .quartiles: "median, 25 to 75 %"
        case .mean: "mean, 95 % interval"
        }
    }
}

/// One line of numbers in the order of x.
package struct GroupLine: Sendable {
    package var x: [Double]
    package var y: [Double]

    /// Points that are no numbers are left out.
    package init(x: [Double], y: [Double]) {
        let kept = zip(x, y).filter { $0.isFinite && $1.isFinite }
        self.x = kept.map(\.0)
        self.y = kept.map(\.1)
    }

    /// The value at `place`, straight between points; nil outside them.
    package func value(at place: Double) -> Double? {
        guard let first = x.first, let last = x.last, place >= first, place <= last else {
            return nil
        }
        var (low, high) = (0, x.count - 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if x[middle] <= place { low = middle } else { high = middle }
        }
        guard x[high] > x[low] else { return y[low] }
        return y[low] + (place - x[low]) / (x[high] - x[low]) * (y[high] - y[low])
    }
}

/// Middle, low and high of lines at common places.
package struct GroupBand: Sendable, Hashable {
    package private(set) var x: [Double] = []
    package private(set) var middle: [Double] = []
    package private(set) var low: [Double] = []
    package private(set) var high: [Double] = []

    /// Steps between the first place and the last.
    private static let stepCount = 120

    /// Where fewer than half of the lines are, there is no band: the few that began early or went
    /// on for longer would be taken for the group.
    package init(_ lines: [GroupLine], _ spread: GroupSpread) {
        let drawn = lines.filter { !$0.x.isEmpty }
        guard let from = drawn.compactMap(\.x.first).min(),
            let to = drawn.compactMap(\.x.last).max()
        else { return }
        for step in 0...(to > from ? Self.stepCount : 0) {
            let share = Double(step) / Double(Self.stepCount)
            // The last place exactly, which rounding would miss.
            let place = step == Self.stepCount ? to : from + (to - from) * share
            let values = drawn.compactMap { $0.value(at: place) }.sorted()
            guard !values.isEmpty, values.count * 2 >= drawn.count else { continue }
            let ends = Self.ends(values, spread)
            x.append(place)
            low.append(ends.low)
            middle.append(ends.middle)
            high.append(ends.high)
        }
    }

    /// `values` are sorted and one at least.
    package static func ends(
        _ values: [Double],
        _ spread: GroupSpread
    ) -> (low: Double, middle: Double, high: Double) {
        switch spread {
        case .range: return (values[0], quantile(values, 0.5), values[values.count - 1])
        case .quartiles:
            return (quantile(values, 0.25), quantile(values, 0.5), quantile(values, 0.75))
        case .mean:
            let count = Double(values.count)
            let mean = values.reduce(0, +) / count
            guard values.count > 1 else { return (mean, mean, mean) }
            let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            let error = (squares / (count - 1) / count).squareRoot()
            let half = studentAt95(freedom: values.count - 1) * error
            return (mean - half, mean, mean + half)
        }
    }

    private static func quantile(_ sorted: [Double], _ share: Double) -> Double {
        let place = share * Double(sorted.count - 1)
        let low = Int(place)
        let high = min(low + 1, sorted.count - 1)
        return sorted[low] + (place - Double(low)) * (sorted[high] - sorted[low])
    }

    /// Student's t at 97.5 %: tabled up to ten degrees of freedom, beyond them from the normal
    /// quantile by the expansion in 1/freedom (Abramowitz and Stegun 26.7.5).
    package static func studentAt95(freedom: Int) -> Double {
        let exact = [
            12.706205, 4.302653, 3.182446, 2.776445, 2.570582, 2.446912, 2.364624, 2.306004,
            2.262157, 2.228139,
        ]
        if freedom <= exact.count { return exact[freedom - 1] }
        let z = 1.959964
        let nu = Double(freedom)
        let (z3, z5, z7) = (z * z * z, z * z * z * z * z, z * z * z * z * z * z * z)
        return z + (z3 + z) / (4 * nu) + (5 * z5 + 16 * z3 + 3 * z) / (96 * nu * nu)
            + (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * nu * nu * nu)
    }
}
