import Foundation
import Runs
import ScalingLaws
import Testing

@Suite struct ConditionalRateTests {
    private static func fit(
        _ sweep: PlantedSweep,
        draws: Int = 60
    ) throws -> ConditionalRateFit {
        var request = PlantedSweep.request(sweep.observations)
        request.options.drawCount = draws
        return try ConditionalLearningRate.fit(request)
    }

    private static func noisy() -> PlantedSweep {
        var sweep = PlantedSweep()
        sweep.noise = 3e-4
        sweep.scatter = 0.05
        return sweep
    }

    private static let shared = Result { try fit(noisy(), draws: 100) }

    private static func ask(
        _ fit: ConditionalRateFit,
        n: Double,
        d: Double,
        batch: Double
    ) throws -> Advice {
        try ConditionalLearningRate.advise(
            Question([.parameters: n, .tokens: d, .batchTokens: batch]),
            from: fit
        )
    }

    @Test func `the planted rate is found at every batch of noiseless runs`() throws {
        let sweep = PlantedSweep()
        let fit = try Self.fit(sweep)
        for (n, d) in [(2e8, 8e9), (8e8, 2.4e10), (1.6e9, 7.2e10)] {
            let best = sweep.optimum(n, d)
            for ratio in [0.35, 0.6, 1, 1.6, 2.5] {
                let advice = try Self.ask(fit, n: n, d: d, batch: best.batch * ratio)
                let planted = best.rate * exp(sweep.bowl.ridge(log(ratio)))
                let found = try #require(advice.quantities.first).value
                #expect(isClose(log(found / planted), 0, within: 0.08), "\(n), \(d), \(ratio)")
            }
        }
        #expect(isClose(fit.rate.slope, 0.8, within: 0.1))
        #expect(isClose(exp(fit.logKnee), 0.8, within: 0.15))
    }

    @Test(arguments: [1.0, 0.5])
    func `linear and square-root scaling are found where they were planted`(power: Double) throws {
        var sweep = PlantedSweep()
        sweep.bowl.ridgeSlope = power
        sweep.bowl.ridgeKnee = 60
        let fit = try Self.fit(sweep)
        let best = sweep.optimum(4e8, 2.4e10)
        for ratio in [0.4, 1, 2] {
            let advice = try Self.ask(fit, n: 4e8, d: 2.4e10, batch: best.batch * ratio)
            #expect(
                isClose(
                    log(advice.quantities[0].value / best.rate),
                    power * log(ratio),
                    within: 0.1
                )
            )
            #expect(isClose(advice.quantities[1].value, power, within: 0.12))
        }
    }

    @Test func `the rules of the literature are limits of the form`() {
        let linear = SaturatingRate(base: [-6, 0, 0], slope: 1, sharpness: 3, knee: [60, 0, 0])
        let root = SaturatingRate(base: [-6, 0, 0], slope: 0.5, sharpness: 3, knee: [60, 0, 0])
        for logBatch in [10.0, 13, 16] {
            #expect(isClose(linear.localSlope(n: 0, d: 0, logBatch: logBatch), 1, within: 1e-9))
            #expect(isClose(root.localSlope(n: 0, d: 0, logBatch: logBatch), 0.5, within: 1e-9))
            let step =
                linear.logRate(n: 0, d: 0, logBatch: logBatch + 1)
                - linear.logRate(n: 0, d: 0, logBatch: logBatch)
            #expect(isClose(step, 1, within: 1e-9))
        }
        // Power scheduler: LR = 4·(B/4096)·D^-0.51, the pivot at D = 1.
        let power = SaturatingRate(
            base: [log(4 / 4096) + 60, 0, -0.51],
            slope: 1,
            sharpness: 3,
            knee: [60, 0, 0]
        )
        let printed = log(4 * (2e5 / 4096) * pow(1e10, -0.51))
        let found = power.logRate(n: 0, d: log(1e10), logBatch: log(2e5))
        #expect(isClose(found, printed, within: 1e-6))
        // Token horizon: at one small batch a rising optimum falls with D as eD − α·e.
        let horizon = SaturatingRate(
            base: [-6, 0, 0.25],
            slope: 0.95,
            sharpness: 3,
            knee: [30, 0, 0.6]
        )
        let fall =
            horizon.logRate(n: 0, d: 1, logBatch: 13) - horizon.logRate(n: 0, d: 0, logBatch: 13)
        #expect(isClose(fall, 0.25 - 0.95 * 0.6, within: 1e-6))
        #expect(isClose(linear.localSlope(n: 0, d: 0, logBatch: 90), 0, within: 1e-9))
    }

    @Test func `the saturating form beats plain scaling on left-out cells`() throws {
        let forms = try Self.shared.get().forms
        let own = try #require(forms.first { $0.id == "saturating" })
        for id in ["linear", "square-root", "no-batch", "power-law", "nearest-slice"] {
            let rival = try #require(forms.first { $0.id == id })
            #expect(own.regret.mean < rival.regret.mean, "\(id)")
        }
    }

    @Test func `an answer has intervals, costs of plain scaling and extra compute`() throws {
        let sweep = Self.noisy()
        let best = sweep.optimum(4e8, 2.4e10)
        let fit = try Self.shared.get()
        let advice = try Self.ask(fit, n: 4e8, d: 2.4e10, batch: best.batch * 2.2)
        #expect(
            advice.quantities.allSatisfy { ($0.low ?? 0) <= $0.value && $0.value <= ($0.high ?? 0) }
        )
        #expect(advice.extrapolation.inside)
        let costs = try #require(advice.tables.first).rows.map { $0[4] }
        guard case .number(let far) = try #require(costs.last),
            case .number(let near) = costs[3]
        else {
            Issue.record("no numbers")
            return
        }
        #expect(near < 1e-9 && far > 0.3)
        let linear = try #require(advice.rivals.first { $0.id == "linear-scaling" })
        let root = try #require(advice.rivals.first { $0.id == "sqrt-scaling" })
        #expect(try #require(linear.extraComputePercent) > 0)
        #expect(try #require(linear.quantities.first).value > #require(root.quantities.first).value)
        let away = try Self.ask(fit, n: 4e10, d: 2.4e12, batch: 1e9)
        #expect(!away.extrapolation.inside && !away.warnings.isEmpty)
    }

    @Test func `the planted rate lies in most intervals`() throws {
        var hits = 0
        var count = 0
        for seed in UInt64(1)...12 {
            var sweep = PlantedSweep()
            sweep.noise = 5e-4
            sweep.scatter = 0.1
            sweep.seed = seed
            sweep.rateCount = 8
            sweep.batchCount = 6
            let fit = try Self.fit(sweep, draws: 60)
            for ratio in [0.5, 1, 2] {
                let best = sweep.optimum(6e8, 3e10)
                let found = try Self.ask(fit, n: 6e8, d: 3e10, batch: best.batch * ratio)
                let rate = found.quantities[0]
                let planted = best.rate * exp(sweep.bowl.ridge(log(ratio)))
                count += 1
                if try #require(rate.low) <= planted, planted <= (try #require(rate.high)) {
                    hits += 1
                }
            }
        }
        let share = Double(hits) / Double(count)
        #expect(share >= 0.8, "\(share)")
    }

    @Test func `units of batch and size do not matter`() throws {
        let sweep = PlantedSweep()
        let first = try Self.fit(sweep, draws: 20)
        var scaled = sweep.observations
        for index in scaled.indices {
            scaled[index].batchTokens *= 7
            scaled[index].parameterCount *= 3
            scaled[index].tokenCount *= 7
        }
        var request = PlantedSweep.request(scaled)
        request.options.drawCount = 20
        let second = try ConditionalLearningRate.fit(request)
        let one = try Self.ask(first, n: 5e8, d: 3e10, batch: 3e5)
        let two = try Self.ask(second, n: 15e8, d: 21e10, batch: 21e5)
        for (left, right) in zip(one.quantities, two.quantities) where left.unit == "1" {
            #expect(isClose(left.value, right.value, within: 1e-6 + 1e-4 * abs(left.value)))
        }
    }

    @Test func `too little data and absurd questions are refused with numbers`() throws {
        var sweep = PlantedSweep()
        sweep.rateCount = 3
        #expect(throws: FitError.tooFewSlices(needed: 12, found: 0)) { try Self.fit(sweep) }
        sweep = PlantedSweep()
        sweep.batchCount = 1
        #expect(throws: FitError.self) { try Self.fit(sweep) }
        let fit = try Self.shared.get()
        #expect(throws: RecommendError.self) {
            try ConditionalLearningRate.advise(
                Question([.parameters: 1e9, .tokens: 1e10]),
                from: fit
            )
        }
        for batch in [Double.nan, -1, 1e308] {
            #expect(throws: RecommendError.self) {
                try Self.ask(fit, n: 1e9, d: 1e10, batch: batch)
            }
        }
    }

    @Test func `a fit survives JSON and says its parameters`() throws {
        let fit = try Self.shared.get()
        let copy = try JSONDecoder().decode(
            ConditionalRateFit.self,
            from: JSONEncoder().encode(fit)
        )
        #expect(copy == fit)
        let symbols = Set(ConditionalLearningRate.card.parameters.map(\.symbol))
        #expect(Set(fit.summary.parameters.keys) == symbols)
    }
}
