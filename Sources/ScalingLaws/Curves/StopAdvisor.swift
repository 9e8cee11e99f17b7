import Foundation
package import Runs

/// Decides over all running jobs of a sweep at once.
///
/// Ends are drawn from the jobs' forecasts. Jobs are stopped from the least hopeful on, as long as
/// the probability that a stopped one would have ended below all that is left, by more than the
/// tolerance, stays within the family's error rate. One rate holds for all stops together.
package enum StopAdvisor {
    package struct Job: Sendable {
        package var runID: RunID
        package var runName: String
        /// Its baseline is ignored: a job is judged against the finished runs and its rivals.
        package var request: ForecastRequest

        package init(runID: RunID, runName: String, request: ForecastRequest) {
            self.runID = runID
            self.runName = runName
            self.request = request
        }
    }

    /// - Parameters:
    ///   - bestFinishedLossNats: least final loss of the finished runs; nil when none has finished.
    ///   - tolerancePercent: a stopped job that would have won by less than this is no error.
    /// - Returns: a plan with every job; one without a forecast is never stopped.
    package static func plan(
        _ jobs: [Job],
        bestFinishedLossNats: Double?,
        familyErrorRate: Double = 0.05,
        tolerancePercent: Double = 0,
        seed: UInt64 = 1
    ) -> StopPlan {
        let plans = plans(
            jobs,
            bestFinishedLossNats: bestFinishedLossNats,
            familyErrorRates: [familyErrorRate],
            tolerancePercent: tolerancePercent,
            seed: seed
        )
        return plans[0]
    }

    /// One plan for each error rate, from the same forecasts.
    static func plans(
        _ jobs: [Job],
        bestFinishedLossNats: Double?,
        familyErrorRates: [Double],
        tolerancePercent: Double,
        seed: UInt64
    ) -> [StopPlan] {
        plans(
            jobs,
            outlooks: jobs.map { outlook($0) },
            bestFinishedLossNats: bestFinishedLossNats,
            familyErrorRates: familyErrorRates,
            tolerancePercent: tolerancePercent,
            seed: seed
        )
    }

    /// The same from forecasts that are known already.
    static func plans(
        _ jobs: [Job],
        outlooks: [Outlook],
        bestFinishedLossNats: Double?,
        familyErrorRates: [Double],
        tolerancePercent: Double,
        seed: UInt64
    ) -> [StopPlan] {
        let tolerance = min(max(tolerancePercent.isFinite ? tolerancePercent : 0, 0), 100) / 100
        let best = bestFinishedLossNats.flatMap { $0.isFinite && $0 > 0 ? $0 : nil }
        let race = Race(outlooks: outlooks, best: best, seed: seed)
        return familyErrorRates.map { given in
            let rate = min(max(given.isFinite ? given : 0.05, 0), 0.5)
            let stopped = race.stops(rate: rate, margin: log(1 + tolerance))
            return plan(jobs, race, stopped: stopped, rate: rate)
        }
    }

    private static func plan(
        _ jobs: [Job],
        _ race: Race,
        stopped: [Int],
        rate: Double
    ) -> StopPlan {
        let outlooks = race.outlooks
        let listed = jobs.indices.map { index in
            StopPlan.Job(
                runID: jobs[index].runID.hex,
                runName: jobs[index].runName,
                forecast: outlooks[index].forecast,
                refused: outlooks[index].refused,
                probabilityOfBest: race.probabilities[index],
                isStopAdvised: stopped.contains(index)
            )
        }
        let left = outlooks.map { outlook in
            outlook.forecast.map { max($0.horizonSteps - $0.observedSteps, 0) } ?? 0
        }
        let remaining = left.reduce(0, +)
        let saved = stopped.reduce(0) { $0 + left[$1] }
        return StopPlan(
            jobs: listed,
            familyErrorRate: rate,
            bestFinishedLossNats: race.best,
            remainingSteps: remaining,
            savedSteps: saved,
            halvingStops: halving(outlooks).map { jobs[$0].runID.hex },
            statement: statement(stopped.count, of: jobs.count, saved, remaining, rate)
        )
    }

    struct Outlook {
        var forecast: Forecast?
        var refused: String?
        var now = 0.0
        var mean = 0.0
        var deviation = 0.0
        /// Stopping rests on a band that finished runs have tested.
        var mayStop = false
        /// Share of the training that is done.
        var share = 0.0

        /// Twentieths of the training that are done.
        var age: Int { Int(20 * min(max(share, 0), 1)) }

        /// Whether what is known of this job is as new as that of jobs of an age, within a tenth of
        /// the training: only then may it end one of them.
        func isKnown(asWellAs age: Int) -> Bool { self.age >= age - 1 }
    }

    static func outlook(_ job: Job) -> Outlook {
        do throws(FitError) {
            let problem = try ForecastProblem(job.request)
            let end = Forecaster.outlook(problem)
            return Outlook(
                forecast: Forecaster.forecast(problem, end),
                now: problem.now,
                mean: end.mean,
                deviation: end.deviation,
                mayStop: end.isCalibrated && problem.step < problem.horizon,
                share: problem.share
            )
        } catch {
            return Outlook(refused: error.message)
        }
    }

    /// Successive halving: the worse half by the loss now, whatever their settings.
    private static func halving(_ outlooks: [Outlook]) -> [Int] {
        let known = outlooks.indices.filter { outlooks[$0].forecast != nil }
            .sorted { (outlooks[$0].now, $0) < (outlooks[$1].now, $1) }
        return Array(known.suffix(known.count / 2))
    }

    private static func statement(
        _ stopped: Int,
        of count: Int,
        _ saved: Double,
        _ remaining: Double,
        _ rate: Double
    ) -> String {
        guard stopped > 0 else {
            return "None of \(count) running jobs can be stopped with an error rate of"
                + " \(String(format: "%.3g", 100 * rate)) %."
        }
        let share = remaining > 0 ? 100 * saved / remaining : 0
        return "Stop \(stopped) of \(count) running jobs: it saves"
            + " \(String(format: "%.0f", share)) % of the steps that remain, and loses the best run"
            + " with a probability of at most \(String(format: "%.3g", 100 * rate)) %."
    }
}

/// Draws of how all jobs end.
private struct Race {
    let outlooks: [StopAdvisor.Outlook]
    let best: Double?
    /// ln final loss by draw, then by job.
    private var draws: [[Double]] = []
    /// That the job ends below everything else; nil without a forecast.
    var probabilities: [Double?] = []

    static let drawCount = 4000

    init(outlooks: [StopAdvisor.Outlook], best: Double?, seed: UInt64) {
        self.outlooks = outlooks
        self.best = best
        var generator = SplitMix64(seed: seed)
        let known = outlooks.indices.filter { outlooks[$0].forecast != nil }
        var wins = [Int](repeating: 0, count: outlooks.count)
        for _ in 0..<Self.drawCount {
            var ends = [Double](repeating: .infinity, count: outlooks.count)
            for index in known {
                let one = outlooks[index]
                ends[index] = one.mean + one.deviation * generator.normal()
            }
            if let winner = known.min(by: { ends[$0] < ends[$1] }),
                ends[winner] < best.map({ log($0) }) ?? .infinity
            {
                wins[winner] += 1
            }
            draws.append(ends)
        }
        probabilities = outlooks.indices.map { index in
            outlooks[index].forecast == nil
                ? nil : Double(wins[index]) / Double(Self.drawCount)
        }
    }

    /// Indices of the jobs to stop, least hopeful first.
    func stops(rate: Double, margin: Double) -> [Int] {
        let order = outlooks.indices.filter { outlooks[$0].mayStop }.sorted { first, second in
            let a = (probabilities[first] ?? 0, -outlooks[first].mean)
            let b = (probabilities[second] ?? 0, -outlooks[second].mean)
            return a < b
        }
        let errors = errorCounts(order, margin: margin)
        // Something must be left to be the best.
        let most = order.count == outlooks.count && best == nil ? order.count - 1 : order.count
        let allowed = rate * Double(draws.count)
        let count = errors.prefix(max(most, 0)).prefix { Double($0) <= allowed }.count
        return Array(order.prefix(count))
    }

    /// For each number of jobs stopped, in how many draws one of them beats all that is left and is
    /// known as well as it: forecasts from older news err to the same side for many rivals at once,
    /// and the luckiest of those would end a job that has shown more.
    private func errorCounts(_ order: [Int], margin: Double) -> [Int] {
        let stoppable = Set(order)
        let others = outlooks.indices.filter { !stoppable.contains($0) }
        let floor = best.map { log($0) } ?? .infinity
        let ages = Set(order.map { outlooks[$0].age }).sorted()
        var errors = [Int](repeating: 0, count: order.count)
        for draw in draws {
            var isLost = [Bool](repeating: false, count: order.count)
            for age in ages {
                let kept = others.reduce(floor) { least, job in
                    outlooks[job].isKnown(asWellAs: age) ? min(least, draw[job]) : least
                }
                mark(&isLost, draw, order, age: age, kept: kept, margin: margin)
            }
            for place in order.indices where isLost[place] { errors[place] += 1 }
        }
        return errors
    }

    /// Marks the numbers of jobs stopped with which one of this age beats all that is left.
    /// - Parameter kept: least end of what is never stopped.
    private func mark(
        _ isLost: inout [Bool],
        _ draw: [Double],
        _ order: [Int],
        age: Int,
        kept: Double,
        margin: Double
    ) {
        var left = [Double](repeating: kept, count: order.count + 1)
        for place in order.indices.reversed() {
            let job = order[place]
            let isRival = outlooks[job].isKnown(asWellAs: age)
            left[place] = isRival ? min(left[place + 1], draw[job]) : left[place + 1]
        }
        var lost = Double.infinity
        for place in order.indices {
            if outlooks[order[place]].age == age { lost = min(lost, draw[order[place]]) }
            if lost < left[place + 1] - margin { isLost[place] = true }
        }
    }
}
