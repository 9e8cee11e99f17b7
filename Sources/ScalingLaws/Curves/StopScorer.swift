import Foundation
package import Runs

/// What stop advice would have done to sweeps whose ends are known: all runs of a sweep are at one
/// share of their steps, all runs outside of it have finished.
package struct StopScorer: Sendable {
    package var runs: [ForecastRequest.Peer]
    /// Runs of one key are a sweep.
    package var sweep: @Sendable (ForecastRequest.Peer) -> String
    /// At most so many finished runs are given to a sweep; nil gives all.
    package var peerLimit: Int?

    package init(
        runs: [ForecastRequest.Peer],
        peerLimit: Int? = nil,
        sweep: @escaping @Sendable (ForecastRequest.Peer) -> String
    ) {
        self.runs = runs
        self.peerLimit = peerLimit
        self.sweep = sweep
    }

    package struct Score: Sendable, Hashable, Codable {
        package var sweeps: Int
        package var jobs: Int
        package var stopped: Int
        /// Sweeps whose best run was stopped.
        package var bestStopped: Int
        /// Share of the steps of all whole trainings that stopping saved.
        package var savedShare: Double
        /// Mean excess of the best run left over the best run, in per cent of the loss.
        package var regretPercent: Double

        package var bestStoppedShare: Double { Double(bestStopped) / Double(max(sweeps, 1)) }
    }

    private struct Tally {
        var score = Score(
            sweeps: 0,
            jobs: 0,
            stopped: 0,
            bestStopped: 0,
            savedShare: 0,
            regretPercent: 0
        )
        var saved = 0.0
        var whole = 0.0
        var regret = 0.0

        mutating func add(_ runs: [ForecastRequest.Peer], stopped: Set<Int>, share: Double) {
            let finals = runs.map(\.finalLossNats)
            guard let best = finals.indices.min(by: { finals[$0] < finals[$1] }) else { return }
            let kept = finals.indices.filter { !stopped.contains($0) }.map { finals[$0] }
            score.sweeps += 1
            score.jobs += runs.count
            score.stopped += stopped.count
            score.bestStopped += stopped.contains(best) ? 1 : 0
            whole += runs.reduce(0) { $0 + $1.horizonSteps }
            saved += stopped.reduce(0) { $0 + runs[$1].horizonSteps * (1 - share) }
            regret += log((kept.min() ?? finals[best]) / finals[best])
        }

        var result: Score {
            var score = score
            score.savedShare = saved / max(whole, 1)
            score.regretPercent = 100 * regret / Double(max(score.sweeps, 1))
            return score
        }
    }

    /// Any identity does: nothing is stored.
    private static func id(_ number: Int) -> RunID {
        let (high, low) = (UInt8(number >> 8 & 255), UInt8(number & 255))
        return RunID(UUID(uuid: (0, 0, 0, 0, 0, 0, 64, 0, 128, 0, 0, 0, 0, 0, high, low)))
    }

    /// The advice at each error rate, and successive halving beside it.
    package func scores(
        at share: Double,
        errorRates: [Double],
        tolerancePercent: Double = 0
    ) -> (advice: [Score], halving: Score) {
        scores(at: share, errorRates: errorRates, tolerancePercent: tolerancePercent) { running in
            [Array(running.indices)]
        }
    }

    /// The same on parts of every sweep: a random choice of two or more values of each role, all
    /// their combinations that were run. Parts of one sweep share runs and forecasts, so that their
    /// number says less than that of whole sweeps.
    package func partScores(
        at share: Double,
        errorRates: [Double],
        over roles: [Role],
        partsPerSweep: Int,
        seed: UInt64
    ) -> (advice: [Score], halving: Score) {
        var generator = SplitMix64(seed: seed)
        return scores(at: share, errorRates: errorRates, tolerancePercent: 0) { running in
            (0..<partsPerSweep).map { _ in part(of: running, by: roles, &generator) }
                .filter { $0.count > 2 }
        }
    }

    private func part(
        of running: [ForecastRequest.Peer],
        by roles: [Role],
        _ generator: inout SplitMix64
    ) -> [Int] {
        var kept = Array(running.indices)
        for role in roles {
            let values = Set(running.map { $0.settings[role] ?? 0 }).sorted()
            guard values.count > 2 else { continue }
            let count = 2 + generator.index(below: values.count - 1)
            let chosen = Set(values.shuffled(using: &generator).prefix(count))
            kept.removeAll { !chosen.contains(running[$0].settings[role] ?? 0) }
        }
        return kept
    }

    private func scores(
        at share: Double,
        errorRates: [Double],
        tolerancePercent: Double,
        parts: ([ForecastRequest.Peer]) -> [[Int]]
    ) -> (advice: [Score], halving: Score) {
        let sweeps = Dictionary(grouping: runs.filter { $0.finalLossNats.isFinite }, by: sweep)
        var advice = errorRates.map { _ in Tally() }
        var halving = Tally()
        for (key, running) in sweeps.sorted(by: { $0.key < $1.key }) where running.count > 1 {
            let jobs = jobs(running, at: share, finished: runs.filter { sweep($0) != key })
            let outlooks = jobs.map { StopAdvisor.outlook($0) }
            for part in parts(running) {
                let plans = StopAdvisor.plans(
                    part.map { jobs[$0] },
                    outlooks: part.map { outlooks[$0] },
                    bestFinishedLossNats: nil,
                    familyErrorRates: errorRates,
                    tolerancePercent: tolerancePercent,
                    seed: 1
                )
                let known = part.map { running[$0] }
                for (index, plan) in plans.enumerated() {
                    let stopped = plan.jobs.indices.filter { plan.jobs[$0].isStopAdvised }
                    advice[index].add(known, stopped: Set(stopped), share: share)
                }
                let halved = Set(plans.first?.halvingStops ?? [])
                let worse = part.indices.filter { halved.contains(jobs[part[$0]].runID.hex) }
                halving.add(known, stopped: Set(worse), share: share)
            }
        }
        return (advice.map(\.result), halving.result)
    }

    private func jobs(
        _ running: [ForecastRequest.Peer],
        at share: Double,
        finished: [ForecastRequest.Peer]
    ) -> [StopAdvisor.Job] {
        let peers = ForecastScorer.thin(finished, to: peerLimit, offset: 0)
        return running.enumerated().map { index, run in
            var request = ForecastScorer.cut(run, at: share)
            request.peers = peers
            return StopAdvisor.Job(runID: Self.id(index), runName: run.runName, request: request)
        }
    }
}
