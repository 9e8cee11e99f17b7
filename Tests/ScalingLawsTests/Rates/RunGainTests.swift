import Foundation
import ScalingLaws
import Testing

@Suite struct RunGainTests {
    private static let fit = Result {
        var sweep = PlantedSweep()
        sweep.sizes = [1e8, 2e8, 4e8]
        sweep.tokens = [4e9, 1.2e10]
        sweep.noise = 6e-4
        sweep.scatter = 0.05
        var random = SplitMix64(seed: 901)
        let all = sweep.observations
        let size = sweep.rateCount * sweep.batchCount
        let runs = stride(from: 0, to: all.count, by: size).flatMap { first in
            all[first..<(first + size)].shuffled(using: &random).prefix(7)
        }
        return try StepLaw.fit(PlantedSweep.request(runs))
    }
    private static let target = Target(parameterCount: 4e8, tokenCount: 1.2e10)

    @Test func `what a run takes away is what the design says once it counts as made`() throws {
        let fit = try Self.fit.get()
        let map = try RunGainMap(fit, target: Self.target, gridCount: 9)
        for row in stride(from: 0, to: 9, by: 4) {
            for column in stride(from: 0, to: 9, by: 4) {
                var design = try RunDesign(fit, target: Self.target)
                let before = design.expectedRegretPercent
                design.add(
                    DesignPoint(
                        parameterCount: map.parameterCount,
                        tokenCount: map.tokenCount,
                        peakLearningRate: map.learningRates[column],
                        batchTokens: map.batchTokens[row]
                    )
                )
                let gain = 100 * (1 - design.expectedRegretPercent / before)
                #expect(abs(map.gainPercent[row][column] - gain) < 1e-6)
                #expect(gain > -1e-6, "a run never takes knowledge away")
            }
        }
    }

    @Test func `the runs named teach more than running the best again`() throws {
        let fit = try Self.fit.get()
        let map = try RunGainMap(fit, target: Self.target)
        let costs = [map.expectedRegretPercent] + map.best.map(\.afterPercent)
        #expect(map.best.count == 3 && costs == costs.sorted(by: >))
        let answer = try fit.recommend(Self.target)
        var naive = try RunDesign(fit, target: Self.target)
        for _ in map.best {
            naive.add(
                DesignPoint(
                    parameterCount: map.parameterCount,
                    tokenCount: map.tokenCount,
                    peakLearningRate: answer.peakLearningRate.value,
                    batchTokens: answer.batchTokens.value
                )
            )
        }
        let gain = map.expectedRegretPercent - (costs.last ?? 0)
        #expect(gain > 1.2 * (map.expectedRegretPercent - naive.expectedRegretPercent))
    }

    @Test func `no run costs more than the budget, and one that pays for nothing is refused`()
        throws
    {
        let fit = try Self.fit.get()
        let map = try RunGainMap(
            fit,
            target: Target(parameterCount: 1e10, tokenCount: 2e11),
            budgetFLOPs: 6 * 2e8 * 4e9
        )
        #expect(6 * map.parameterCount * map.tokenCount <= 6.01 * 2e8 * 4e9)
        #expect(throws: RecommendError.self) {
            _ = try RunGainMap(fit, target: Self.target, budgetFLOPs: 1e6)
        }
    }

    @Test func `the error of the answer is a covariance that more runs shrink`() throws {
        let fit = try Self.fit.get()
        var design = try RunDesign(fit, target: Self.target)
        let before = try #require(design.answerCovariance)
        #expect(before.xx > 0 && before.yy > 0)
        #expect(before.xy * before.xy <= before.xx * before.yy)
        for run in try RunGainMap(fit, target: Self.target).best {
            design.add(
                DesignPoint(
                    parameterCount: Self.target.parameterCount,
                    tokenCount: Self.target.tokenCount,
                    peakLearningRate: run.peakLearningRate,
                    batchTokens: run.batchTokens
                )
            )
        }
        let after = try #require(design.answerCovariance)
        #expect(after.xx < before.xx && after.yy < before.yy)
    }
}
