import Foundation
import Runs
import ScalingLaws
import Testing

@Suite struct PlanTests {
    /// A modest sweep of small models, few runs a cell.
    private static func start(_ seed: UInt64) -> (sweep: PlantedSweep, runs: [Observation]) {
        var sweep = PlantedSweep()
        sweep.sizes = [1e8, 2e8, 4e8]
        sweep.tokens = [4e9, 1.2e10]
        sweep.noise = 6e-4
        sweep.scatter = 0.05
        sweep.seed = seed
        var random = SplitMix64(seed: 900 + seed)
        let all = sweep.observations
        let size = sweep.rateCount * sweep.batchCount
        let runs = stride(from: 0, to: all.count, by: size).flatMap { first in
            all[first..<(first + size)].shuffled(using: &random).prefix(7)
        }
        return (sweep, runs)
    }

    private static func question(budget: Double = 6e21, count: Int = 10) -> NextRunQuestion {
        NextRunQuestion(
            budgetFLOPs: budget,
            count: count,
            target: Question([.parameters: 3e9, .tokens: 6e10])
        )
    }

    private static let shared = Result {
        try StepLaw.fit(PlantedSweep.request(start(1).runs))
    }

    @Test func `a plan keeps to budget and count and expects a gain above even spending`() throws {
        let fit = try Self.shared.get()
        let plan = try StepLaw.plan(Self.question(), from: fit)
        #expect(plan.runs.count <= 10 && plan.runs.count > 3)
        #expect(plan.totalFLOPs <= 6e21)
        #expect(isClose(plan.runs.reduce(0) { $0 + $1.flops } / plan.totalFLOPs, 1, within: 1e-9))
        #expect(plan.after < plan.before)
        #expect(plan.after < (try #require(plan.baselineAfter)))
        #expect(isClose(plan.runs.reduce(0) { $0 + $1.gainShare }, 1, within: 1e-6))
        for run in plan.runs {
            #expect(run.parameterCount <= 3e9 * 1.01 && run.tokenCount <= 6e10 * 1.01)
            #expect(try #require(run.batchTokens) * 100 <= run.tokenCount)
            #expect(!run.reason.isEmpty)
        }
        let again = try StepLaw.plan(Self.question(), from: fit)
        #expect(again == plan)
    }

    @Test func `more budget never expects less`() throws {
        let fit = try Self.shared.get()
        let poor = try StepLaw.plan(Self.question(budget: 4e20), from: fit)
        let rich = try StepLaw.plan(Self.question(budget: 4e22), from: fit)
        #expect(rich.after <= poor.after * 1.02)
        #expect(poor.totalFLOPs <= 4e20)
    }

    @Test func `a given batch is planned for`() throws {
        var question = Self.question()
        question.target.values[.batchTokens] = 1e5
        let plan = try StepLaw.plan(question, from: Self.shared.get())
        #expect(plan.criterion.contains("given batch"))
        #expect(plan.after < plan.before)
    }

    @Test func `absurd budgets, counts and targets are refused by name`() throws {
        let fit = try Self.shared.get()
        for budget in [Double.nan, -1, 0, 1e308] {
            #expect(throws: RecommendError.self) {
                try StepLaw.plan(Self.question(budget: budget), from: fit)
            }
        }
        #expect(throws: RecommendError.self) {
            try StepLaw.plan(Self.question(budget: 1e12), from: fit)
        }
        for count in [0, -3, 65, .max] {
            #expect(throws: RecommendError.self) {
                try StepLaw.plan(Self.question(count: count), from: fit)
            }
        }
        for target in [
            Question(), Question([.parameters: 1e9]), Question([.parameters: .nan, .tokens: 1e10]),
        ] {
            #expect(throws: RecommendError.self) {
                try StepLaw.plan(
                    NextRunQuestion(budgetFLOPs: 1e21, count: 4, target: target),
                    from: fit
                )
            }
        }
    }

    /// What a run at these settings would give in the planted world.
    private static func simulate(
        _ sweep: PlantedSweep,
        _ points: [DesignPoint],
        from first: Int,
        _ random: inout SplitMix64
    ) -> [Observation] {
        points.enumerated().map { index, point in
            let best = sweep.optimum(point.parameterCount, point.tokenCount)
            let excess = sweep.bowl.excess(
                x: log(point.peakLearningRate / best.rate),
                y: log(point.batchTokens / best.batch)
            )
            let floor = sweep.floor(point.parameterCount, point.tokenCount)
            return Observation(
                runID: PlantedSweep.id(first + index),
                runName: "next \(index)",
                parameterCount: point.parameterCount,
                tokenCount: point.tokenCount,
                peakLearningRate: point.peakLearningRate,
                batchTokens: point.batchTokens,
                lossNats: floor * exp(excess + random.normal() * sweep.noise)
            )
        }
    }

    private static func regret(_ fit: StepLawFit, _ sweep: PlantedSweep) -> Double {
        let answer = fit.optimum(Target(parameterCount: 3e9, tokenCount: 6e10))
        let best = sweep.optimum(3e9, 6e10)
        return 100
            * sweep.bowl.excess(
                x: log(answer.peakLearningRate / best.rate),
                y: log(answer.batchTokens / best.batch)
            )
    }

    @Test
    func
        `planned runs bring the answer nearer the truth than random ones`()
        throws
    {
        var totals = (before: 0.0, planned: 0.0, random: 0.0)
        for seed in UInt64(1)...8 {
            let (sweep, runs) = Self.start(seed)
            let fit = try StepLaw.fit(PlantedSweep.request(runs))
            let plan = try StepLaw.plan(Self.question(), from: fit)
            var random = SplitMix64(seed: seed)
            let planned = plan.runs.compactMap { run -> DesignPoint? in
                guard let rate = run.peakLearningRate, let batch = run.batchTokens else {
                    return nil
                }
                return DesignPoint(
                    parameterCount: run.parameterCount,
                    tokenCount: run.tokenCount,
                    peakLearningRate: rate,
                    batchTokens: batch
                )
            }
            // The same number of runs at the sizes already swept, in random places of the grid.
            let spread = sweep.observations.filter { !runs.contains($0) }.shuffled(using: &random)
                .prefix(planned.count)
            let next = Self.simulate(sweep, planned, from: 10_000, &random)
            let better = try Self.again(runs + next, from: fit)
            let other = try Self.again(runs + spread, from: fit)
            totals.before += Self.regret(fit, sweep)
            totals.planned += Self.regret(better, sweep)
            totals.random += Self.regret(other, sweep)
        }
        #expect(totals.planned < 0.5 * totals.random)
        #expect(totals.planned < 0.5 * totals.before)
    }

    private static func again(
        _ runs: [Observation],
        from fit: StepLawFit
    ) throws -> StepLawFit {
        let request = PlantedSweep.request(runs)
        return try StepLaw.refit(request, from: fit) ?? StepLaw.fit(request)
    }
}
