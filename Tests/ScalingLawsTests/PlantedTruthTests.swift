import Foundation
import Runs
import ScalingLaws
import Testing

@Suite struct PlantedTruthTests {
    @Test func `the joint surface recovers planted exponents from noiseless asymmetric bowls`()
        throws
    {
        let sweep = PlantedSweep()
        let fit = try sweep.fit(.jointSurface)
        #expect(fit.surface.isConverged)
        #expect(fit.batchForm == .parametersAndTokens)
        let rateN = try #require(fit.learningRate.parameterExponent).value
        let batchN = try #require(fit.batch.parameterExponent).value
        #expect(isClose(rateN, -0.7, within: 0.01))
        #expect(isClose(fit.learningRate.tokenExponent.value, 0.25, within: 0.01))
        #expect(isClose(batchN, -0.2, within: 0.01))
        #expect(isClose(fit.batch.tokenExponent.value, 0.6, within: 0.01))
        let pivot = sweep.optimum(fit.pivot.parameterCount, fit.pivot.tokenCount)
        #expect(isClose(log(fit.learningRate.atPivot.value / pivot.rate), 0, within: 0.02))
        #expect(isClose(log(fit.batch.atPivot.value / pivot.batch), 0, within: 0.02))
    }

    @Test func `the band recovers planted exponents from noiseless bowls`() throws {
        let fit = try PlantedSweep().fit(.band)
        let rateN = try #require(fit.learningRate.parameterExponent).value
        #expect(isClose(rateN, -0.7, within: 1e-6))
        #expect(isClose(fit.learningRate.tokenExponent.value, 0.25, within: 1e-6))
        #expect(isClose(fit.batch.tokenExponent.value, 0.6, within: 1e-6))
    }

    @Test func `a batch that ignores model size gets next to no exponent of it`() throws {
        var sweep = PlantedSweep()
        sweep.batch.n = 0
        sweep.noise = 5e-4
        let fit = try sweep.fit()
        #expect(abs(fit.batch.parameterExponent?.value ?? 0) < 0.1)
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func `noise and scatter leave the answer near the truth`(seed: UInt64) throws {
        var sweep = PlantedSweep()
        sweep.noise = 5e-4
        sweep.scatter = 0.1
        sweep.seed = seed
        let fit = try sweep.fit()
        let truth = sweep.optimum(fit.pivot.parameterCount, fit.pivot.tokenCount)
        let rate = fit.learningRate.atPivot
        #expect(rate.low <= rate.value && rate.value <= rate.high)
        #expect(isClose(log(rate.value / truth.rate), 0, within: 0.2))
        #expect(isClose(log(fit.batch.atPivot.value / truth.batch), 0, within: 0.2))
    }

    @Test func `the planted conditional law is found`() throws {
        let sweep = PlantedSweep()
        let fit = try sweep.fit()
        let target = Target(parameterCount: 4e8, tokenCount: 2.4e10)
        let best = sweep.optimum(4e8, 2.4e10)
        for ratio in [0.4, 0.7, 1, 1.5, 3] {
            let planted = best.rate * exp(sweep.bowl.ridge(log(ratio)))
            let found = fit.conditionalRate(target, batchTokens: best.batch * ratio)
            #expect(isClose(log(found / planted), 0, within: 0.12), "at \(ratio) times the batch")
        }
    }

    @Test func `few runs a cell are enough for the joint surface and it is chosen`() throws {
        var sweep = PlantedSweep()
        sweep.noise = 5e-4
        var random = SplitMix64(seed: 5)
        var few: [Observation] = []
        let all = sweep.observations
        for start in stride(from: 0, to: all.count, by: 90) {
            few += all[start..<(start + 90)].shuffled(using: &random).prefix(8)
        }
        let fit = try StepLaw.fit(PlantedSweep.request(few))
        #expect(fit.estimator == .jointSurface)
        let truth = sweep.optimum(fit.pivot.parameterCount, fit.pivot.tokenCount)
        #expect(isClose(log(fit.learningRate.atPivot.value / truth.rate), 0, within: 0.15))
        #expect(isClose(log(fit.batch.atPivot.value / truth.batch), 0, within: 0.25))
    }
}
