import Foundation
import ScalingLaws

/// The distribution of RegMix's proxy runs (arXiv 2407.01492 and its code): Dirichlet draws around
/// the flattened prior with a strength drawn from 15, thrown away where a domain would be repeated
/// too often, small shares dropped, all rounded to a grid, repeats dropped.
///
/// What the original cannot do, since it only throws draws away: where too few are kept, the rest
/// comes from a walk over the same distribution cut to the bounds.
package struct RegMixSampling: Sendable, Hashable, Codable {
    /// Power of the prior: 0.5 flattens it.
    package var flattening = 0.5
    package var strengths = 0.1...5.0
    package var strengthCount = 15
    /// Most of each domain, as a multiple of its prior: epochs when all tokens are trained on once.
    package var maximumEpochs = 15.0
    /// Shares below it become 0, and all are multiples of it.
    package var step = 2e-4
    /// Draws for each run before the walk takes over.
    package var attemptsPerRun = 100

    package init() {}

    package struct Sample: Sendable, Hashable {
        package var mixtures: [[Double]]
        /// Draws made and kept; what is missing to the count came from the walk.
        package var attempts: Int
        package var kept: Int
    }

    /// Strength of the Dirichlet distribution: one of the 15, all alike likely.
    func strength(_ index: Int) -> Double {
        let (low, high) = (log(strengths.lowerBound), log(strengths.upperBound))
        let place = Double(index) / Double(max(1, strengthCount - 1))
        return exp(low + place * (high - low))
    }

    func flattened(_ prior: [Double]) -> [Double] {
        let powers = prior.map { pow($0, flattening) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }

    /// - Parameters:
    ///   - prior: d shares of tokens, each positive.
    ///   - region: bounds besides the epochs; the grid gives way to them.
    package func sample(
        _ count: Int,
        prior: [Double],
        region: MixtureRegion,
        seed: UInt64
    ) throws(MixtureError) -> Sample {
        let cut = try region.capped(at: prior.map { maximumEpochs * $0 })
        var random = SplitMix64(seed: seed)
        let base = flattened(prior)
        var kept: [[Double]] = []
        var seen = Set<[Double]>()
        var perStrength = [Double](repeating: 0, count: strengthCount)
        var attempts = 0
        let limit = count * attemptsPerRun
        // One per hundred draws is too few to wait for.
        while attempts < limit, attempts < 2000 || kept.count * 100 >= attempts {
            attempts += 1
            let index = random.index(below: strengthCount)
            let strength = strength(index)
            let draw = Dirichlet.draw(base.map { $0 * strength }, &random)
            guard cut.contains(draw) else { continue }
            perStrength[index] += 1
            let mixture = rounded(draw, cut)
            if seen.insert(mixture).inserted { kept.append(mixture) }
        }
        kept.shuffle(using: &random)
        let direct = Array(kept.prefix(count))
        let rest = walk(
            count - direct.count,
            base,
            perStrength,
            cut,
            seen: Set(direct),
            random.next()
        )
        return Sample(mixtures: direct + rest, attempts: attempts, kept: kept.count)
    }

    private func walk(
        _ count: Int,
        _ base: [Double],
        _ perStrength: [Double],
        _ cut: MixtureRegion,
        seen: Set<[Double]>,
        _ seed: UInt64
    ) -> [[Double]] {
        guard count > 0 else { return [] }
        // Strengths in the shares in which they were kept, with one more draw each: where nothing
        // was kept all are alike.
        let total = perStrength.reduce(0, +) + Double(strengthCount)
        var mixtures: [[Double]] = []
        var seen = seen
        var owed = 0.0
        for index in 0..<strengthCount {
            owed += Double(count) * (perStrength[index] + 1) / total
            let wanted = Int(owed.rounded()) - mixtures.count
            guard wanted > 0 else { continue }
            let strength = strength(index)
            // A second draw of a repeat is enough except in regions of nearly no room.
            let pool = cut.sample(
                2 * wanted + 4,
                concentrations: base.map { max($0 * strength, 1e-6) },
                seed: seed &+ UInt64(index)
            )
            let fresh = pool.map { rounded($0, cut) }.filter { seen.insert($0).inserted }
            mixtures += fresh.prefix(wanted)
        }
        return Array(mixtures.prefix(count))
    }

    /// Multiples of the step by largest remainder, so that they sum to 1; as drawn where the grid
    /// would leave the bounds.
    func rounded(_ draw: [Double], _ cut: MixtureRegion) -> [Double] {
        let large = draw.map { $0 < step ? 0 : $0 }
        let sum = large.reduce(0, +)
        guard sum > 0 else { return draw }
        let steps = (1 / step).rounded()
        let wanted = large.map { $0 / sum * steps }
        var whole = wanted.map { $0.rounded(.down) }
        var rest = steps - whole.reduce(0, +)
        let order = wanted.indices.sorted {
            (whole[$0] - wanted[$0], $0) < (whole[$1] - wanted[$1], $1)
        }
        for index in order where rest > 0.5 && wanted[index] > 0 {
            guard (whole[index] + 1) / steps <= cut.high[index] else { continue }
            whole[index] += 1
            rest -= 1
        }
        let mixture = whole.map { $0 / steps }
        return cut.contains(mixture) ? mixture : draw
    }
}
