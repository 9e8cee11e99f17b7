import Foundation
import Runs
import ScalingLaws
import Testing

@Suite struct RecommendationTests {
    private static let shared = Result {
        var sweep = PlantedSweep()
        sweep.noise = 5e-4
        sweep.scatter = 0.05
        return try sweep.fit()
    }

    private func fit() throws -> StepLawFit { try Self.shared.get() }

    @Test func `an inside target gets point, ranges, loss and evidence`() throws {
        let sweep = PlantedSweep()
        let answer = try fit().recommend(
            Target(parameterCount: 5e8, tokenCount: 2e10, sequenceLength: 2048)
        )
        let truth = sweep.optimum(5e8, 2e10)
        #expect(answer.mode == .free)
        #expect(isClose(log(answer.peakLearningRate.value / truth.rate), 0, within: 0.1))
        #expect(isClose(log(answer.batchTokens.value / truth.batch), 0, within: 0.1))
        let sequences = try #require(answer.batchSequences)
        #expect(isClose(sequences.value * 2048, answer.batchTokens.value, within: 1))
        let loss = try #require(answer.predictedLoss)
        #expect(loss.low < loss.value && loss.value < loss.high)
        #expect(isClose(log(loss.value / sweep.floor(5e8, 2e10)), 0, within: 0.01))
        #expect(answer.extrapolation.inside)
        #expect(answer.plateau.peakLearningRate.low < answer.peakLearningRate.value)
        #expect(answer.plateau.peakLearningRate.high > answer.peakLearningRate.value)
        #expect(answer.provenance.cells == 12)
    }

    @Test func `an outside target says how far and predicts no loss`() throws {
        let answer = try fit().recommend(Target(parameterCount: 1.6e10, tokenCount: 7.2e10))
        #expect(!answer.extrapolation.inside)
        #expect(isClose(answer.extrapolation.distance.parameters, log(10), within: 0.01))
        #expect(answer.predictedLoss == nil)
        #expect(answer.predictedLossReason != nil)
    }

    @Test func `a given batch equal to the free one gives the free learning rate`() throws {
        let fit = try fit()
        var target = Target(parameterCount: 4e8, tokenCount: 2e10)
        let free = try fit.recommend(target)
        target.batchTokens = free.batchTokens.value
        let given = try fit.recommend(target)
        #expect(given.mode == .givenBatch)
        let ratio = given.peakLearningRate.value / free.peakLearningRate.value
        #expect(isClose(ratio, 1, within: 1e-9))
    }

    @Test func `a smaller batch asks for a lower learning rate, a larger one for little more`()
        throws
    {
        let fit = try fit()
        let free = try fit.recommend(Target(parameterCount: 4e8, tokenCount: 2e10))
        func rate(_ factor: Double) throws -> Double {
            let target = Target(
                parameterCount: 4e8,
                tokenCount: 2e10,
                batchTokens: free.batchTokens.value * factor
            )
            return try fit.recommend(target).peakLearningRate.value / free.peakLearningRate.value
        }
        let small = try rate(0.25)
        let large = try rate(4)
        #expect(small < 0.6)
        #expect(large >= 1 && large < 1.4)
    }

    @Test(arguments: [
        Target(parameterCount: .nan, tokenCount: 1e10),
        Target(parameterCount: 1e8, tokenCount: .infinity),
        Target(parameterCount: -1, tokenCount: 1e10),
        Target(parameterCount: 1e308, tokenCount: 1e10),
        Target(parameterCount: 1e8, tokenCount: 1e10, batchTokens: 1e11),
        Target(parameterCount: 1e8, tokenCount: 1e10, batchTokens: 0),
        Target(parameterCount: 1e8, tokenCount: 1e10, sequenceLength: .nan),
    ])
    func `an absurd target is refused by name`(target: Target) throws {
        let fit = try fit()
        let error = #expect(throws: RecommendError.self) { try fit.recommend(target) }
        #expect(error?.message.contains("must be") == true)
    }

    @Test(arguments: [(1.0, 1.0), (1e16, 1e18), (1.0, 1e18), (1e16, 1.0), (7e10, 1.5e13)])
    func `far targets are answered with finite numbers or refused`(n: Double, d: Double) throws {
        let fit = try fit()
        do {
            let answer = try fit.recommend(Target(parameterCount: n, tokenCount: d))
            _ = try JSONEncoder().encode(answer)
            #expect(!answer.extrapolation.inside)
        } catch let error as RecommendError {
            #expect(!error.message.isEmpty)
        }
    }

    @Test func `a published law is refused or uncosted where its answer makes no sense`() throws {
        let answer = try fit().recommend(Target(parameterCount: 1e8, tokenCount: 4e5))
        let refused = answer.rivals.filter { $0.refused?.contains("whole training") == true }
        #expect(!refused.isEmpty)
        for rival in answer.rivals {
            #expect(rival.batchTokens ?? 0 <= 4e5)
            #expect(rival.expectedRegretPercent ?? 0 <= 50)
        }
    }

    @Test func `what is unknown is written as null`() throws {
        let answer = try fit().recommend(Target(parameterCount: 1e11, tokenCount: 1e12))
        let text = String(decoding: try JSONEncoder().encode(answer), as: UTF8.self)
        #expect(text.contains("\"predictedLoss\":null"))
        #expect(text.contains("\"batchSequences\":null"))
        let back = try JSONDecoder().decode(Recommendation.self, from: Data(text.utf8))
        #expect(back.predictedLoss == nil)
    }

    @Test func `a fit survives JSON`() throws {
        let fit = try fit()
        let back = try JSONDecoder().decode(StepLawFit.self, from: JSONEncoder().encode(fit))
        let target = Target(parameterCount: 5e8, tokenCount: 2e10)
        let (before, after) = (try fit.recommend(target), try back.recommend(target))
        #expect(before == after)
    }

    @Test func `the surface is lowest at its optimum and the plateau lies at its height`() throws {
        let fit = try fit()
        let surface = try fit.surface(Target(parameterCount: 4e8, tokenCount: 2.4e10))
        #expect(surface.learningRates.count == 61)
        #expect(surface.excessPercent.allSatisfy { $0.allSatisfy { $0 >= -1e-9 } })
        #expect(surface.runsAreAtTarget)
        #expect(surface.runs.count == 90)
        for point in surface.plateau {
            let excess = fit.surface.bowl.excess(
                x: log(point.peakLearningRate / surface.optimum.peakLearningRate),
                y: log(point.batchTokens / surface.optimum.batchTokens)
            )
            #expect(isClose(excess, log1p(0.001), within: 1e-6))
        }
    }

    @Test func `a recommendation stays below the rate at which half of the runs diverge`() throws {
        let sweep = PlantedSweep()
        var runs = sweep.observations
        for index in runs.indices {
            let best = sweep.optimum(runs[index].parameterCount, runs[index].tokenCount)
            if runs[index].peakLearningRate > best.rate * 1.9 { runs[index].lossNats = .nan }
        }
        let fit = try StepLaw.fit(PlantedSweep.request(runs))
        let limit = try #require(fit.stability)
        #expect(limit.divergedCount > 50)
        let answer = try fit.recommend(Target(parameterCount: 4e8, tokenCount: 2.4e10))
        #expect(answer.peakLearningRate.value < sweep.optimum(4e8, 2.4e10).rate * 1.9)
    }
}
