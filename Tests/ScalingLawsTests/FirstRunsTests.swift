import Foundation
import Runs
import ScalingLaws
import TestSupport
import Testing

/// Runs to begin with: a law can be fitted on them, whatever the truth behind them.
@Suite struct FirstRunsTests {
    private static let target = FirstRuns.Target(parameterCount: 7e9, tokenCount: 2e12)
    private static let laws = [
        "step-law", "conditional-learning-rate", "chinchilla", "chinchilla-tied",
        "chinchilla-vpnls", "minicpm", "kaplan", "over-training", "isoflop", "stack",
        "critical-batch",
    ]

    /// Once there are runs, these grids stand around the best of them.
    private static let centred = ["step-law", "conditional-learning-rate", "critical-batch"]

    /// Optima half as high again as the published law says, in the rate and, downwards, the batch.
    private static func observed(_ run: FirstRuns.Run) -> Observation {
        let (n, d) = (run.parameterCount, run.tokenCount)
        let best = 1.5 * 1.79 * pow(n, -0.713) * pow(d, 0.307)
        let batch = 0.58 * pow(d, 0.571) / 1.5
        let excess = PlantedBowl.symmetric.excess(
            u: log(run.peakLearningRate / best),
            v: log(run.batchTokens / batch),
            overtraining: 0
        )
        let loss = (1.8 + 400 / pow(n, 0.34) + 600 / pow(d, 0.28)) * (1 + excess)
        var made = Observation(
            runID: RunID(UUID()),
            runName: "\(n) \(d) \(run.peakLearningRate) \(run.batchTokens)",
            parameterCount: n,
            tokenCount: d,
            peakLearningRate: run.peakLearningRate,
            batchTokens: run.batchTokens,
            lossNats: loss
        )
        made.curve = curve(run, criticalBatch: batch)
        return made
    }

    /// Tokens count for less the larger the batch, as in arXiv 1812.06162.
    private static func curve(_ run: FirstRuns.Run, criticalBatch: Double) -> LossCurve {
        let steps = (1...200).map { Double($0) / 200 * run.tokenCount / run.batchTokens }
        let worth = run.batchTokens / (1 + run.batchTokens / criticalBatch)
        return LossCurve(
            steps: steps,
            lossNats: steps.map { 1.8 + 600 / pow($0 * worth, 0.28) },
            learningRates: steps.map { _ in run.peakLearningRate }
        )
    }

    @Test(arguments: laws)
    func `a law can be fitted on its first runs`(id: String) throws {
        let law = try #require(lawCatalogue.first { $0.card.id == id })
        let runs = try #require(FirstRuns(target: Self.target).plan(for: law.card))
        #expect(runs.allSatisfy { $0.parameterCount <= Self.target.parameterCount / 2 })
        var request = FitRequest(observations: runs.map(Self.observed))
        request.options.drawCount = 20
        _ = try law.fit(request)
    }

    @Test func `laws whose runs differ in more have no plan`() {
        let planned = lawCatalogue.map { $0.card }
            .filter { FirstRuns(target: Self.target).plan(for: $0) != nil }.map(\.id)
        #expect(Set(Self.laws).isSubset(of: planned))
        #expect(!planned.contains("moe-joint") && !planned.contains("data-constrained"))
    }

    @Test(arguments: laws)
    func `runs that there are are not asked for again`(id: String) throws {
        let card = try #require(lawCatalogue.first { $0.card.id == id }).card
        let all = try #require(FirstRuns(target: Self.target).plan(for: card))
        let none = FirstRuns(target: Self.target, beside: all.map(Self.observed)).plan(for: card)
        #expect(none?.isEmpty == true || Self.centred.contains(card.id))
        let once = Dictionary(
            grouping: all,
            by: { [$0.parameterCount, $0.tokenCount, $0.peakLearningRate, $0.batchTokens] }
        )
        #expect(once.count == all.count)
    }

    @Test func `grids stand around the best run there is, and lack what is there`() throws {
        let own = [(1e-3, 3.2), (2e-3, 3.0), (4e-3, 3.1)].map { rate, loss in
            Observation(
                runID: RunID(UUID()),
                runName: "\(rate)",
                parameterCount: 1e8,
                tokenCount: 2e9,
                peakLearningRate: rate,
                batchTokens: 131_072,
                lossNats: loss
            )
        }
        let plan = try #require(
            FirstRuns(target: Self.target, beside: own).plan(for: StepLaw.card)
        )
        let cell = plan.filter { $0.parameterCount == 1e8 }
        // Three rates by three batches, less the three that were run.
        #expect(cell.count == 6 && cell.allSatisfy { $0.batchTokens != 131_072 })
        #expect(Set(cell.map(\.peakLearningRate)) == [1e-3, 2e-3, 4e-3])
        #expect(cell.allSatisfy { $0.reason.contains("the best run there is") })
        #expect(plan.count == 6 + 3 * 9)
    }

    @Test(arguments: [0, -1, .nan, .infinity, 1e-300, 1e300])
    func `odd targets and runs make no odd plans`(value: Double) {
        let odd = Observation(
            runID: RunID(UUID()),
            runName: "odd",
            parameterCount: value,
            tokenCount: value,
            peakLearningRate: value,
            batchTokens: value,
            lossNats: value
        )
        for card in lawCatalogue.map({ $0.card }) {
            let plan = FirstRuns(
                target: .init(parameterCount: 1e8),
                beside: [odd, odd, odd]
            ).plan(for: card)
            #expect((plan ?? []).allSatisfy { $0.flops > 0 && $0.peakLearningRate > 0 })
        }
    }
}
