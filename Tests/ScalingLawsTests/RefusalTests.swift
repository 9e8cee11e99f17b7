import Foundation
import Runs
import ScalingLaws
import Testing

@Suite struct RefusalTests {
    private func refusal(_ runs: [Observation]) -> FitError? {
        do {
            _ = try StepLaw.fit(PlantedSweep.request(runs))
            return nil
        } catch {
            return error
        }
    }

    @Test func `no runs are refused with the number needed`() {
        #expect(refusal([]) == .tooFewRuns(needed: 16, found: 0, leftOut: 0))
    }

    @Test func `too few cells are refused with the number found`() {
        var sweep = PlantedSweep()
        sweep.sizes = [2e8, 4e8]
        sweep.tokens = [8e9]
        #expect(refusal(sweep.observations) == .tooFewCells(needed: 4, found: 2, tooSmall: 0))
    }

    @Test func `one model size leaves its exponent unidentified`() throws {
        var sweep = PlantedSweep()
        sweep.sizes = [4e8]
        sweep.tokens = [8e9, 1.6e10, 3.2e10, 6.4e10]
        try expectNoSpread("parameterCount", 4e8, refusal(sweep.observations))
    }

    @Test func `one token count leaves its exponent unidentified`() throws {
        var sweep = PlantedSweep()
        sweep.tokens = [8e9]
        try expectNoSpread("tokenCount", 8e9, refusal(sweep.observations))
    }

    private func expectNoSpread(_ name: String, _ expected: Double, _ error: FitError?) throws {
        guard case .noSpread(let input, let value) = error else {
            Issue.record("not refused for no spread: \(String(describing: error))")
            return
        }
        #expect(input == name)
        #expect(isClose(value / expected, 1, within: 1e-9))
    }

    @Test func `sizes and tokens on one ray are refused as confounded`() {
        let runs = [1e8, 2e8, 4e8, 8e8].flatMap { size in
            var sweep = PlantedSweep()
            sweep.sizes = [size]
            sweep.tokens = [size * 20]
            return sweep.observations
        }
        let numbered = runs.enumerated().map { index, run in
            var run = run
            run.runID = PlantedSweep.id(index)
            return run
        }
        #expect(refusal(numbered) == .confounded(first: "parameterCount", second: "tokenCount"))
    }

    @Test func `one learning rate a cell is refused with what is missing`() {
        var sweep = PlantedSweep()
        sweep.rateCount = 1
        #expect(
            refusal(sweep.observations)
                == .tooFewValues(input: "peakLearningRate", needed: 3, found: 1)
        )
    }

    @Test func `one batch a cell is refused with what is missing`() {
        var sweep = PlantedSweep()
        sweep.batchCount = 1
        #expect(
            refusal(sweep.observations) == .tooFewValues(input: "batchTokens", needed: 2, found: 1)
        )
    }

    @Test func `hostile rows are set aside one by one with a reason`() throws {
        var runs = PlantedSweep().observations
        let count = runs.count
        for (offset, value) in [Double.nan, .infinity, -1, 0, 1e308].enumerated() {
            for path in [
                \Observation.parameterCount, \.tokenCount, \.peakLearningRate, \.batchTokens,
            ] {
                var run = runs[offset]
                run[keyPath: path] = value
                run.runID = PlantedSweep.id(runs.count)
                runs.append(run)
            }
        }
        var negative = runs[0]
        negative.lossNats = -2
        negative.runID = PlantedSweep.id(runs.count)
        runs.append(negative)
        let fit = try StepLaw.fit(PlantedSweep.request(runs))
        #expect(fit.runCount == count)
        #expect(fit.leftOutCount == 21)
        #expect(fit.leftOut.allSatisfy { $0.reason.contains(" is outside ") })
    }

    @Test func `a loss that is not finite is a diverged run, never a value`() throws {
        var runs = PlantedSweep().observations
        let clean = try StepLaw.fit(PlantedSweep.request(runs))
        for (index, loss) in [Double.nan, .infinity, -.infinity].enumerated() {
            var run = runs[index]
            run.lossNats = loss
            run.peakLearningRate *= 100
            run.runID = PlantedSweep.id(runs.count)
            runs.append(run)
        }
        let fit = try StepLaw.fit(PlantedSweep.request(runs))
        #expect(fit.divergedCount == 3)
        #expect(fit.learningRate == clean.learningRate)
        #expect(fit.runs.count { $0.isDiverged && $0.lossNats == nil } == 3)
        _ = try JSONEncoder().encode(fit)
    }

    @Test func `cancelling ends the fit`() {
        var request = PlantedSweep.request(PlantedSweep().observations)
        request.isCancelled = { true }
        #expect(throws: FitError.cancelled) { try StepLaw.fit(request) }
    }

    @Test func `every refusal has a sentence with its numbers`() {
        let error = FitError.tooFewCells(needed: 4, found: 2, tooSmall: 3)
        #expect(error.message.contains("at least 4 cells"))
        #expect(error.message.contains("3 have less"))
    }
}
