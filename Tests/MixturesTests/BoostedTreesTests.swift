import Foundation
import Mixtures
import ScalingLaws
import TestSupport
import Testing

struct BoostedTreesTests {
    private let data = PlantedSwarm.runs(200, domains: 4, noise: 0.01) {
        PlantedSwarm.effectiveData.loss(at: $0)
    }

    @Test func `Many predictions at once are those of one at a time`() throws {
        let fit = try BoostedTrees.fit(data, MixtureFitRequest(), startingFrom: nil)
        let mixtures = PlantedSwarm.runs(300, domains: 4, seed: 3) { _ in 0 }.runs.map(
            \.proportions
        )
        let corners = (0..<4).map { corner in (0..<4).map { $0 == corner ? 1.0 : 0 } }
        let rows = mixtures + corners + [[0.25, 0.25, 0.25, 0.25]]
        for (row, loss) in zip(rows, fit.losses(at: rows)) {
            #expect(abs(fit.loss(at: row) - loss) < 1e-9)
        }
        let stored = try JSONEncoder().encode(fit)
        #expect(try JSONDecoder().decode(FittedBoostedTrees.self, from: stored) == fit)
        let text = String(decoding: stored, as: UTF8.self)
        let broken = text.replacing("\"left\":[", with: "\"left\":[77,", maxReplacements: 1)
        #expect(throws: (any Error).self) {
            _ = try JSONDecoder().decode(FittedBoostedTrees.self, from: Data(broken.utf8))
        }
    }

    @Test
    func `Steps of a planted truth are learnt, and no prediction goes far from the losses seen`()
        throws
    {
        let steps = PlantedSwarm.runs(300, domains: 3) {
            ($0[0] > 0.4 ? 1 : 2) + ($0[1] > 0.3 ? 0.5 : 0)
        }
        let fit = try BoostedTrees.fit(steps, MixtureFitRequest(), startingFrom: nil)
        let line = try RidgeMixture.fit(steps, MixtureFitRequest(), startingFrom: nil)
        #expect(PlantedSwarm.error(fit, steps) < 0.1 * PlantedSwarm.error(line, steps))
        for run in steps.runs {
            #expect((0.9...2.6).contains(fit.loss(at: run.proportions)))
        }
    }

    @Test func `Too few runs for a split are told`() throws {
        let few = data.selecting(Array(0..<39))
        #expect(throws: MixtureError.tooFewRuns(law: "boosted-trees", needed: 40, found: 39)) {
            _ = try BoostedTrees.fit(few, MixtureFitRequest(), startingFrom: nil)
        }
        let twins = data.selecting([Int](repeating: 0, count: 30) + [Int](repeating: 1, count: 30))
        let fit = try BoostedTrees.fit(twins, MixtureFitRequest(), startingFrom: nil)
        #expect(abs(fit.loss(at: data.runs[0].proportions) - data.runs[0].loss) < 1e-3)
    }

    /// LightGBM with the same settings and no early stopping has 0.9904 on Pile-CC.
    @Test(.needsPublicData(Swarm.regMixFile))
    func `Trees rank the held mixtures of RegMix as well as LightGBM does`() throws {
        let (train, test) = (try Swarm.regMix(.train), try Swarm.regMix(.test))
        let fit = try BoostedTrees.fit(train, MixtureFitRequest(), startingFrom: nil)
        let found = fit.losses(at: test.runs.map(\.proportions))
        #expect(abs(PlantedSwarm.rank(found, test.losses) - 0.9904) < 0.002)
    }
}
