import Foundation
import Runs
import ScalingLaws
import Testing

/// Steps to a loss read off whole loss curves, for projects whose runs name no target.
@Suite struct CurveStepsTests {
    /// Loss 2 + 12·s^-0.35 over s = S / (1 + B_crit/B), the steps that an unlimited batch would
    /// need.
    private func run(
        _ number: Int,
        batch: Double,
        critical: Double = 4e5,
        noise: Double = 0,
        decayFrom: Double? = nil
    ) -> Observation {
        var random = SplitMix64(seed: UInt64(number + 1))
        let last = 4_000 * (1 + critical / batch)
        var curve = LossCurve(steps: [], lossNats: [])
        for point in 1...400 {
            let share = Double(point) / 400
            let decayed = share > decayFrom ?? 1
            let progress = share * last / (1 + critical / batch)
            let loss = 2 + 12 * pow(progress, -0.35)
            curve.steps.append((share * last).rounded())
            curve.lossNats.append((decayed ? 0.9 * loss : loss) * exp(noise * random.normal()))
            curve.learningRates.append(decayed ? 1e-4 : 1e-3)
        }
        return Observation(
            runID: PlantedSweep.id(number),
            runName: "run \(number)",
            values: [.parameterCount: 1e8, .batchTokens: batch],
            curve: curve
        )
    }

    private let batches = (0..<7).map { 5e4 * pow(2, Double($0)) }

    private func runs(noise: Double = 0, decayFrom: Double? = nil) -> [Observation] {
        batches.enumerated().map {
            run($0.offset, batch: $0.element, noise: noise, decayFrom: decayFrom)
        }
    }

    @Test(arguments: [(0.0, 0.02), (0.01, 0.12)])
    func `curves of one size give the planted critical batch at every target`(
        noise: Double,
        tolerance: Double
    ) throws {
        let fit = try PlantedBatches.fit(runs(noise: noise), draws: 100)
        #expect(fit.groups.count == 4)
        for group in fit.groups {
            #expect(group.source == "curve")
            #expect(isClose(group.criticalBatchTokens.value / 4e5, 1, within: tolerance))
        }
        #expect(fit.diagnostics.warnings.contains { $0.contains("loss curves") })
        // Every run counts once, though it informs several targets.
        #expect(fit.summary.runs == batches.count)
        #expect(fit.leftOutCount == 0)
    }

    @Test func `what lies behind the decay of the learning rate does not count`() throws {
        let fit = try PlantedBatches.fit(runs(decayFrom: 0.6), draws: 50)
        for group in fit.groups {
            #expect(isClose(group.criticalBatchTokens.value / 4e5, 1, within: 0.02))
            // The decayed part would reach 0.9 times the loss.
            #expect(group.targetLoss > 2 + 12 * pow(0.6 * 4_000, -0.35) - 0.01)
        }
    }

    @Test func `short, empty and broken curves are set aside with the reason`() throws {
        var broken = run(90, batch: 1e5)
        broken.curve = LossCurve(steps: [1, 2, 3], lossNats: [3, .nan])
        var blown = run(91, batch: 2e5)
        blown.curve?.lossNats = [Double](repeating: .nan, count: 400)
        var backward = run(92, batch: 2e5)
        backward.curve?.steps.reverse()
        var huge = run(93, batch: 2e5)
        huge.curve?.lossNats = [Double](repeating: 1e308, count: 400)
        let fit = try PlantedBatches.fit(runs() + [broken, blown, backward, huge], draws: 50)
        #expect(fit.leftOut.count == 3)
        for group in fit.groups {
            #expect(isClose(group.criticalBatchTokens.value / 4e5, 1, within: 0.02))
        }
        #expect(throws: FitError.self) {
            try PlantedBatches.fit([broken, blown, backward, huge], draws: 50)
        }
    }
}
