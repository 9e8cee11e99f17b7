import Foundation
import Mixtures
import ScalingLaws

/// Swarms whose truth is known.
enum PlantedSwarm {
    /// Runs on Dirichlet mixtures of concentration `spread` in every domain, a third of the shares
    /// set to zero, as real swarms have them.
    static func runs(
        _ count: Int,
        domains: Int,
        noise: Double = 0,
        spread: Double = 1,
        seed: UInt64 = 7,
        loss: ([Double]) -> Double
    ) -> MixtureData {
        var random = SplitMix64(seed: seed)
        let names = (0..<domains).map { "domain \($0 + 1)" }
        let runs = (0..<count).map { index in
            let shares = mixture(domains, spread, &random)
            return MixtureData.Run(
                id: UUID(),
                name: "run \(index)",
                proportions: shares,
                loss: loss(shares) + noise * random.normal()
            )
        }
        return MixtureData(domains: names, runs: runs)
    }

    /// Powers of exponential draws: sharper than a Dirichlet draw of 1 where `spread` is below 1.
    static func mixture(
        _ domains: Int,
        _ spread: Double,
        _ random: inout SplitMix64
    ) -> [Double] {
        var shares = (0..<domains).map { _ in
            pow(-log(random.uniform()), 1 / spread) * (random.uniform() < 1.0 / 3 ? 0 : 1)
        }
        if shares.allSatisfy({ $0 == 0 }) { shares[random.index(below: domains)] = 1 }
        let sum = shares.reduce(0, +)
        return shares.map { $0 / sum }
    }

    static let effectiveData = FittedEffectiveData(
        level: 2,
        scale: 1,
        exponent: 0.25,
        base: 0.1,
        power: 0.6,
        worth: [1.5, 0.8, 0.3, 0.1]
    )

    /// Spearman's correlation, without ties in the truth.
    static func rank(_ predicted: [Double], _ truth: [Double]) -> Double {
        func ranks(_ values: [Double]) -> [Double] {
            var places = [Double](repeating: 0, count: values.count)
            let order = values.indices.sorted { values[$0] < values[$1] }
            for (place, index) in order.enumerated() { places[index] = Double(place) }
            return places
        }
        let (first, second) = (ranks(predicted), ranks(truth))
        let middle = Double(truth.count - 1) / 2
        var (cross, square) = (0.0, 0.0)
        for (a, b) in zip(first, second) {
            cross += (a - middle) * (b - middle)
            square += (b - middle) * (b - middle)
        }
        return cross / square
    }

    static func error(_ fit: some FittedMixtureLaw, _ data: MixtureData) -> Double {
        let sum = data.runs.reduce(0) { $0 + abs(fit.loss(at: $1.proportions) - $1.loss) }
        return sum / Double(data.runs.count)
    }
}
