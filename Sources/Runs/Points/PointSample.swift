/// Few points that stand for many: a series read from front to back is cut into stretches of equal
/// number of points, and each stretch keeps its least and its greatest finite value as points. The
/// first and the last point of the series are kept too.
package struct PointSample: Sendable {
    private struct Stretch {
        var least: Int
        var greatest: Int
    }

    private let limit: Int
    /// Points that may be needed; those no longer needed are dropped now and then.
    private var kept = PointColumns()
    private var stretches: [Stretch] = []
    private var length = 1
    /// Points in the last stretch.
    private var filled = 0
    private var first: Int?
    private var last: Int?

    /// At most `limit` points, 1 at least.
    package init(limit: Int) {
        precondition(limit > 0, "a sample has a point at least")
        self.limit = limit
    }

    /// Adds points that come after those added before.
    package mutating func add(_ points: PointColumns) {
        for index in points.steps.indices {
            kept.append(
                step: points.steps[index],
                time: points.times[index],
                value: points.values[index]
            )
            add(kept.count - 1)
        }
        shrink()
    }

    /// The points chosen, in the order they came.
    package var points: PointColumns {
        kept.selecting(needed)
    }

    private var stretchLimit: Int { length == 1 ? limit : (limit - 2) / 2 }

    private var needed: [Int] {
        if limit == 1 { return last.map { [$0] } ?? [] }
        var indices = Set(stretches.flatMap { [$0.least, $0.greatest] })
        if let first { indices.insert(first) }
        if let last { indices.insert(last) }
        return indices.sorted()
    }

    private mutating func add(_ index: Int) {
        if first == nil { first = index }
        last = index
        let point = Stretch(least: index, greatest: index)
        if filled > 0, filled < length, let end = stretches.indices.last {
            stretches[end] = joined(stretches[end], point)
            filled += 1
        } else if limit > 3 {
            stretches.append(point)
            filled = 1
        }
        while stretches.count > stretchLimit, stretches.count > 1 { widen() }
    }

    /// Makes stretches twice as long.
    private mutating func widen() {
        let count = stretches.count
        let wasOdd = count % 2 == 1
        stretches = stride(from: 0, to: count, by: 2).map { start in
            start + 1 < count ? joined(stretches[start], stretches[start + 1]) : stretches[start]
        }
        filled += wasOdd ? 0 : length
        length *= 2
    }

    private func joined(_ left: Stretch, _ right: Stretch) -> Stretch {
        let values = kept.values
        return Stretch(
            least: values[right.least].isFiniteAnd(values[left.least], >)
                ? right.least : left.least,
            greatest: values[right.greatest].isFiniteAnd(values[left.greatest], <)
                ? right.greatest : left.greatest
        )
    }

    /// Forgets points that are in no stretch any more.
    private mutating func shrink() {
        let indices = needed
        guard kept.count > 4 * limit + 4 * indices.count else { return }
        let places = Dictionary(
            uniqueKeysWithValues: indices.enumerated().map { ($0.element, $0.offset) }
        )
        kept = kept.selecting(indices)
        stretches = stretches.compactMap { stretch in
            guard let least = places[stretch.least], let greatest = places[stretch.greatest]
            else { return nil }
            return Stretch(least: least, greatest: greatest)
        }
        first = first.flatMap { places[$0] }
        last = last.flatMap { places[$0] }
    }
}

extension Double {
    /// Whether this value is finite, and the other is not or compares so with it.
    fileprivate func isFiniteAnd(_ other: Double, _ compares: (Double, Double) -> Bool) -> Bool {
        isFinite && (!other.isFinite || compares(other, self))
    }
}
