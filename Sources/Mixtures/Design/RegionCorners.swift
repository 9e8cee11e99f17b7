/// The ends of a region by linear programs, and the mean of them all: it lies strictly between all
/// bounds that leave room, so walks may start there.
struct RegionCorners {
    private(set) var corners: [[Double]] = []
    private(set) var centre: [Double] = []

    init(
        domains: [String],
        low: [Double],
        high: [Double],
        groups: [MixtureRegion.IndexedGroup]
    ) throws(MixtureError) {
        try Self.checkBounds(domains, low, high)
        let program = Self.program(low, high, groups)
        let count = domains.count
        var goals: [[Double]] = []
        for index in 0..<count {
            var goal = [Double](repeating: 0, count: count)
            goal[index] = 1
            goals += [goal, goal.map { -$0 }]
        }
        for group in groups {
            let goal = group.isMember.map { $0 ? 1.0 : 0 }
            goals += [goal, goal.map { -$0 }]
        }
        let found = program.maximise(goals)
        guard let vertices = found.vertices else {
            throw .infeasible(
                constraints: Self.conflict(low, high, groups),
                excess: found.excess
            )
        }
        for vertex in vertices {
            corners.append(Self.exact(zip(vertex, low).map { $0 + $1 }, low, high))
        }
        centre = (0..<count).map { index in
            corners.reduce(0) { $0 + $1[index] } / Double(corners.count)
        }
    }

    /// Variables are shares above their least, so that they are not negative.
    private static func program(
        _ low: [Double],
        _ high: [Double],
        _ groups: [MixtureRegion.IndexedGroup]
    ) -> LinearProgram {
        var rows: [LinearProgram.Row] = []
        for index in low.indices where high[index] < 1 {
            rows.append(.init(coefficients: [index: 1], limit: high[index] - low[index]))
        }
        for group in groups {
            let base = group.members.reduce(0) { $0 + low[$1] }
            let ones = Dictionary(uniqueKeysWithValues: group.members.map { ($0, 1.0) })
            if group.high < 1 { rows.append(.init(coefficients: ones, limit: group.high - base)) }
            if group.low > base {
                rows.append(.init(coefficients: ones.mapValues { -$0 }, limit: base - group.low))
            }
        }
        return LinearProgram(count: low.count, total: 1 - low.reduce(0, +), rows: rows)
    }

    private static func checkBounds(
        _ domains: [String],
        _ low: [Double],
        _ high: [Double]
    ) throws(MixtureError) {
        for index in domains.indices where low[index] > high[index] {
            throw .infeasible(
                constraints: [
                    "\(domains[index]) at least \(low[index])",
                    "\(domains[index]) at most \(high[index])",
                ],
                excess: low[index] - high[index]
            )
        }
        let (least, most) = (low.reduce(0, +), high.reduce(0, +))
        if least > 1 + 1e-12 {
            throw .infeasible(
                constraints: ["the least shares sum to \(least)", "shares sum to 1"],
                excess: least - 1
            )
        }
        if most < 1 - 1e-12 {
            throw .infeasible(
                constraints: ["the greatest shares sum to \(most)", "shares sum to 1"],
                excess: 1 - most
            )
        }
    }

    /// Groups without which the rest can be satisfied, dropped one at a time: what stays is a
    /// smallest set in conflict.
    private static func conflict(
        _ low: [Double],
        _ high: [Double],
        _ groups: [MixtureRegion.IndexedGroup]
    ) -> [String] {
        var needed = groups
        for group in groups {
            let fewer = needed.filter { $0 != group }
            if program(low, high, fewer).maximise([]).vertices == nil { needed = fewer }
        }
        let texts = needed.map { group in
            "group \(group.name) from \(group.low) to \(group.high)"
        }
        return texts + ["bounds of the domains", "shares sum to 1"]
    }

    /// Within the bounds to the last digit, and with the rest of the sum where there is room.
    static func exact(_ mixture: [Double], _ low: [Double], _ high: [Double]) -> [Double] {
        var shares = mixture.indices.map { min(max(mixture[$0], low[$0]), high[$0]) }
        for index in shares.indices.sorted(by: { shares[$0] > shares[$1] }) {
            let rest = 1 - shares.reduce(0, +)
            guard rest != 0 else { break }
            shares[index] = min(max(shares[index] + rest, low[index]), high[index])
        }
        return shares
    }
}
