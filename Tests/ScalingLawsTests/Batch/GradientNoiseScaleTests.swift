import Foundation
import Runs
import ScalingLaws
import Testing

@Suite struct GradientNoiseScaleTests {
    /// Squared norms of mean gradients in 40 dimensions, |G|^2 = 4, with token noise of variance
    /// `trace` in all, averaged over `steps`.
    private func run(
        _ number: Int,
        trace: Double,
        steps: Int,
        small: Double = 1_024,
        big: Double = 65_536,
        size: Double? = nil,
        _ random: inout SplitMix64
    ) -> Observation {
        func norm(_ batch: Double, _ random: inout SplitMix64) -> Double {
            let sd = (trace / 40 / batch).squareRoot()
            var sum = 0.0
            for _ in 0..<steps {
                for dimension in 0..<40 {
                    let mean = dimension == 0 ? 2.0 : 0
                    let value = mean + sd * random.normal()
                    sum += value * value
                }
            }
            return sum / Double(steps)
        }
        var values: [Role: Double] = [
            .smallBatchTokens: small, .batchTokens: big,
            .smallGradientNormSquared: norm(small, &random),
            .gradientNormSquared: norm(big, &random),
        ]
        values[.parameterCount] = size
        return Observation(runID: PlantedSweep.id(number), runName: "run \(number)", values: values)
    }

    private func runs(_ count: Int, trace: Double, steps: Int, seed: UInt64) -> [Observation] {
        var random = SplitMix64(seed: seed)
        return (0..<count).map { run($0, trace: trace, steps: steps, &random) }
    }

    @Test func `simulated gradients of known noise give its scale`() throws {
        // tr(Sigma)/|G|^2 = 2e5/4.
        let fit = try GradientNoiseScale.fit(
            FitRequest(observations: runs(20, trace: 2e5, steps: 40, seed: 3))
        )
        let group = try #require(fit.groups.first)
        #expect(isClose(group.noiseScaleTokens.value / 5e4, 1, within: 0.05))
        #expect(isClose(group.gradientSquared.value / 4, 1, within: 0.05))
        #expect(group.noiseScaleTokens.low < group.noiseScaleTokens.value)
        #expect(group.noiseScaleTokens.high < 1.3 * group.noiseScaleTokens.low)
    }

    /// The mean of each run's own ratio lies far off where the means' ratio does not.
    @Test func `means are divided, not averaged after division`() throws {
        let observations = runs(60, trace: 1e6, steps: 1, seed: 5)
        let fit = try GradientNoiseScale.fit(FitRequest(observations: observations))
        let group = try #require(fit.groups.first)
        let naive = group.points.map { $0.noiseTrace / $0.gradientSquared }.reduce(0, +) / 60
        let own = abs(log(group.noiseScaleTokens.value / 2.5e5))
        #expect(own < 0.25)
        #expect(own < abs(log(max(naive, 1) / 2.5e5)))
    }

    @Test func `exact norms give the scale without error`() throws {
        // |g|^2 = 2 + 6e4/B.
        let observations = (0..<4).map { index in
            let small = 512 * pow(2, Double(index))
            return Observation(
                runID: PlantedSweep.id(index),
                runName: "run",
                values: [
                    .smallBatchTokens: small, .batchTokens: 64 * small,
                    .smallGradientNormSquared: 2 + 6e4 / small,
                    .gradientNormSquared: 2 + 6e4 / (64 * small),
                ]
            )
        }
        let fit = try GradientNoiseScale.fit(FitRequest(observations: observations))
        let scale = try #require(fit.groups.first).noiseScaleTokens
        #expect(isClose(scale.value / 3e4, 1, within: 1e-9))
        #expect(isClose(scale.high / scale.low, 1, within: 1e-6))
        #expect(fit.summary.parameters["B_simple"] == scale)
        #expect(fit.summary.runs == 4)
    }

    @Test func `intervals cover the true scale in nine of ten worlds`() throws {
        var covered = 0
        for world in 0..<200 {
            let observations = runs(8, trace: 3e5, steps: 2, seed: UInt64(world + 11))
            let fit = try GradientNoiseScale.fit(FitRequest(observations: observations))
            let scale = try #require(fit.groups.first).noiseScaleTokens
            if scale.low <= 7.5e4, 7.5e4 <= scale.high { covered += 1 }
        }
        #expect((0.84...0.96).contains(Double(covered) / 200), "\(covered)")
    }

    @Test func `units of the batch and of the gradient change nothing else`() throws {
        let observations = runs(10, trace: 2e5, steps: 5, seed: 9)
        let fit = try GradientNoiseScale.fit(FitRequest(observations: observations))
        let scaled = observations.map { run in
            var run = run
            run[.smallBatchTokens] *= 16
            run[.batchTokens] *= 16
            run[.smallGradientNormSquared] *= 1e-6
            run[.gradientNormSquared] *= 1e-6
            return run
        }
        let other = try GradientNoiseScale.fit(FitRequest(observations: scaled))
        let one = try #require(fit.groups.first).noiseScaleTokens
        let two = try #require(other.groups.first).noiseScaleTokens
        #expect(isClose(two.value / one.value, 16, within: 1e-9))
        #expect(isClose(two.high / one.high, 16, within: 1e-9))
    }

    @Test func `a gradient that cannot be told from zero is refused with its numbers`() {
        let observations = runs(6, trace: 1e9, steps: 1, seed: 2)
        let error = #expect(throws: FitError.self) {
            try GradientNoiseScale.fit(FitRequest(observations: observations))
        }
        #expect(error?.message.contains("|G|^2") == true)
        #expect(error?.message.contains("larger batch") == true)
    }

    @Test func `hostile norms and batches are set aside`() throws {
        var hostile: [Observation] = []
        var random = SplitMix64(seed: 1)
        for value in [Double.nan, .infinity, -1, 0, 1e308] {
            for role in GradientNoiseScale.card.inputs {
                var one = run(100 + hostile.count, trace: 1e5, steps: 1, &random)
                one[role] = value
                hostile.append(one)
            }
        }
        #expect(throws: FitError.self) {
            try GradientNoiseScale.fit(FitRequest(observations: hostile))
        }
        let good = runs(10, trace: 2e5, steps: 10, seed: 4)
        let fit = try GradientNoiseScale.fit(FitRequest(observations: good + hostile))
        #expect(fit.leftOutCount == hostile.count)
        #expect(fit.groups.first?.points.count == 10)
    }

    @Test func `advice says that the scale stands in for the critical batch`() throws {
        let fit = try GradientNoiseScale.fit(
            FitRequest(observations: runs(20, trace: 2e5, steps: 40, seed: 3))
        )
        let advice = try GradientNoiseScale.advise(
            Question([.wastePercent: 10, .tokens: 1e9]),
            from: fit
        )
        let scale = try #require(fit.groups.first).noiseScaleTokens.value
        let largest = try #require(advice.quantities.first { $0.name == "largestBatchTokens" })
        #expect(isClose(largest.value / (0.1 * scale), 1, within: 1e-9))
        let steps = try #require(advice.quantities.first { $0.name == "stepCount" })
        #expect(isClose(steps.value / (1e9 / scale * 11), 1, within: 1e-9))
        #expect(advice.warnings.contains { $0.contains("within a factor") })
    }
}
