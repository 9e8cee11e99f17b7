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
            var design = OptimalDesign(pool, features: .shares)
            design.choose(24, seed: seed, isFirstRandom: true)
            chosen.append(try Self.rho(train.selecting(design.chosen), on: test, seed: seed))
            var random = SplitMix64(seed: seed)
            let order = Array(0..<512).shuffled(using: &random)
            chance.append(
                try Self.rho(train.selecting(Array(order.prefix(24))), on: test, seed: seed)
            )
        }
        #expect(chosen.sorted()[2] >= 0.975)
        #expect(chosen.sorted()[2] > chance.sorted()[2])
    }

    /// What RegMix's notebook prints with LightGBM, its stop and its random numbers, in the order
    /// of the files.
    static let notebook = [
        0.004664, 0.003944, 0, 0.005811, 0.007255, 0.000689, 0.001137, 0.000126, 0.001112, 0.002562,
        0.003724, 0.890969, 0.061383, 0.000345, 0.002491, 0.012304, 0.001482,
    ]

    @Test func `RegMix's search over the trees ends at its notebook's optimum`() throws {
        let data = try Swarm.regMix(.train)
        let fit = try AnyMixtureLaw.fit(try Self.law("boosted-trees"), data, MixtureFitRequest())
        let prior = Dictionary(uniqueKeysWithValues: zip(data.domains, RegMixSamplingTests.shares))
        for seed in 1...3 as ClosedRange<UInt64> {
            let found = try RegMixSimulation(fit, domains: data.domains, prior: prior, seed: seed)
            let shares = data.domains.map { found.proportions[$0] ?? 0 }
            // Other random numbers alone move the notebook's by 0.03 to 0.05.
            #expect(distance(shares, Self.notebook) < 0.1)
            #expect(found.loss < found.priorLoss - 0.1)
        }
    }
}
