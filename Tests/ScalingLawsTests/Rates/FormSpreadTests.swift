import Foundation
import ScalingLaws
import Testing

@Suite struct FormSpreadTests {
    private static func rival(excess: Double, error: Double = 0.01) -> FormSpread.Rival {
        .init(learningRate: [0.3, 0.1, 0], batch: [0.2, -0.2, 0.1], excess: excess, error: error)
    }

    @Test func `a form that cannot be told apart adds half of its squared difference`() {
        let spread = FormSpread([Self.rival(excess: 0)])
        #expect(isClose(spread.batch[4], 0.5 * 0.04, within: 1e-12))
        #expect(isClose(spread.batch[5], -0.5 * 0.02, within: 1e-12))
        #expect(isClose(spread.learningRate[4], 0.5 * 0.01, within: 1e-12))
    }

    @Test func `nothing is added at the pivot, by a clearly worse form or without rivals`() {
        let spread = FormSpread([Self.rival(excess: 0)])
        #expect(spread.batch[0] == 0 && spread.batch[1] == 0 && spread.batch[3] == 0)
        #expect(FormSpread([Self.rival(excess: 0.2)]).batch.allSatisfy { abs($0) < 1e-12 })
        #expect(FormSpread([Self.rival(excess: 1, error: 0)]).batch.allSatisfy { $0 == 0 })
        #expect(FormSpread([]).learningRate.allSatisfy { $0 == 0 })
        let broken = FormSpread.Rival(
            learningRate: [.nan, .nan, 0],
            batch: [0, .infinity, 0],
            excess: 0,
            error: 0.1
        )
        let guarded = FormSpread([broken]).batch
        #expect(guarded.allSatisfy { $0.isFinite })
    }

    @Test func `an answer far away is less sure where two forms of the batch fit alike`() throws {
        var sweep = PlantedSweep()
        sweep.batch.n = -0.03
        sweep.noise = 8e-4
        sweep.scatter = 0.12
        sweep.rateCount = 7
        sweep.batchCount = 6
        let fit = try sweep.fit()
        let target = Target(parameterCount: 1e11, tokenCount: 2e12)
        let batch = try fit.recommend(target).batchTokens
        let form = try #require(fit.batchFormScores.first { !$0.isChosen })
        #expect(form.interpolated.mean < 0.2)
        let truth = sweep.optimum(1e11, 2e12).batch
        #expect(batch.low <= truth && truth <= batch.high)
    }
}
