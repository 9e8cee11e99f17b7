import Foundation
import Mixtures
import ScalingLaws
import TestSupport
import Testing

struct RepetitionTests {
    private struct GoldenTokens: Decodable {
        struct Case: Decodable {
            var tokens: Double
            var effective: Double
        }
        var uniqueTokens: Double
        var cases: [Case]
    }

    @Test(.needsPublicData(Golden.file))
    func `A law over sizes counts repeated tokens as published`() throws {
        let golden = try Golden.entry("effectiveTokens", as: GoldenTokens.self)
        // One domain with g = 1 and nothing beside it: u is the effective share plus ε.
        let law = try FittedJoint(
            E: 1,
            A: 1e-12,
            a: 0.3,
            B: 1,
            b: 1,
            k: 1,
            e0: 1e-15,
            g: 1,
            s: [1],
            availableTokens: [golden.uniqueTokens]
        )
        for one in golden.cases {
            let scale = try MixtureScale(parameterCount: 1e9, tokenCount: one.tokens)
            let loss = try #require(law.at(scale)).loss(at: [1])
            let effective = (1 / (loss - 1) / (one.tokens / 1e10) - 1e-3) * one.tokens
            #expect(abs(effective / one.effective - 1) < 1e-6)
        }
    }

    /// The domain that is worth most has 1.5e9 unique tokens: proxies repeat it up to five times, a
    /// run of 5e11 tokens would a hundred times.
    @Test func `The optimum moves away from a scarce domain as tokens grow, as it truly does`()
        throws
    {
        let free = try JointWorld(seed: 4)
        let best = try #require(free.law.separable?.scales.enumerated().max { $0.1 < $1.1 }?.0)
        let available: [Double?] = (0..<6).map { $0 == best ? 1.5e9 : nil }
        let world = try JointWorld(seed: 4, availableTokens: available)
        let data = world.runs(
            sizes: [1e8, 3e8],
            mixtures: 40,
            tokens: [3e9, 6e9, 10e9, 15e9, 20e9],
            noise: 0.0003
        )
        let fit = try JointEffectiveData.fit(data, MixtureFitRequest(), startingFrom: nil)
        var blind = data
        blind.availableTokens = []
        let naive = try JointEffectiveData.fit(blind, MixtureFitRequest(), startingFrom: nil)
        var shares: [Double] = []
        for tokens in [1e10, 1e11, 5e11] {
            let truth = try optimum(world.law, tokens, data.domains)
            let own = try optimum(fit, tokens, data.domains)
            let still = try optimum(naive, tokens, data.domains)
            shares.append(own[best])
            #expect(l1(own, truth) < 0.15)
            if tokens > 1e10 { #expect(l1(own, truth) < 0.5 * l1(still, truth)) }
        }
        #expect(shares[0] > shares[1] && shares[1] > shares[2])
    }

    @Test func `The gradient knows what repetition costs, and the discount is not taken twice`()
        throws
    {
        let world = try JointWorld(seed: 2, availableTokens: [1e9, nil, 2e9, nil, nil, nil])
        let scale = try MixtureScale(parameterCount: 1e9, tokenCount: 5e10)
        let law = try #require(world.law.at(scale))
        let mixture = [0.3, 0.2, 0.2, 0.1, 0.1, 0.1]
        let gradient = try #require(law.gradient(at: mixture))
        for domain in mixture.indices {
            var (above, below) = (mixture, mixture)
            above[domain] += 1e-6
            below[domain] -= 1e-6
            let slope = (law.loss(at: above) - law.loss(at: below)) / 2e-6
            #expect(abs(gradient[domain] - slope) < 1e-6)
        }
        var constraints = MixtureConstraints()
        constraints.availableTokens = ["domain 1": 1e9, "domain 3": 2e9]
        constraints.targetTokens = 5e10
        constraints.discountsRepetition = true
        let names = (1...6).map { "domain \($0)" }
        let target = MixtureTarget(name: "loss", law: law)
        let own = try MixtureOptimiser.optimum(domains: names, targets: [target])
        let asked = try MixtureOptimiser.optimum(
            domains: names,
            targets: [target],
            constraints: constraints
        )
        #expect(l1(own.proportions, asked.proportions) < 1e-4)
    }

    @Test func `A target that repeats what no run repeated is said so`() throws {
        let world = try JointWorld(seed: 2, availableTokens: [20e9, nil, nil, nil, nil, nil])
        let data = world.runs(sizes: [1e8, 3e8], mixtures: 12, tokens: [3e9, 10e9], noise: 0.003)
        let options = MixtureFitter.Options(predictor: "joint-effective-data", drawCount: 2)
        let fit = try MixtureFitter.fit(
            data,
            target: "loss",
            options: options,
            request: MixtureFitRequest()
        )
        let near = try fit.at(MixtureScale(parameterCount: 3e8, tokenCount: 10e9))
        let far = try fit.at(MixtureScale(parameterCount: 1e9, tokenCount: 2e12))
        #expect(!near.warnings.contains { $0.contains("repeats") })
        #expect(far.warnings.contains { $0.contains("domain 1") && $0.contains("repeats") })
        #expect(far.warnings.contains { $0.contains("extrapolation") })
        let mixture = data.runs[0].proportions
        #expect(far.model.loss(at: mixture) < near.model.loss(at: mixture))
        #expect(far.draws.count == fit.draws.count)
        let flat = try MixtureFitter.fit(
            data,
            target: "loss",
            options: .init(predictor: "linear-mixture", drawCount: 2),
            request: MixtureFitRequest()
        )
        #expect(throws: MixtureError.self) {
            _ = try flat.at(MixtureScale(parameterCount: 1e9, tokenCount: 1e12))
        }
    }

    private func optimum(
        _ law: FittedJoint,
        _ tokens: Double,
        _ domains: [String]
    ) throws -> [Double] {
        let scale = try MixtureScale(parameterCount: 1e9, tokenCount: tokens)
        let asked = try #require(law.at(scale))
        return try MixtureOptimiser.optimum(
            domains: domains,
            targets: [MixtureTarget(name: "loss", law: asked)]
        ).proportions
    }

    private func l1(_ a: [Double], _ b: [Double]) -> Double {
        zip(a, b).reduce(0) { $0 + abs($1.0 - $1.1) }
    }
}
