/// Numbers named by the cases of an enum: a law writes `theta[.alpha]`, never `theta[3]`.
package struct Coordinates<Key: CoordinateKey>: Sendable, Hashable {
    package var values: [Double]

    package init() { values = [Double](repeating: 0, count: Key.allCases.count) }

    /// One value per case, in the order of the cases.
    package init(_ values: [Double]) {
        precondition(values.count == Key.allCases.count, "one value per coordinate")
        self.values = values
    }

    @inline(__always)
    package subscript(key: Key) -> Double {
        get { values[key.rawValue] }
        set { values[key.rawValue] = newValue }
    }
}

/// Cases are numbered from 0 in their order.
package protocol CoordinateKey: CaseIterable, RawRepresentable<Int>, Hashable, Sendable
where AllCases == [Self] {}
