import Foundation

/// A forecast from the run's own curve alone: ln loss falls with the logarithm of the area under
/// the learning rate, and further by what annealing gains.
///
/// The slope is fitted on the steps after warm-up. What annealing gains cannot be seen before it
/// happens: it is taken as (7 ± 7) % of the loss for a rate that goes from its peak to zero, which
/// holds what `docs/laws.md` reports of the recorded example. The band is wide for that reason.
struct ColdForecast {
    let mean: Double
    let deviation: Double
    private let problem: ForecastProblem
    private let schedule: LearningRateSchedule?
    private let slope: Double
    var warnings: [String] = []

    static let annealingGain = 0.07
    static let annealingDeviation = 0.07
    static let slopeDeviation = 0.07
    /// Slope of ln loss in ln area assumed where the curve has too few points to tell, and how many
    /// points it counts for.
    static let priorSlope = -0.08

    init(_ problem: ForecastProblem) {
        self.problem = problem
        let training = problem.request.trainingCurve.map {
            CleanCurve($0, upTo: problem.horizon * (1 + 1e-9))
        }
        let curve =
            training.map { $0.count > problem.curve.count ? $0 : problem.curve }
            ?? problem.curve
        let known =
            problem.request.schedule
            ?? LearningRateSchedule(
                rates: curve.rates,
                steps: curve.steps,
                horizon: problem.horizon
            )
        schedule = known
        if known == nil {
            warnings.append(
                "How the learning rate goes on is not known; log it or give the schedule, since a"
                    + " decay lowers the loss further."
            )
        }
        let warmup = problem.request.warmupSteps ?? known?.warmupSteps ?? 0.02 * problem.horizon
        slope = Self.slope(curve, after: warmup, schedule: known)
        let own = (schedule: known, slope: slope)
        mean = problem.now + Self.change(problem, own, to: problem.horizon)
        let fall = Self.rateFall(problem, known, to: problem.horizon)
        let annealing = Self.annealingDeviation * max(fall, known == nil ? 1 : 0)
        let further = Self.slopeDeviation * log(1 / min(problem.share, 1))
        deviation = (annealing * annealing + further * further + 1e-6).squareRoot()
    }

    func path(_ shares: [Double]) -> [(mean: Double, deviation: Double)] {
        let whole = max(log(1 / problem.share), 1e-9)
        return shares.map { share in
            let step = share * problem.horizon
            let change = Self.change(problem, (schedule, slope), to: step)
            let part = min(max(log(share / problem.share) / whole, 0), 1)
            return (problem.now + change, deviation * part)
        }
    }

    private static func change(
        _ problem: ForecastProblem,
        _ own: (schedule: LearningRateSchedule?, slope: Double),
        to step: Double
    ) -> Double {
        let now = own.schedule?.area(at: problem.step) ?? problem.step
        let then = own.schedule?.area(at: step) ?? step
        let fall = rateFall(problem, own.schedule, to: step)
        return own.slope * log(max(then / max(now, 1e-300), 1)) - annealingGain * fall
    }

    /// By how much of its peak the rate still falls; half where nobody knows.
    private static func rateFall(
        _ problem: ForecastProblem,
        _ schedule: LearningRateSchedule?,
        to step: Double
    ) -> Double {
        guard let schedule, schedule.peak > 0 else {
            let left = max(problem.horizon - problem.step, 1e-9)
            return 0.5 * min(max((step - problem.step) / left, 0), 1)
        }
        let from = max(problem.step, schedule.warmupSteps)
        guard step > from else { return 0 }
        return max(schedule.rate(at: from) - schedule.rate(at: step), 0) / schedule.peak
    }

    /// Least squares of ln loss over ln area after the warm-up, drawn to `priorSlope`.
    private static func slope(
        _ curve: CleanCurve,
        after warmup: Double,
        schedule: LearningRateSchedule?
    ) -> Double {
        var points: [(x: Double, y: Double)] = []
        for index in 0..<curve.count where curve.steps[index] > warmup {
            let area = schedule?.area(at: curve.steps[index]) ?? curve.steps[index]
            guard area > 0 else { continue }
            points.append((log(area), log(curve.losses[index])))
        }
        let count = Double(max(points.count, 1))
        let x = points.reduce(0) { $0 + $1.x } / count
        let y = points.reduce(0) { $0 + $1.y } / count
        let xx = points.reduce(0) { $0 + ($1.x - x) * ($1.x - x) }
        let xy = points.reduce(0) { $0 + ($1.x - x) * ($1.y - y) }
        let priorWeight = 1.0
        return min((xy + priorWeight * priorSlope) / (xx + priorWeight), 0)
    }
}
