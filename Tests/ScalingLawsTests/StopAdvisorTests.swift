import Foundation
import Runs
import ScalingLaws
import Testing

@Suite struct StopAdvisorTests {
    private func job(
        _ number: UInt8,
        _ run: ForecastRequest.Peer,
        at share: Double,
        peers: [ForecastRequest.Peer]
    ) -> StopAdvisor.Job {
        var request = ForecastScorer.cut(run, at: share)
        request.peers = peers
        let id = RunID(UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, number)))
        return StopAdvisor.Job(runID: id, runName: run.runName, request: request)
    }

    @Test func `Hopeless jobs are stopped and the best one is not`() throws {
        let runs = PlantedCurves().runs(40)
        let running = Array(runs.prefix(10))
        let finished = Array(runs.dropFirst(10))
        let jobs = running.enumerated().map { index, run in
            job(UInt8(index), run, at: 0.5, peers: finished)
        }
        let plan = StopAdvisor.plan(jobs, bestFinishedLossNats: nil)
        let finals = running.map(\.finalLossNats)
        let best = try #require(finals.indices.min { finals[$0] < finals[$1] })
        #expect(plan.jobs[best].isStopAdvised == false)
        let stopped = plan.jobs.count { $0.isStopAdvised }
        #expect(stopped >= 5)
        #expect(plan.savedSteps > 0.4 * plan.remainingSteps)
        let sum = plan.jobs.compactMap(\.probabilityOfBest).reduce(0, +)
        #expect(abs(sum - 1) < 1e-9)
        // Each stopped job could have won with the probability it is given; together they stay
        // within the family's rate.
        let lost = plan.jobs.filter(\.isStopAdvised).compactMap(\.probabilityOfBest).reduce(0, +)
        #expect(lost <= plan.familyErrorRate + 1e-9)
        #expect(plan.halvingStops.count == 5)
    }

    @Test func `A finished run out of reach stops all, and a smaller error rate stops fewer`() {
        let runs = PlantedCurves().runs(40)
        let finished = Array(runs.dropFirst(8))
        let jobs = runs.prefix(8).enumerated().map { index, run in
            job(UInt8(index), run, at: 0.3, peers: finished)
        }
        let hopeless = StopAdvisor.plan(jobs, bestFinishedLossNats: 0.5)
        let stopped = hopeless.jobs.count { $0.isStopAdvised }
        #expect(stopped == 8)
        let counts = [0.0005, 0.05, 0.4].map { rate in
            StopAdvisor.plan(jobs, bestFinishedLossNats: nil, familyErrorRate: rate)
                .jobs.count { $0.isStopAdvised }
        }
        #expect(counts == counts.sorted())
        #expect(counts[2] < 8)
    }

    @Test func `Without finished runs nothing is stopped, and a broken job is refused alone`() {
        let runs = PlantedCurves().runs(4)
        var jobs = runs.enumerated().map { index, run in
            job(UInt8(index), run, at: 0.5, peers: [])
        }
        jobs[3].request.curve = LossCurve(steps: [1, 2], lossNats: [.nan, -1])
        let plan = StopAdvisor.plan(jobs, bestFinishedLossNats: nil, familyErrorRate: .nan)
        let stopped = plan.jobs.count { $0.isStopAdvised }
        #expect(stopped == 0)
        #expect(plan.jobs[3].forecast == nil)
        #expect(plan.jobs[3].refused?.isEmpty == false)
        #expect(StopAdvisor.plan([], bestFinishedLossNats: nil).jobs.isEmpty)
    }

    @Test func `Rivals that are known from older news end no job, a finished run does`() throws {
        let runs = PlantedCurves().runs(40)
        let running = Array(runs.prefix(10))
        let finished = Array(runs.dropFirst(10))
        let worst = try #require(
            running.indices.max { running[$0].finalLossNats < running[$1].finalLossNats }
        )
        func isStopped(rivals share: Double, best: Double? = nil) -> Bool {
            let jobs = running.enumerated().map { index, run in
                job(UInt8(index), run, at: index == worst ? 0.6 : share, peers: finished)
            }
            return StopAdvisor.plan(jobs, bestFinishedLossNats: best).jobs[worst].isStopAdvised
        }
        #expect(isStopped(rivals: 0.6))
        #expect(isStopped(rivals: 0.7))
        #expect(!isStopped(rivals: 0.3))
        #expect(isStopped(rivals: 0.3, best: 0.5))
    }

    /// At exactly half many of these runs have logged no held-out loss since a quarter.
    @Test func `On a recorded sweep over rates and batches the best run goes on`() throws {
        let all = RecordedExample.runs
        let small = all.map { $0.settings[.parameterCount] ?? 0 }.min() ?? 0
        let long = all.map { $0.settings[.tokenCount] ?? 0 }.max() ?? 0
        let scorer = StopScorer(runs: all) { run in
            let isCell =
                run.settings[.parameterCount] == small && run.settings[.tokenCount] == long
            return isCell ? "cell" : run.runName
        }
        let (advice, halving) = scorer.scores(at: 0.5, errorRates: [0.05])
        #expect(advice[0].sweeps == 1 && advice[0].jobs == 42)
        #expect(advice[0].bestStopped == 0)
        #expect(advice[0].savedShare > 1.3 * halving.savedShare)
        let (parts, _) = scorer.partScores(
            at: 0.5,
            errorRates: [0.05],
            over: [.peakLearningRate, .batchTokens],
            partsPerSweep: 40,
            seed: 2
        )
        #expect(parts[0].sweeps > 30 && parts[0].bestStoppedShare <= 0.05)
    }

    @Test func `On recorded sweeps over rates the best run is hardly ever stopped`() throws {
        let all = RecordedExample.runs
        try #require(all.count == 304)
        let large = all.map { $0.settings[.parameterCount] ?? 0 }.max() ?? 0
        // One size: the other two have finished.
        let scorer = StopScorer(
            runs: all.filter { ($0.settings[.tokenCount] ?? 0) < 4e5 },
            sweep: { run in
                run.settings[.parameterCount] == large
                    ? "\(run.settings[.batchTokens] ?? 0)" : run.runName
            }
        )
        let (advice, halving) = scorer.scores(at: 0.52, errorRates: [0.05])
        #expect(advice[0].sweeps == 5)
        #expect(advice[0].bestStopped == 0)
        #expect(advice[0].regretPercent <= halving.regretPercent)
        #expect(advice[0].savedShare > 0.2)
    }
}

@Suite struct HostileCurveTests {
    @Test func `Broken, repeated and restarted points give a forecast or a reason`() throws {
        let runs = PlantedCurves().runs(20)
        let plain = ForecastScorer.cut(runs[0], at: 0.5)
        var peers = Array(runs.dropFirst())
        peers[0].finalLossNats = .nan
        peers[1].curve.lossNats = peers[1].curve.lossNats.map { _ in .infinity }
        peers[2].curve = LossCurve(steps: [], lossNats: [])
        peers[3].horizonSteps = 1e308
        peers[4].settings = [.peakLearningRate: .nan, .parameterCount: 1e308]
        let curves: [LossCurve] = [
            LossCurve(steps: [], lossNats: []),
            LossCurve(steps: [0], lossNats: [3]),
            LossCurve(steps: [10], lossNats: [3]),
            LossCurve(steps: [10, 20], lossNats: [3, 2.9]),
            LossCurve(steps: [10, 20, 30, 40], lossNats: [2, 2, 2, 2]),
            LossCurve(steps: [10, 20, 10, 20, 30], lossNats: [3, 2.9, 3.1, 2.8, 2.7]),
            LossCurve(steps: [.nan, 1e308, -5, 40], lossNats: [1, 1, 1, 1e308]),
            LossCurve(steps: [100, 200, 300], lossNats: [3, .nan, 1e-300]),
            LossCurve(steps: [1, 2, 3], lossNats: [3], learningRates: [1]),
        ]
        for curve in curves {
            for horizon in [1000, 5, .nan, -1, 1e308, 40] {
                for known in [[], Array(peers.prefix(6)), peers] {
                    var request = plain
                    request.curve = curve
                    request.horizonSteps = horizon
                    request.peers = known
                    request.baselineLossNats = 2
                    do throws(FitError) {
                        let forecast = try Forecaster.forecast(request)
                        let final = forecast.finalLoss
                        #expect(final.low <= final.value && final.value <= final.high)
                        #expect(final.low > 0 && final.high.isFinite)
                        #expect((0...1).contains(forecast.probabilityOfBeatingBaseline ?? -1))
                    } catch {
                        #expect(!error.message.isEmpty)
                    }
                }
            }
        }
    }

    @Test func `A restart counts once and a spike of one step moves nothing far`() throws {
        let runs = PlantedCurves(noise: 0.001).runs(25)
        var request = ForecastScorer.cut(runs[0], at: 0.6)
        request.peers = Array(runs.dropFirst())
        let calm = try Forecaster.forecast(request)
        let curve = request.curve
        // Trained on from step 300 again: the first steps after it are thrown away.
        let back = try #require(curve.steps.firstIndex(of: 300))
        var again = curve
        again.steps = curve.steps + Array(curve.steps[back...])
        again.lossNats = curve.lossNats.map { $0 * 1.5 } + Array(curve.lossNats[back...])
        again.lossNats.replaceSubrange(0..<back, with: curve.lossNats[..<back])
        request.curve = again
        let restarted = try Forecaster.forecast(request)
        #expect(abs(restarted.finalLoss.value / calm.finalLoss.value - 1) < 1e-9)
        #expect(restarted.warnings.contains { $0.contains("go back") })
    }
}
