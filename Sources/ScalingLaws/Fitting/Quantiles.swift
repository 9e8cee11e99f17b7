import Foundation

/// Quantiles of a sample by linear interpolation between its ordered values.
package enum Quantiles {
    /// - Parameter sorted: in rising order, not empty.
    package static func value(_ sorted: [Double], _ share: Double) -> Double {
        guard let first = sorted.first, let last = sorted.last else { return .nan }
        guard share > 0 else { return first }
        guard share < 1 else { return last }
        let place = share * Double(sorted.count - 1)
        let below = Int(place)
        let rest = place - Double(below)
        return sorted[below] + rest * (sorted[min(below + 1, sorted.count - 1)] - sorted[below])
    }

    /// The middle one of the values, the greater of two in the middle: always one of them.
    /// - Returns: nil without values.
    static func middle(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.sorted()[values.count / 2]
    }

    /// The interval below, stretched in ln where value and sample are positive, as scales and
    /// exponents are: a stretched interval never crosses zero by its stretch alone.
    package static func shownInterval(_ value: Double, _ sample: [Double], stretch: Double)
        -> Interval?
    {
        guard value > 0, sample.allSatisfy({ $0 > 0 }) else {
            return interval(value, sample, stretch: stretch)
        }
        return interval(log(value), sample.map { log($0) }, stretch: stretch).map {
            // The way through ln may move an end past the value by a rounding.
            Interval(value: value, low: min(exp($0.low), value), high: max(exp($0.high), value))
        }
    }

    /// The 90 % interval of a sample about a value, stretched by `factor` about its median and to
    /// hold the value; nil without finite numbers.
    package static func interval(_ value: Double, _ sample: [Double], stretch factor: Double = 1)
        -> Interval?
    {
        let sorted = sample.filter(\.isFinite).sorted()
        guard !sorted.isEmpty, value.isFinite else { return nil }
        let middle = Self.value(sorted, 0.5)
        let low = middle + factor * (Self.value(sorted, 0.05) - middle)
        let high = middle + factor * (Self.value(sorted, 0.95) - middle)
        return Interval(value: value, low: min(low, value), high: max(high, value))
    }
}
