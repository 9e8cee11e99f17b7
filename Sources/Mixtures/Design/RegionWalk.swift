import Foundation
import ScalingLaws

/// A Markov chain over a region whose steady state is a Dirichlet distribution cut to the region;
/// with concentrations of 1 that is uniform. Every step moves share from one domain to another, to
/// a place drawn from the exact conditional distribution, so nothing is ever rejected.
struct RegionWalk {
    private let region: MixtureRegion
    private let concentrations: [Double]
    /// Domains among which share may move without breaking a group of fixed sum.
    private let classes: [[Int]]
    private var mixture: [Double]
    private var sums: [Double]
    private var random: SplitMix64

    /// - Parameter concentrations: d positive numbers.
    init(_ region: MixtureRegion, concentrations: [Double], seed: UInt64) {
        self.region = region
        self.concentrations = concentrations
        mixture = region.centre
        random = SplitMix64(seed: seed)
        sums = region.groups.map { group in group.members.reduce(0) { $0 + region.centre[$1] } }
        let fixed = region.groups.filter { $0.high - $0.low < 1e-12 }
        let keys = region.low.indices.map { index in fixed.map { $0.isMember[index] } }
        let open = region.low.indices.filter { region.high[$0] - region.low[$0] > 1e-12 }
        classes = Dictionary(grouping: open) { keys[$0] }.values
            .filter { $0.count > 1 }
            .sorted { $0[0] < $1[0] }
    }

    /// Nothing can move: the region is one mixture.
    var isStuck: Bool { classes.isEmpty }

    /// The mixture after some sweeps; each gives every domain about two chances to move.
    mutating func next(sweeps: Int) -> [Double] {
        for _ in 0..<sweeps {
            for members in classes {
                for _ in members {
                    let first = random.index(below: members.count)
                    let offset = 1 + random.index(below: members.count - 1)
                    let second = (first + offset) % members.count
                    move(members[first], members[second])
                }
            }
        }
        mixture = RegionCorners.exact(mixture, region.low, region.high)
        for (index, group) in region.groups.enumerated() {
            sums[index] = group.members.reduce(0) { $0 + mixture[$1] }
        }
        return mixture
    }

    private mutating func move(_ i: Int, _ j: Int) {
        let total = mixture[i] + mixture[j]
        guard total > 0 else { return }
        var least = max(region.low[i], total - region.high[j], 0)
        var most = min(region.high[i], total - region.low[j], total)
        for (index, group) in region.groups.enumerated()
        where group.isMember[i] != group.isMember[j] {
            let sign = group.isMember[i] ? 1.0 : -1
            let (down, up) = (group.low - sums[index], group.high - sums[index])
            least = max(least, mixture[i] + (sign > 0 ? down : -up))
            most = min(most, mixture[i] + (sign > 0 ? up : -down))
        }
        guard most > least else { return }
        let share = CutBeta(first: concentrations[i], second: concentrations[j])
            .next(from: mixture[i] / total, in: least / total...most / total, &random)
        let moved = min(max(share * total, least), most)
        for (index, group) in region.groups.enumerated()
        where group.isMember[i] != group.isMember[j] {
            sums[index] += (group.isMember[i] ? 1 : -1) * (moved - mixture[i])
        }
        mixture[i] = moved
        mixture[j] = total - moved
    }
}

/// The Beta distribution on a part of (0, 1).
struct CutBeta {
    var first: Double
    var second: Double

    /// A value in the range: drawn anew where the range holds enough of the distribution, else by
    /// a slice of the density over the logit, where it is log-concave. Both keep the distribution.
    func next(
        from current: Double,
        in range: ClosedRange<Double>,
        _ random: inout SplitMix64
    ) -> Double {
        if first == 1 && second == 1 {
            return range.lowerBound + random.uniform() * (range.upperBound - range.lowerBound)
        }
        for _ in 0..<20 {
            let a = Dirichlet.logGamma(first, &random)
            let b = Dirichlet.logGamma(second, &random)
            let value = 1 / (1 + exp(b - a))
            if range.contains(value) { return value }
        }
        return slice(from: current, in: range, &random)
    }

    private static let farthest = 700.0

    private static func logit(_ value: Double) -> Double {
        min(max(log(value) - log1p(-value), -farthest), farthest)
    }

    /// ln density over y = logit(value), up to a constant.
    private func height(_ y: Double) -> Double {
        let positive = max(y, 0) + log1p(exp(-abs(y)))
        return first * (y - positive) - second * positive
    }

    private func slice(
        from current: Double,
        in range: ClosedRange<Double>,
        _ random: inout SplitMix64
    ) -> Double {
        var low = Self.logit(range.lowerBound)
        var high = Self.logit(range.upperBound)
        let start = min(max(Self.logit(current), low), high)
        let level = height(start) + log(random.uniform())
        for _ in 0..<100 {
            let y = low + random.uniform() * (high - low)
            if height(y) >= level { return 1 / (1 + exp(-y)) }
            if y < start { low = y } else { high = y }
        }
        return current
    }
}
