import Foundation
import Runs
import ScalingLaws
import Testing

@Suite struct InvarianceTests {
    private var noisy: [Observation] {
        var sweep = PlantedSweep()
        sweep.noise = 5e-4
        sweep.scatter = 0.1
        return sweep.observations
    }

    @Test func `the order of the runs does not matter`() throws {
        let first = try StepLaw.fit(PlantedSweep.request(noisy))
        let second = try StepLaw.fit(PlantedSweep.request(noisy.reversed()))
        #expect(first == second)
    }

    @Test(arguments: [Estimator.band, .jointSurface])
    func `other units of tokens and size change constants only`(estimator: Estimator) throws {
        let scaled = noisy.map { run in
            var run = run
            run.parameterCount *= 10
            run.tokenCount *= 7
            run.batchTokens *= 7
            run.peakLearningRate *= 3
            return run
        }
        let first = try StepLaw.fit(PlantedSweep.request(noisy, estimator: estimator))
        let second = try StepLaw.fit(PlantedSweep.request(scaled, estimator: estimator))
        let pairs = [
            (first.learningRate.tokenExponent.value, second.learningRate.tokenExponent.value),
            (first.batch.tokenExponent.value, second.batch.tokenExponent.value),
            (
                log(first.learningRate.atPivot.value) + log(3),
                log(second.learningRate.atPivot.value)
            ),
            (log(first.batch.atPivot.value) + log(7), log(second.batch.atPivot.value)),
        ]
        for (left, right) in pairs { #expect(isClose(left, right, within: 1e-3)) }
    }

    @Test func `a loss in other units gives the same settings`() throws {
        let scaled = noisy.map { run in
            var run = run
            run.lossNats /= log(2)
            return run
        }
        let first = try StepLaw.fit(PlantedSweep.request(noisy))
        let second = try StepLaw.fit(PlantedSweep.request(scaled))
        let ratio = first.learningRate.atPivot.value / second.learningRate.atPivot.value
        #expect(isClose(log(ratio), 0, within: 1e-3))
    }

    @Test func `shuffling the losses within cells changes the answer`() throws {
        let runs = noisy
        var random = SplitMix64(seed: 3)
        var shuffled = runs
        for start in stride(from: 0, to: runs.count, by: 90) {
            let losses = runs[start..<(start + 90)].map(\.lossNats).shuffled(using: &random)
            for (offset, loss) in losses.enumerated() { shuffled[start + offset].lossNats = loss }
        }
        let honest = try StepLaw.fit(PlantedSweep.request(runs))
        let mixed = try StepLaw.fit(PlantedSweep.request(shuffled))
        #expect(mixed.dataHash != honest.dataHash)
        let target = Target(parameterCount: 5e8, tokenCount: 2e10)
        #expect(mixed.optimum(target) != honest.optimum(target))
        #expect(
            mixed.crossValidation.interpolated.mean
                > 3 * honest.crossValidation.interpolated.mean
        )
    }

    @Test func `a run counted twice counts once`() throws {
        let once = try StepLaw.fit(PlantedSweep.request(noisy))
        let twice = try StepLaw.fit(PlantedSweep.request(noisy + noisy.prefix(30)))
        #expect(twice.leftOutCount == 30)
        #expect(twice.learningRate == once.learningRate)
    }
}
