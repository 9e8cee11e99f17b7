import Foundation
import Runs
import ScalingLaws
import Testing

@Suite struct ExpertRateTests {
    /// A sweep of mixtures whose rate and batch follow the counts with these exponents.
    struct Mixture {
        var sparsities = [1.0, 4, 16]
        var actives = [1e8, 3e8, 9e8]
        var tokens = [1e10, 4e10]
        var rate = (total: 0.0, active: -0.6, tokens: 0.2)
        var batch = (total: -0.25, active: 0.0, tokens: 0.55)
        var noise = 5e-4
        var seed: UInt64 = 1

        func optimum(_ total: Double, _ active: Double, _ tokens: Double) -> (Double, Double) {
            let (t, a, d) = (log(total / 1.2e9), log(active / 3e8), log(tokens / 2e10))
            return (
                log(2e-3) + rate.total * t + rate.active * a + rate.tokens * d,
                log(4e5) + batch.total * t + batch.active * a + batch.tokens * d
            )
        }

        var observations: [Observation] {
            var random = SplitMix64(seed: seed)
            let bowl = PlantedSweep().bowl
            var runs: [Observation] = []
            for active in actives {
                for sparsity in sparsities {
                    for tokens in tokens {
                        let best = optimum(active * sparsity, active, tokens)
                        let floor = 1.8 + 480 / pow(active, 0.35) + 2100 / pow(tokens, 0.37)
                        for i in -3...4 {
                            for j in -3...3 {
                                let x = (Double(i) - 0.3) * 0.35
                                let y = (Double(j) + 0.2) * 0.45
                                let excess = bowl.excess(x: x, y: y) + random.normal() * noise
                                runs.append(
                                    Observation(
                                        runID: PlantedSweep.id(runs.count),
                                        runName: "run \(runs.count)",
                                        values: [
                                            .totalParameterCount: active * sparsity,
                                            .activeParameterCount: active,
                                            .tokenCount: tokens,
                                            .peakLearningRate: exp(best.0 + x),
                                            .batchTokens: exp(best.1 + y),
                                            .loss: floor * exp(excess),
                                        ]
                                    )
                                )
                            }
                        }
                    }
                }
            }
            return runs
        }

        func fit() throws -> ExpertRateFit {
            try ExpertStepLaw.fit(PlantedSweep.request(observations))
        }
    }

    @Test func `the counts that were planted are chosen, each for its own law, with a margin`()
        throws
    {
        let fit = try Mixture().fit()
        #expect(fit.variant == ExpertVariant(learningRate: .active, batch: .total))
        #expect(isClose(fit.learningRate[2], -0.6, within: 0.03))
        #expect(isClose(fit.learningRate[3], 0.2, within: 0.03))
        #expect(isClose(fit.batch[1], -0.25, within: 0.04))
        #expect(isClose(fit.batch[3], 0.55, within: 0.04))
        let swapped = try #require(
            fit.scores.first { $0.variant.learningRate == .total && $0.estimator == fit.estimator }
        )
        #expect(swapped.margin > 2 * swapped.marginError && swapped.margin > 0)
        #expect(fit.scores.count(where: \.isChosen) == 1)
        #expect(fit.crossValidation.mean < (try #require(fit.baselines.first)).interpolated.mean)
    }

    @Test func `both counts are used where both matter`() throws {
        var mixture = Mixture()
        mixture.rate = (total: -0.35, active: -0.35, tokens: 0.2)
        let fit = try mixture.fit()
        #expect(fit.variant.learningRate == .both)
        #expect(isClose(fit.learningRate[1], -0.35, within: 0.05))
        #expect(isClose(fit.learningRate[2], -0.35, within: 0.05))
    }

    @Test func `a count that does not vary has no exponent and the fit says so`() throws {
        var mixture = Mixture()
        mixture.actives = [3e8]
        mixture.sparsities = [1, 3, 9, 27]
        mixture.rate = (total: -0.4, active: 0, tokens: 0.2)
        let fit = try mixture.fit()
        #expect(fit.variant.learningRate == .total)
        #expect(fit.summary.parameters["aA"] == nil && fit.summary.parameters["aT"] != nil)
        #expect(fit.warnings.contains { $0.contains("activeParameterCount is") })
        mixture.sparsities = [4]
        #expect(throws: FitError.self) { try mixture.fit() }
    }

    @Test func `one sparsity cannot tell the counts apart and the fit says so`() throws {
        var mixture = Mixture()
        mixture.sparsities = [8]
        mixture.actives = [1e8, 2e8, 4e8, 8e8]
        let fit = try mixture.fit()
        #expect(fit.variant.learningRate != .both && fit.variant.batch != .both)
        #expect(fit.warnings.contains { $0.contains("one ratio") })
    }

    @Test func `an answer holds the planted optimum and says which counts drive it`() throws {
        let mixture = Mixture()
        let fit = try mixture.fit()
        let advice = try ExpertStepLaw.advise(
            Question([.parameters: 2e9, .activeParameters: 2e8, .tokens: 2e10]),
            from: fit
        )
        let truth = mixture.optimum(2e9, 2e8, 2e10)
        #expect(isClose(log(advice.quantities[0].value), truth.0, within: 0.06))
        #expect(isClose(log(advice.quantities[1].value), truth.1, within: 0.08))
        #expect(advice.statement.contains("LR by active parameters"))
        #expect(advice.extrapolation.inside && advice.rivals.count == 4)
        #expect(advice.tables[0].rows.count == fit.scores.count)
        for values: [Question.Field: Double] in [
            [.parameters: 2e9, .tokens: 2e10],
            [.parameters: 2e8, .activeParameters: 2e9, .tokens: 2e10],
            [.parameters: .nan, .activeParameters: 2e8, .tokens: 2e10],
            [.parameters: 1e308, .activeParameters: 1, .tokens: 1e308],
        ] {
            #expect(throws: RecommendError.self) {
                try ExpertStepLaw.advise(Question(values), from: fit)
            }
        }
    }

    @Test func `the truth lies in most intervals`() throws {
        var hits = 0
        for seed in UInt64(1)...12 {
            var mixture = Mixture()
            mixture.seed = seed
            let fit = try mixture.fit()
            let truth = mixture.optimum(4e9, 5e8, 3e10)
            let advice = try ExpertStepLaw.advise(
                Question([.parameters: 4e9, .activeParameters: 5e8, .tokens: 3e10]),
                from: fit
            )
            for (quantity, truth) in zip(advice.quantities, [truth.0, truth.1]) {
                let (low, high) = (try #require(quantity.low), try #require(quantity.high))
                if low <= exp(truth), exp(truth) <= high { hits += 1 }
            }
        }
        #expect(hits >= 18, "\(hits) of 24")
    }

    @Test func `hostile rows are set aside and nothing is invented`() throws {
        var runs = Mixture().observations
        runs[0][.activeParameterCount] = .nan
        runs[1][.totalParameterCount] = -4
        runs[2][.activeParameterCount] = 1e15
        runs[3][.loss] = .infinity
        runs[4] = runs[5]
        let fit = try ExpertStepLaw.fit(PlantedSweep.request(runs))
        #expect(fit.leftOutCount == 4)
        let copy = try JSONDecoder().decode(ExpertRateFit.self, from: JSONEncoder().encode(fit))
        #expect(copy == fit)
        #expect(throws: FitError.self) { try ExpertStepLaw.fit(PlantedSweep.request([])) }
    }
}
