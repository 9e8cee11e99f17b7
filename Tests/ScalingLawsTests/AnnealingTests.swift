import Foundation
import Runs
import ScalingLaws
import Testing

/// Curves of the law itself, with rates at every tenth step.
struct PlantedAnnealing {
    var floor = 2.5
    var scale = 0.45
    var alpha = 0.5
    var gain = 0.4
    var noise = 0.0

    static func rates(
        _ shape: LearningRateSchedule.Shape,
        steps: Double,
        peak: Double = 2e-4
    ) -> (steps: [Double], rates: [Double]) {
        let schedule = LearningRateSchedule(
            shape: shape,
            peak: peak,
            warmupSteps: 0.02 * steps,
            horizonSteps: steps
        )
        let at = (0...Int(steps / 10)).map { Double($0) * 10 }
        return (at, at.map { schedule.rate(at: $0) })
    }

    func run(
        _ number: UInt8,
        _ shape: LearningRateSchedule.Shape,
        steps: Double,
        peak: Double = 2e-4,
        _ random: inout SplitMix64
    ) -> Observation {
        let (at, rates) = Self.rates(shape, steps: steps, peak: peak)
        let (first, second) = Self.areas(at, rates)
        let losses = at.indices.map { index in
            index % 20 == 0 && index > 0
                ? (floor + scale * pow(first[index], -alpha) - gain * second[index])
                    * exp(noise * random.normal())
                : Double.nan
        }
        return Observation(
            runID: RunID(UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, number))),
            runName: "run \(number)",
            values: [.loss: losses.last ?? .nan],
            curve: LossCurve(steps: at, lossNats: losses, learningRates: rates)
        )
    }

    /// Step by step, as the equation is written; warm-up counts as the peak.
    static func areas(_ at: [Double], _ rates: [Double]) -> (first: [Double], second: [Double]) {
        let peak = rates.max() ?? 0
        let top = rates.firstIndex { $0 >= 0.999 * peak } ?? 0
        var (first, momentum, second) = (0.0, 0.0, 0.0)
        var last = rates[top]
        var firsts = [0.0]
        var seconds = [0.0]
        for index in 1..<at.count {
            let count = Int(at[index] - at[index - 1])
            for step in 1...count {
                let share = Double(step) / Double(count)
                let line = rates[index - 1] + (rates[index] - rates[index - 1]) * share
                let rate = index <= top ? rates[top] : line
                momentum = 0.999 * momentum + (last - rate)
                first += rate
                second += momentum
                last = rate
            }
            firsts.append(first)
            seconds.append(second)
        }
        return (firsts, seconds)
    }
}

@Suite struct AnnealingTests {
    @Test func `Planted constants come back from two schedules`() throws {
        var random = SplitMix64(seed: 3)
        let world = PlantedAnnealing()
        let fit = try Annealing.fit(
            FitRequest(observations: [
                world.run(1, .cosine, steps: 12000, &random),
                world.run(2, .constant, steps: 12000, &random),
            ])
        )
        let found = Dictionary(uniqueKeysWithValues: fit.parameters.map { ($0.symbol, $0.value) })
        #expect(abs((found["L0"] ?? 0) - 2.5) < 1e-3)
        #expect(abs((found["A"] ?? 0) - 0.45) < 2e-3)
        #expect(abs((found["alpha"] ?? 0) - 0.5) < 2e-3)
        #expect(abs((found["C"] ?? 0) - 0.4) < 2e-3)
    }

    /// The losses that the authors of arXiv 2408.11029 print with their procedure: 20,000 steps at
    /// a peak of 2e-4 after 500 of warm-up, cosine to 0 and constant. Their equation for them is L
    /// = 2.628 + 0.429·S1^−0.550 − 0.411·S2.
    @Test func `The authors' printed losses give the authors' printed constants`() throws {
        let cosine = [
            3.6696358, 3.3254106, 3.1908393, 3.1158533, 3.0604768, 3.020384, 2.9880967, 2.9612265,
            2.9395165, 2.9195616, 2.9030452, 2.8881907, 2.8767889, 2.8654318, 2.8565135, 2.8489892,
            2.843639, 2.8398669, 2.8380618, 2.8376071,
        ]
        let constant = [
            3.6714418, 3.325626, 3.1884103, 3.111947, 3.058354, 3.0211415, 2.9874816, 2.96082,
            2.9406552, 2.9241402, 2.9054413, 2.8942103, 2.8807929, 2.8702695, 2.862175, 2.8530996,
            2.8448784, 2.8383856, 2.8326995, 2.8294308,
        ]
        func run(
            _ number: UInt8,
            _ shape: LearningRateSchedule.Shape,
            _ losses: [Double]
        ) -> Observation {
            let schedule = LearningRateSchedule(
                shape: shape,
                peak: 2e-4,
                warmupSteps: 500,
                horizonSteps: 20000
            )
            let steps = (0...400).map { Double($0) * 50 }
            return Observation(
                runID: RunID(UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, number))),
                runName: "\(number)",
                values: [:],
                curve: LossCurve(
                    steps: steps,
                    lossNats: steps.indices.map { index in
                        index > 0 && index.isMultiple(of: 20) ? losses[index / 20 - 1] : .nan
                    },
                    learningRates: steps.map { schedule.rate(at: $0) }
                )
            )
        }
        let fit = try Annealing.fit(
            FitRequest(observations: [run(1, .cosine, cosine), run(2, .constant, constant)])
        )
        let expected = [2.628, 0.429, 0.550, 0.411]
        for (parameter, published) in zip(fit.parameters, expected) {
            #expect(abs(parameter.value / published - 1) < 0.005, "\(parameter.symbol)")
            #expect(parameter.low <= published && published <= parameter.high)
        }
        #expect((fit.diagnostics.residualPercent ?? 1) < 0.12)
        let law = try #require(fit.diagnostics.heldOutErrorPercent)
        let naive = try #require(fit.diagnostics.baselineErrorPercent)
        #expect(law < 0.8)
        #expect(naive.isFinite)
    }

    @Test func `Areas in closed form are the sums step by step`() throws {
        for shape in [LearningRateSchedule.Shape.linear, .cosine, .stableDecay(share: 0.2)] {
            let (steps, rates) = PlantedAnnealing.rates(shape, steps: 3000)
            let sums = PlantedAnnealing.areas(steps, rates)
            let curve = LossCurve(
                steps: steps,
                lossNats: steps.map { _ in 3 },
                learningRates: rates
            )
            let input = try #require(
                AnnealingForm.input(
                    Observation(
                        runID: RunID(UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1))),
                        runName: "",
                        values: [:],
                        curve: curve
                    )
                )
            )
            let (first, second) = (sums.first[300], sums.second[300])
            #expect(abs(exp(Self.logArea(input)) / first - 1) < 1e-9)
            #expect(abs(Self.annealing(input) / second - 1) < 1e-9)
        }
    }

    /// Read off the prediction: with only one term present the form gives its input back.
    private static func logArea(_ input: AnnealingForm.Input) -> Double {
        var gradient = Coordinates<AnnealingForm.Coordinate>()
        return AnnealingForm.logPrediction(input, Coordinates([-700, 0, -1, 0]), &gradient)
    }

    private static func annealing(_ input: AnnealingForm.Input) -> Double {
        var gradient = Coordinates<AnnealingForm.Coordinate>()
        return exp(
            AnnealingForm.logPrediction(input, Coordinates([-700, -700, 0, -1]), &gradient)
        )
    }

    @Test func `The gradient is that of finite differences`() throws {
        var random = SplitMix64(seed: 5)
        let run = PlantedAnnealing().run(1, .cosine, steps: 4000, &random)
        let input = try #require(AnnealingForm.input(run))
        let theta = Coordinates<AnnealingForm.Coordinate>([0.9, -0.8, 0.5, 0.4])
        var gradient = Coordinates<AnnealingForm.Coordinate>()
        _ = AnnealingForm.logPrediction(input, theta, &gradient)
        var ignored = gradient
        for key in AnnealingForm.Coordinate.allCases {
            var (low, high) = (theta, theta)
            low[key] -= 1e-6
            high[key] += 1e-6
            let slope =
                (AnnealingForm.logPrediction(input, high, &ignored)
                    - AnnealingForm.logPrediction(input, low, &ignored)) / 2e-6
            #expect(abs(slope - gradient[key]) < 1e-5 * max(1, abs(slope)))
        }
    }

    @Test func `A schedule never seen is predicted better than by a power law of steps`() throws {
        var random = SplitMix64(seed: 8)
        var world = PlantedAnnealing()
        world.noise = 5e-4
        let fit = try Annealing.fit(
            FitRequest(observations: [
                world.run(1, .cosine, steps: 8000, &random),
                world.run(2, .cosine, steps: 16000, &random),
            ])
        )
        world.noise = 0
        let unseen = world.run(3, .stableDecay(share: 0.2), steps: 12000, &random)
        let truth = try #require(unseen.curve?.lossNats.last)
        let advice = try Annealing.advise(
            Question([.steps: 12000, .learningRate: 2e-4]),
            from: fit
        )
        let said = try #require(
            advice.quantities.first { $0.name == "stableDecay20LossNats" }
        )
        #expect(abs(said.value / truth - 1) < 0.004)
        #expect((said.low ?? 0) <= said.value && said.value <= (said.high ?? 0))
        let naive = advice.rivals.first?.quantities.first?.value ?? 0
        #expect(abs(said.value / truth - 1) < abs(naive / truth - 1))
        #expect(advice.extrapolation.inside)
    }

    @Test func `Rates in another unit change the constants and no prediction`() throws {
        var random = SplitMix64(seed: 9)
        let world = PlantedAnnealing()
        let runs = [
            world.run(1, .cosine, steps: 8000, &random),
            world.run(2, .linear, steps: 12000, &random),
        ]
        let scaled = runs.map { run in
            var run = run
            let rates = run.curve?.learningRates ?? []
            run.curve?.learningRates = rates.map { $0 * 1000 }
            return run
        }
        let first = try Annealing.fit(FitRequest(observations: runs))
        let second = try Annealing.fit(FitRequest(observations: scaled))
        for (a, b) in zip(first.residuals, second.residuals) {
            #expect(abs(a.predicted / b.predicted - 1) < 1e-4)
        }
        #expect(try Annealing.fit(FitRequest(observations: runs)) == first)
    }

    @Test func `Runs that never lower their rate, or never logged it, are refused`() throws {
        var random = SplitMix64(seed: 2)
        let world = PlantedAnnealing()
        let flat = world.run(1, .constant, steps: 8000, &random)
        #expect(throws: FitError.self) {
            try Annealing.fit(FitRequest(observations: [flat]))
        }
        var silent = world.run(2, .cosine, steps: 8000, &random)
        silent.curve?.learningRates = []
        #expect(throws: FitError.self) {
            try Annealing.fit(FitRequest(observations: [silent]))
        }
        var broken = world.run(3, .cosine, steps: 8000, &random)
        let count = broken.curve?.steps.count ?? 0
        broken.curve?.lossNats = [Double](repeating: .nan, count: count)
        broken.curve?.steps = [Double](repeating: 1e308, count: count)
        #expect(throws: FitError.self) {
            try Annealing.fit(FitRequest(observations: [broken]))
        }
        #expect(throws: FitError.self) { try Annealing.fit(FitRequest(observations: [])) }
    }
}
