import Foundation
import Runs
import ScalingLaws
import Testing

@Suite struct CriticalBatchTests {
    @Test func `planted hyperbolas and their power law are found from noiseless steps`() throws {
        let planted = PlantedBatches()
        let fit = try PlantedBatches.fit(planted.observations, draws: 50)
        for group in fit.groups {
            let size = try #require(group.parameters)
            let critical = group.criticalBatchTokens
            #expect(isClose(critical.value / planted.critical(size), 1, within: 1e-7))
            #expect(
                isClose(group.minimumSteps.value / planted.minimumSteps(size), 1, within: 1e-7)
            )
            #expect(critical.high / critical.low < 1.0001)
        }
        let law = try #require(fit.powerLaw(.ratio, over: .parameters))
        #expect(isClose(try #require(law.exponent).value, 0.6, within: 1e-6))
        #expect(
            isClose(
                try #require(law.batch(at: 1e10)).value / planted.critical(1e10),
                1,
                within: 1e-5
            )
        )
        // E_min grows as N to the 1.0, so the batch over tokens has the same exponent.
        #expect(
            isClose(
                try #require(fit.powerLaw(.ratio, over: .tokens)?.exponent).value,
                0.6,
                within: 1e-6
            )
        )
        #expect(fit.diagnostics.warnings.contains { $0.contains("move together") })
    }

    @Test func `other units of batch and steps change nothing but the units`() throws {
        var planted = PlantedBatches()
        planted.noise = 0.05
        let base = try PlantedBatches.fit(planted.observations, anchor: 131_072, draws: 100)
        let scaled = planted.observations.map { run in
            var run = run
            run[.batchTokens] *= 1 / 512.0
            run[.stepCount] *= 3
            return run
        }
        let other = try PlantedBatches.fit(scaled, anchor: 256, draws: 100)
        for (one, two) in zip(base.groups, other.groups) {
            #expect(
                isClose(
                    one.criticalBatchTokens.high / two.criticalBatchTokens.high,
                    512,
                    within: 1e-4
                )
            )
            #expect(isClose(two.minimumSteps.value / one.minimumSteps.value, 3, within: 1e-7))
            #expect(
                isClose(
                    one.overheadBatchTokens.value / two.overheadBatchTokens.value,
                    512,
                    within: 1e-4
                )
            )
        }
        for definition in CriticalBatchFit.Definition.Kind.allCases {
            let one = try #require(base.powerLaw(definition, over: .parameters)?.exponent)
            let two = try #require(other.powerLaw(definition, over: .parameters)?.exponent)
            #expect(isClose(one.value, two.value, within: 1e-7))
            #expect(isClose(one.low, two.low, within: 1e-6))
        }
    }

    @Test func `the order of the runs does not matter and the same seed gives the same fit`() throws
    {
        var planted = PlantedBatches()
        planted.noise = 0.05
        let runs = planted.observations
        let fit = try PlantedBatches.fit(runs, draws: 60)
        #expect(try PlantedBatches.fit(runs.reversed(), draws: 60) == fit)
        #expect(try PlantedBatches.fit(runs, draws: 60, seed: 2) != fit)
    }

    /// 120 worlds each: the true values lie inside the 90 % intervals about nine times in ten.
    @Test(arguments: [(0.05, 0.0), (0.05, 0.2)])
    func `ninety per cent intervals cover the planted truth`(noise: Double, scatter: Double) throws
    {
        var covered = (batch: 0, level: 0, exponent: 0)
        let worlds = 120
        for world in 0..<worlds {
            var planted = PlantedBatches()
            planted.noise = noise
            planted.scatter = scatter
            planted.seed = UInt64(world + 7)
            let fit = try PlantedBatches.fit(planted.observations, draws: 120, seed: UInt64(world))
            let size = planted.sizes[2]
            let group = try #require(fit.groups.first { $0.parameters == size })
            let law = try #require(fit.powerLaw(.ratio, over: .parameters))
            if contains(group.criticalBatchTokens, planted.critical(size)) { covered.batch += 1 }
            let level = try #require(law.batch(at: 4e8))
            if contains(level, planted.critical(4e8)) { covered.level += 1 }
            if contains(try #require(law.exponent), planted.exponent) { covered.exponent += 1 }
        }
        // Five groups tell little of their own scatter: the intervals are then somewhat narrow.
        let share = (scatter > 0 ? 0.78 : 0.84)...0.97
        #expect(share.contains(Double(covered.exponent) / Double(worlds)), "\(covered)")
        #expect(share.contains(Double(covered.level) / Double(worlds)), "\(covered)")
        // The group's own truth is shifted by the scatter, which its interval does not speak of.
        if scatter == 0 {
            #expect(share.contains(Double(covered.batch) / Double(worlds)), "\(covered)")
        }
    }

    private func contains(_ interval: Interval, _ value: Double) -> Bool {
        interval.low <= value && value <= interval.high
    }

    @Test func `size and tokens are told apart by several targets for a size, else refused`() throws
    {
        let collinear = try PlantedBatches.fit(PlantedBatches().observations, draws: 50)
        for law in collinear.jointLaws {
            #expect(law.refused?.contains("cannot be told apart") == true)
            #expect(law.batch(parameters: 1e9, tokens: 1e10) == nil)
        }
        // B_crit = 2e6·(N/3e8)^0.1·(E_min/5e9)^0.5.
        func critical(_ size: Double, _ tokens: Double) -> Double {
            2e6 * pow(size / 3e8, 0.1) * pow(tokens / 5e9, 0.5)
        }
        var runs: [Observation] = []
        for size in [1e8, 3e8, 9e8] {
            for (target, tokens) in [(3.4, 2e9), (3.1, 5e9), (2.9, 1.2e10)] {
                let critical = critical(size, tokens)
                for batch in PlantedBatches().batches {
                    let steps = tokens / critical + tokens / batch
                    runs.append(
                        PlantedBatches.run(
                            runs.count,
                            size: size,
                            target: target,
                            batch: batch,
                            steps: steps
                        )
                    )
                }
            }
        }
        let fit = try PlantedBatches.fit(runs, draws: 50)
        let law = try #require(fit.jointLaws.first { $0.definition == .ratio })
        #expect(isClose(try #require(law.parameterExponent).value, 0.1, within: 1e-6))
        #expect(isClose(try #require(law.tokenExponent).value, 0.5, within: 1e-6))
        let advice = try CriticalBatch.advise(
            Question([.parameters: 2e9, .tokens: 3e10]),
            from: fit
        )
        let batch = try #require(advice.quantities.first { $0.name == "criticalBatchTokens" })
        #expect(isClose(batch.value / critical(2e9, 3e10), 1, within: 1e-6))
        #expect(advice.extrapolation.distance.count == 2)
        let all = fit.summary.parameters
        #expect(isClose(try #require(all["exponent_D_joint"]).value, 0.5, within: 1e-6))
    }

    @Test func `of runs that differ in learning rate the fastest counts`() throws {
        let planted = PlantedBatches()
        var runs = planted.observations.map { run in
            var run = run
            run[.peakLearningRate] = 1e-3
            return run
        }
        let slow = runs.enumerated().map { index, run in
            var run = run
            run.runID = PlantedSweep.id(1_000 + index)
            run[.peakLearningRate] = 3e-4
            run[.stepCount] *= 1.6
            return run
        }
        runs += slow
        let fit = try PlantedBatches.fit(runs, draws: 50)
        #expect(fit.leftOutCount == slow.count)
        #expect(
            isClose(
                try #require(fit.powerLaw(.ratio, over: .parameters)?.exponent).value,
                0.6,
                within: 1e-6
            )
        )
    }

    @Test func `a law over size that its neighbour beats is not to be extrapolated`() throws {
        var planted = PlantedBatches()
        planted.exponent = 0
        planted.noise = 0.05
        planted.seed = 3
        var unproven = 0
        for seed in 1...6 {
            planted.seed = UInt64(seed)
            let fit = try PlantedBatches.fit(planted.observations, draws: 50)
            let law = try #require(fit.powerLaw(.ratio, over: .parameters))
            let isBeaten =
                try #require(law.heldOutErrorPercent)
                >= #require(law.baselineErrorPercent)
            let isTold = fit.diagnostics.warnings.contains { $0.contains("do not extrapolate") }
            #expect(isTold == isBeaten)
            if isBeaten { unproven += 1 }
        }
        #expect(unproven > 0)
    }

    @Test func `the left-out largest batch is predicted better than by a straight line`() throws {
        var planted = PlantedBatches()
        planted.noise = 0.03
        let score = try #require(
            try PlantedBatches.fit(planted.observations, draws: 50).heldOutBatch
        )
        #expect(score.runs == 5)
        #expect(score.errorPercent < 0.5 * score.lineErrorPercent)
    }

    @Test func `a run far off its hyperbola is named`() throws {
        var planted = PlantedBatches()
        planted.noise = 0.03
        var runs = planted.observations
        let clean = try PlantedBatches.fit(runs, draws: 50)
        #expect(!clean.diagnostics.warnings.contains { $0.contains("far off") })
        runs[20][.stepCount] *= 4
        let fit = try PlantedBatches.fit(runs, draws: 50)
        #expect(fit.diagnostics.warnings.contains { $0.contains("the worst, run 20,") })
    }

    @Test func `steps in proportion to the batch leave the critical batch open`() throws {
        let runs = (0..<6).map { index in
            let batch = 1e5 * pow(2, Double(index))
            return PlantedBatches.run(
                index,
                size: 1e8,
                target: 3,
                batch: batch,
                steps: 1e10 / batch
            )
        }
        let error = #expect(throws: FitError.self) { try PlantedBatches.fit(runs) }
        #expect(try #require(error).message.contains("larger batches"))
        let flat = runs.map { run in
            var run = run
            run[.stepCount] = 5_000
            return run
        }
        let other = #expect(throws: FitError.self) { try PlantedBatches.fit(flat) }
        #expect(try #require(other).message.contains("smaller batches"))
    }

    @Test func `hostile numbers are refused or set aside, with the reason`() throws {
        let odd: [Double] = [.nan, .infinity, -1, 0, 1e308]
        var runs: [Observation] = []
        for value in odd {
            for role in [Role.batchTokens, .stepCount, .targetLoss, .parameterCount] {
                var run = PlantedBatches.run(
                    runs.count,
                    size: 1e8,
                    target: 3,
                    batch: 1e5,
                    steps: 1e4
                )
                run[role] = value
                runs.append(run)
            }
        }
        #expect(throws: FitError.self) { try PlantedBatches.fit(runs) }
        #expect(throws: FitError.self) { try PlantedBatches.fit([]) }
        let same = (0..<20).map {
            PlantedBatches.run($0, size: 1e8, target: 3, batch: 1e5, steps: 1e4)
        }
        #expect(throws: FitError.self) { try PlantedBatches.fit(same) }
        let two = Array(PlantedBatches().observations.prefix(2))
        let error = #expect(throws: FitError.self) { try PlantedBatches.fit(two) }
        #expect(try #require(error).message.contains("needs 3"))
        let good = PlantedBatches().observations
        let moved = runs.enumerated().map { index, run in
            var run = run
            run.runID = PlantedSweep.id(5_000 + index)
            return run
        }
        let fit = try PlantedBatches.fit(good + moved, draws: 50)
        #expect(
            isClose(
                try #require(fit.powerLaw(.ratio, over: .parameters)?.exponent).value,
                0.6,
                within: 1e-6
            )
        )
    }
}
