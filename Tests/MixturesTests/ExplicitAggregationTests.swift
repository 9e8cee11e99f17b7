import Foundation
import Mixtures
import ScalingLaws
import Testing

struct ExplicitAggregationTests {
    private static let weights = [0.5, 0.3, 0.2]

    /// Three subdomains, each with an exponential law of its own over four domains.
    private static func world(_ seed: UInt64) -> [FittedExponential] {
        var random = SplitMix64(seed: seed &* 104_729)
        return (0..<3).map { own in
            let slopes = (0..<4).map { domain in
                (domain == own ? -4.0 : -0.5) + 0.7 * random.normal()
            }
            return FittedExponential(level: 1 + 0.3 * random.normal(), slopes: [slopes])
        }
    }

    private static func swarm(
        _ world: [FittedExponential],
        _ count: Int,
        noise: Double,
        seed: UInt64
    ) throws -> MixtureData {
        var random = SplitMix64(seed: seed &+ 99)
        let plain = PlantedSwarm.runs(count, domains: 4, seed: seed) { _ in 0 }
        let losses = plain.runs.map { run in
            world.map { $0.loss(at: run.proportions) + noise * random.normal() }
        }
        let parts = weights.enumerated().map { TargetPart(name: "part \($0)", weight: $1) }
        return try MixtureData(
            domains: plain.domains,
            runs: plain.runs,
            parts: parts,
            losses: losses
        )
    }

    @Test func `Known subdomains predict better than one law of their sum`() throws {
        var (explicit, hidden, single) = (0.0, 0.0, 0.0)
        for seed in 1...6 {
            let world = Self.world(UInt64(seed))
            let data = try Self.swarm(world, 32, noise: 0.005, seed: UInt64(seed))
            let test = try Self.swarm(world, 200, noise: 0, seed: UInt64(seed) + 500)
            let request = MixtureFitRequest()
            explicit += PlantedSwarm.error(
                try ExplicitExponential.fit(data, request, startingFrom: nil),
                test
            )
            hidden += PlantedSwarm.error(
                try ImplicitExponentialMixture.fit(data, request, startingFrom: nil),
                test
            )
            single += PlantedSwarm.error(
                try ExponentialMixture.fit(data, request, startingFrom: nil),
                test
            )
        }
        #expect(explicit <= hidden)
        #expect(explicit < 0.7 * single)
    }

    @Test func `Choice, refits, storage and optimum take the sum as any other law`() throws {
        let data = try Self.swarm(Self.world(3), 40, noise: 0.005, seed: 3)
        let fit = try MixtureFitter.fit(
            data,
            target: "sum",
            options: .init(predictor: "explicit-exponential", drawCount: 3),
            request: MixtureFitRequest()
        )
        #expect(fit.draws.count == 3)
        #expect(try #require(fit.scores.first?.spearman) > 0.95)
        let stored = try JSONDecoder().decode(
            MixtureFit.self,
            from: JSONEncoder().encode(fit)
        )
        let mixture = [0.4, 0.3, 0.2, 0.1]
        #expect(stored.model.loss(at: mixture) == fit.model.loss(at: mixture))
        let best = try MixtureOptimiser.optimum(
            domains: data.domains,
            targets: [MixtureTarget(name: "sum", law: fit.model)]
        )
        #expect(best.isGlobal)
        #expect(best.loss <= fit.model.loss(at: mixture))
        #expect(fit.summary.parameters.keys.contains { $0.hasSuffix("of part 0") })
    }

    @Test func `Runs without the losses of the parts are refused in words`() throws {
        let plain = PlantedSwarm.runs(24, domains: 4) { PlantedSwarm.effectiveData.loss(at: $0) }
        #expect(throws: MixtureError.self) {
            _ = try ExplicitEffectiveData.fit(plain, MixtureFitRequest(), startingFrom: nil)
        }
        #expect(throws: MixtureError.self) {
            _ = try MixtureData(
                domains: plain.domains,
                runs: plain.runs,
                parts: [TargetPart(name: "a", weight: 1)],
                losses: []
            )
        }
    }

    @Test func `A weighted target is read with its weights and patterns`() throws {
        let sum = try WeightedTarget(parsing: "0.6 * loss/a + 0.4 * loss/b*")
        #expect(sum.terms.map(\.weight) == [0.6, 0.4])
        #expect(sum.terms.map(\.name) == ["loss/a", "loss/b*"])
        let plain = try WeightedTarget(parsing: "metric/*+x")
        #expect(plain.terms.map(\.name) == ["metric/*+x"])
        for bad in ["0 * a + 1 * b", "nan * a", "1e300 * a", "1 * a + b", "1 * a + 2 * a", " * "] {
            #expect(throws: MixtureError.self) { _ = try WeightedTarget(parsing: bad) }
        }
    }
}
