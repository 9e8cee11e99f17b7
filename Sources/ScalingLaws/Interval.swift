/// An estimate with its 90 % interval, in the unit of the estimate; `low <= value <= high`.
package struct Interval: Sendable, Hashable, Codable {
    package var value: Double
    package var low: Double
    package var high: Double

    package init(value: Double, low: Double, high: Double) {
        self.value = value
        self.low = low
        self.high = high
    }
}

/// A closed range of a positive quantity.
package struct Bounds: Sendable, Hashable, Codable {
    package var low: Double
    package var high: Double

    package init(low: Double, high: Double) {
        self.low = low
        self.high = high
    }
}
