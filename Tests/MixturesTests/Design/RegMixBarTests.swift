import Foundation
import Mixtures
import ScalingLaws
import TestSupport
import Testing

/// What the laws make of designs, on RegMix's runs.
@Suite(.needsPublicData(Swarm.regMixFile))
struct RegMixBarTests {
    static func law(_ id: String) throws -> any MixtureLaw.Type {
        try #require(mixtureLawCatalogue.first { $0.card.id == id })
    }

    static func rho(_ data: MixtureData, on test: MixtureData, seed: UInt64) throws -> Double {
        let law = try law("effective-data")
        let fit = try AnyMixtureLaw.fit(law, data, MixtureFitRequest(seed: seed))
        let predicted = fit.losses(at: test.runs.map(\.proportions))
        return try #require(MixtureScores.spearman(predicted, test.losses))
    }

    @Test func `24 D-optimal runs out of 512 teach more than 24 random ones`() throws {
        let train = try Swarm.regMix(.train)
        let test = try Swarm.regMix(.test)
        let pool = train.runs.map(\.proportions)
        var (chosen, chance): ([Double], [Double]) = ([], [])
        for seed in 1...5 as ClosedRange<UInt64> {
            var design = OptimalDesign(pool, features: .roots)
            design.choose(24, seed: seed, isFirstRandom: true)
            chosen.append(try Self.rho(train.selecting(design.chosen), on: test, seed: seed))
            var random = SplitMix64(seed: seed)
            let order = Array(0..<512).shuffled(using: &random)
            chance.append(
                try Self.rho(train.selecting(Array(order.prefix(24))), on: test, seed: seed)
            )
        }
        #expect(chosen.sorted()[2] >= 0.95)
        #expect(chosen.sorted()[2] > chance.sorted()[2])
    }

    @Test func `RegMix's search over the trees ends near its published optimum`() throws {
        let data = try Swarm.regMix(.train)
        let fit = try AnyMixtureLaw.fit(try Self.law("boosted-trees"), data, MixtureFitRequest())
        let prior = Dictionary(uniqueKeysWithValues: zip(data.domains, RegMixSamplingTests.shares))
        let found = try RegMixSimulation(fit, domains: data.domains, prior: prior)
        // Its paper's and repository's five largest shares; the other twelve have 0.0137 together.
        let published = [
            "pile_cc": 0.8701, "ubuntu_irc": 0.0642, "pubmed_abstracts": 0.0242,
            "wikipedia_en": 0.0159, "hackernews": 0.0119,
        ]
        var distance = 0.0
        var rest = 1.0
        for (name, share) in published {
            let own = found.proportions[name] ?? 0
            distance += abs(own - share)
            rest -= own
        }
        // At most: the twelve others may differ by the sum of both sides.
        #expect(distance + rest + 0.0137 < 0.12)
        #expect(found.loss < found.priorLoss - 0.1)
    }
}
