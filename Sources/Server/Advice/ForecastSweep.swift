import Foundation
import Runs
import ScalingLaws

/// Forecasts of several jobs of one project, and which of them to stop. Pure.
struct ForecastSweep: Sendable {
    /// Bound on the probability that a job which is stopped would have ended best.
    static let stopErrorRate = 0.05

    let runs: [Run]
    let curves: [LoadedCurve]
    /// Finished runs of the project.
    let peers: [LoadedCurve]
    let seed: UInt64

    func answer() -> ForecastList {
        let known = Dictionary(curves.map { ($0.run, $0) }, uniquingKeysWith: { first, _ in first })
        var jobs: [Setting: [StopAdvisor.Job]] = [:]
        var refused: [RunID: String] = [:]
        for run in runs {
            do {
                let (setting, request) = try request(run, known[run.id])
                let job = StopAdvisor.Job(runID: run.id, runName: run.name, request: request)
                jobs[setting, default: []].append(job)
            } catch {
                refused[run.id] = error.message
            }
        }
        let plans = jobs.values.map { jobs in
            StopAdvisor.plan(
                jobs,
                bestFinishedLossNats: jobs.first?.request.baselineLossNats,
                familyErrorRate: Self.stopErrorRate,
                seed: seed
            )
        }
        return ForecastList(
            lossNames: Set(curves.map(\.metric)).sorted(),
            finishedRuns: peers.count,
            settings: plans.count,
            plan: united(plans, refused)
        )
    }

    /// Which jobs are rivals: losses of other sizes or lengths say nothing of how well a run is
    /// tuned, and a small model of a scaling sweep is no failure.
    private struct Setting: Hashable {
        var metric: String
        /// ln of model size and tokens in steps of 2 %; nil where a run does not say.
        var size: Double?
        var tokens: Double?

        init(_ curve: LoadedCurve) {
            metric = curve.metric
            size = curve.settings[.parameterCount].map { (log($0) / 0.02).rounded() }
            tokens = curve.settings[.tokenCount].map { (log($0) / 0.02).rounded() }
        }
    }

    private func united(_ plans: [StopPlan], _ refused: [RunID: String]) -> StopPlan {
        let remaining = plans.reduce(0) { $0 + $1.remainingSteps }
        let saved = plans.reduce(0) { $0 + $1.savedSteps }
        let jobs = ordered(plans.flatMap(\.jobs), refused)
        let stopped = jobs.filter(\.isStopAdvised).count
        let shown = remaining > 0 ? (100 * saved / remaining).rounded() : 0
        let rate = (100 * Self.stopErrorRate).rounded()
        let all =
            "Of \(jobs.count) jobs in \(plans.count) settings of model size and tokens, each judged "
            + "among its own, \(stopped) may be stopped: that saves \(NumberText.text(shown)) % of "
            + "the steps that remain, and loses the best run of a setting with a probability of "
            + "at most \(NumberText.text(rate)) %."
        return StopPlan(
            jobs: jobs,
            familyErrorRate: Self.stopErrorRate,
            bestFinishedLossNats: plans.compactMap(\.bestFinishedLossNats).min(),
            remainingSteps: remaining,
            savedSteps: saved,
            halvingStops: plans.flatMap(\.halvingStops).sorted(),
            statement: plans.count == 1 ? plans[0].statement : all
        )
    }

    /// In the order of the runs, those among them that cannot be forecast.
    private func ordered(
        _ jobs: [StopPlan.Job],
        _ refused: [RunID: String]
    ) -> [StopPlan.Job] {
        let known = Dictionary(jobs.map { ($0.runID, $0) }, uniquingKeysWith: { first, _ in first })
        return runs.map { run in
            known[run.id.hex]
                ?? StopPlan.Job(
                    runID: run.id.hex,
                    runName: run.name,
                    forecast: nil,
                    refused: refused[run.id],
                    probabilityOfBest: nil,
                    isStopAdvised: false
                )
        }
    }

    private func request(
        _ run: Run,
        _ curve: LoadedCurve?
    ) throws(FitError) -> (Setting, ForecastRequest) {
        guard run.status != .finished else {
            throw .unusableCurve(reason: "The run has finished: there is nothing to forecast.")
        }
        guard let curve else {
            throw .unusableCurve(
                reason: "The run has no loss curve: its role loss is no metric that was logged at"
                    + " two steps or more. Wait for points, or map the role to such a metric."
            )
        }
        guard let horizon = curve.plannedSteps else {
            throw .unusableCurve(
                reason: "The run does not say how long it trains: log stepCount, or tokenCount and"
                    + " batchTokens, as params."
            )
        }
        let step = max(curve.curve.steps.last ?? 0, curve.trainingCurve?.steps.last ?? 0)
        guard step <= horizon else {
            throw .unusableCurve(
                reason: "The run is at step \(NumberText.text(step)), beyond the"
                    + " \(NumberText.text(horizon)) that its params say it trains for. Correct"
                    + " stepCount, or tokenCount and batchTokens."
            )
        }
        let others = peers.filter { $0.metric == curve.metric && $0.run != run.id }
        let setting = Setting(curve)
        let request = ForecastRequest(
            curve: curve.curve,
            trainingCurve: curve.trainingCurve,
            horizonSteps: horizon,
            warmupSteps: curve.settings[.warmupSteps],
            settings: curve.settings,
            peers: others.compactMap(\.peer),
            baselineLossNats: Self.best(others.filter { Setting($0) == setting }),
            stopErrorRate: Self.stopErrorRate,
            seed: seed
        )
        return (setting, request)
    }

    private static func best(_ peers: [LoadedCurve]) -> Double? {
        peers.filter { !$0.isDiverged }.compactMap(\.finalLossNats).filter(\.isFinite).min()
    }
}

/// Answer of `GET /api/v1/forecasts`: the members of the plan, and what it rests on.
struct ForecastList: Encodable, Sendable {
    /// Metrics whose ends are forecast.
    var lossNames: [String]
    /// Finished runs with a loss curve.
    var finishedRuns: Int
    /// Pairs of model size and tokens among the jobs; each is a race of its own.
    var settings: Int
    var plan: StopPlan

    private enum CodingKeys: String, CodingKey { case lossNames, finishedRuns, settings }

    func encode(to encoder: any Encoder) throws {
        try plan.encode(to: encoder)
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(lossNames, forKey: .lossNames)
        try members.encode(finishedRuns, forKey: .finishedRuns)
        try members.encode(settings, forKey: .settings)
    }
}
