import Foundation
import Mixtures
import ScalingLaws
import TestSupport
import Testing

struct StackTests {
    private struct GoldenStack: Decodable {
        var outOfFoldPredictionsRowsPerRun: [[Double]]
        var observed: [Double]
        var weights: [Double]
    }

    @Test(.needsPublicData(Golden.file))
    func `Weights are those of an independent non-negative least squares`() throws {
        let golden = try Golden.entry("stackWeights", as: GoldenStack.self)
        let lists = golden.weights.indices.map { member in
            golden.outOfFoldPredictionsRowsPerRun.map { $0[member] }
        }
        let found = SimplexLeastSquares.weights(lists, golden.observed)
        for (own, expected) in zip(found, golden.weights) { #expect(abs(own - expected) < 1e-9) }
    }

    @Test func `A useless member and a twin get no more than they earn`() {
        let truth = (0..<20).map { Double($0 * $0 % 7) }
        let good = truth.enumerated().map { $1 + ($0 % 2 == 0 ? 0.1 : -0.1) }
        let constant = [Double](repeating: 3, count: 20)
        let weights = SimplexLeastSquares.weights([good, constant, good], truth)
        #expect(abs(weights.reduce(0, +) - 1) < 1e-9)
        #expect(weights[1] < 0.02 && weights.allSatisfy { $0 >= 0 })
        #expect(SimplexLeastSquares.weights([truth, truth], truth).reduce(0, +) == 1)
        // Of more members than can be tried in every subset, the worst are left out.
        let many = [constant, constant] + Array(repeating: good, count: 9) + [truth]
        let chosen = SimplexLeastSquares.weights(many, truth)
        #expect(chosen.count == 12 && chosen[0] == 0 && abs(chosen[11] - 1) < 1e-9)
    }

    @Test func `A stack is stored, refitted with its weights, and never promises the absurd`()
        throws
    {
        let truth = PlantedSwarm.effectiveData
        let data = PlantedSwarm.runs(48, domains: 4, noise: 0.01) { truth.loss(at: $0) }
        let test = PlantedSwarm.runs(60, domains: 4, seed: 8) { truth.loss(at: $0) }
        let request = MixtureFitRequest()
        let fit = try StackMixture.fit(data, request, startingFrom: nil)
        let line = try RidgeMixture.fit(data, request, startingFrom: nil)
        #expect(PlantedSwarm.error(fit, test) < 0.5 * PlantedSwarm.error(line, test))
        #expect(abs(fit.members.reduce(0) { $0 + $1.weight } - 1) < 1e-12)
        let stored = try JSONEncoder().encode(AnyMixtureLaw(lawID: "mixture-stack", base: fit))
        let again = try JSONDecoder().decode(AnyMixtureLaw.self, from: stored)
        let refit = try StackMixture.fit(data, request, startingFrom: fit)
        for run in test.runs {
            #expect(again.loss(at: run.proportions) == fit.loss(at: run.proportions))
            #expect((fit.deviation(at: run.proportions) ?? 0) > 0)
            let other = refit.loss(at: run.proportions)
            #expect(abs(other - fit.loss(at: run.proportions)) < 0.05)
        }
        let range = (data.losses.max() ?? 0) - (data.losses.min() ?? 0)
        for corner in 0..<4 {
            let vertex = (0..<4).map { $0 == corner ? 1.0 : 0 }
            let middle = (data.losses.max() ?? 0) / 2 + (data.losses.min() ?? 0) / 2
            #expect(abs(fit.loss(at: vertex) - middle) <= range)
        }
    }
}
