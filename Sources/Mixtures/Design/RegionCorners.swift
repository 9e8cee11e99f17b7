/// The ends of a region by linear programs, and the mean of them all: it lies strictly between all
/// bounds that leave room, so walks may start there.
struct RegionCorners {
    private(set) var corners: [[Double]] = []
    private(set) var centre: [Double] = []

    /// nil when the groups leave no mixture.
    init?(low: [Double], high: [Double], groups: [MixtureRegion.Group]) {
        let count = low.count
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
        guard let vertices = Self.program(low, high, groups).maximise(goals) else { return nil }
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
        _ groups: [MixtureRegion.Group]
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
