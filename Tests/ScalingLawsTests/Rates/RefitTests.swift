import Foundation
import Runs
import ScalingLaws
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
    }

    @Test func `a refit survives a new cell and a run that blew up`() throws {
        var runs = Self.sweep()
        let earlier = try StepLaw.fit(
            PlantedSweep.request(runs.filter { $0.parameterCount < 1e9 })
        )
        runs[3].lossNats = .nan
        let refit = try StepLaw.refit(PlantedSweep.request(runs), from: earlier)
        #expect(refit.cells.count == 12 && earlier.cells.count == 9)
        #expect(refit.divergedCount == 1)
        #expect(throws: FitError.self) {
            try StepLaw.refit(PlantedSweep.request(Array(runs.prefix(3))), from: earlier)
        }
    }
}
