import Foundation
import Runs
import ScalingLaws
import TestSupport
import Testing

@Suite struct RefitTests {
    private static func sweep() -> [Observation] {
        var sweep = PlantedSweep()
        sweep.noise = 5e-4
        sweep.scatter = 0.05
        return sweep.observations
    }

    @Test func `a refit with one more run agrees with a fit from scratch and is much faster`()
        throws
    {
        let runs = Self.sweep()
        let earlier = try StepLaw.fit(PlantedSweep.request(Array(runs.dropLast())))
        let clock = ContinuousClock()
        var refit: StepLawFit?
        var full: StepLawFit?
        let quick = try clock.measure {
            refit = try StepLaw.refit(PlantedSweep.request(runs), from: earlier)
        }
        let slow = try clock.measure { full = try StepLaw.fit(PlantedSweep.request(runs)) }
        let (left, right) = (try #require(refit), try #require(full))
        #expect(left.runCount == right.runCount && left.dataHash == right.dataHash)
        #expect(left.batchForm == earlier.batchForm)
        for (one, other) in [
            (left.learningRate.atPivot, right.learningRate.atPivot),
            (left.batch.atPivot, right.batch.atPivot),
        ] {
            #expect(isClose(log(one.value / other.value), 0, within: 0.01))
            #expect(isClose(log(one.high / other.high), 0, within: 0.02))
        }
        #expect(
            isClose(
                left.crossValidation.interpolated.mean,
                right.crossValidation.interpolated.mean,
                within: 0.01
            )
        )
        #expect(quick / slow < 0.8)
        var other = PlantedSweep.request(runs)
        other.options.bandTolerance = 0.005
        #expect(try StepLaw.refit(other, from: earlier) == nil, "options differ")
        var elsewhere = earlier
        elsewhere.surface.learningRate[0] += 6
        elsewhere.surface.bowl.learningRateCurvature = 1e-9
        let corner = try StepLaw.refit(PlantedSweep.request(runs), from: elsewhere)
        if let corner {
            let gap = log(corner.learningRate.atPivot.value / right.learningRate.atPivot.value)
            #expect(abs(gap) < 0.01, "a bad start finds the same surface or none")
        }
    }

    @Test(.needsPublicData("steplaw/dense_lr_bs_loss.csv"))
    func `on the public table a refit agrees with a whole fit in less than half of its time`()
        throws
    {
        let runs = try PublicStepLawTests.read()
        let earlier = try StepLaw.fit(PlantedSweep.request(Array(runs.dropLast())))
        let clock = ContinuousClock()
        var (quick, slow) = (Duration.seconds(60), Duration.seconds(60))
        var (refit, whole) = (StepLawFit?.none, StepLawFit?.none)
        for _ in 0..<3 {
            quick = min(
                quick,
                try clock.measure {
                    refit = try StepLaw.refit(PlantedSweep.request(runs), from: earlier)
                }
            )
            slow = min(
                slow,
                try clock.measure { whole = try StepLaw.fit(PlantedSweep.request(runs)) }
            )
        }
        #expect(quick / slow < 0.5)
        let (one, other) = (try #require(refit), try #require(whole))
        #expect(one.batchForm == other.batchForm && one.estimator == other.estimator)
        for (left, right) in [
            (one.learningRate.atPivot, other.learningRate.atPivot),
            (one.batch.atPivot, other.batch.atPivot),
        ] {
            #expect(isClose(log(left.value / right.value), 0, within: 0.01))
            #expect(isClose(log(left.low / right.low), 0, within: 0.03))
            #expect(isClose(log(left.high / right.high), 0, within: 0.03))
        }
        let gap =
            one.crossValidation.interpolated.mean - other.crossValidation.interpolated.mean
        #expect(abs(gap) < 0.01, "left-out regret in per cent")
    }

    @Test func `a refit survives a new cell and a run that blew up`() throws {
        var runs = Self.sweep()
        let earlier = try StepLaw.fit(
            PlantedSweep.request(runs.filter { $0.parameterCount < 1e9 })
        )
        runs[3].lossNats = .nan
        let found = try StepLaw.refit(PlantedSweep.request(runs), from: earlier)
        let refit = try #require(found)
        #expect(refit.cells.count == 12 && earlier.cells.count == 9)
        #expect(refit.divergedCount == 1)
        #expect(throws: FitError.self) {
            try StepLaw.refit(PlantedSweep.request(Array(runs.prefix(3))), from: earlier)
        }
    }
}
