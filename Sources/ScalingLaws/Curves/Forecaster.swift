import Foundation
import Runs

/// Forecasts of the end of a training from how it went so far.
///
/// With eight or more finished runs: how alike runs went on (`PeerForecast`). With none: the run's
/// own curve and what annealing usually gains (`ColdForecast`). Between: both, by their precision.
package enum Forecaster {
    /// Deterministic.
    /// - Throws: `FitError.unusableCurve` where the curve or the horizon allow no forecast.
    package static func forecast(_ request: ForecastRequest) throws(FitError) -> Forecast {
        let problem = try ForecastProblem(request)
        return forecast(problem, outlook(problem))
    }

    static func forecast(_ problem: ForecastProblem, _ end: Outlook) -> Forecast {
        let band = Normal.ninetyPercent * end.deviation
        var forecast = Forecast(
            finalLoss: interval(end.mean, band),
            path: path(problem, end),
            method: end.method,
            baselineLossNats: problem.request.baselineLossNats,
            baselines: NaiveForecasts.all(problem),
            observedSteps: problem.step,
            horizonSteps: problem.horizon,
            peers: problem.peers.count,
            warnings: problem.warnings + end.warnings
        )
        judge(&forecast, problem, end)
        return forecast
    }

    /// ln of the final loss, as far as it is known.
    struct Outlook {
        var mean: Double
        var deviation: Double
        var method: String
        var warnings: [String] = []
        /// Whether finished runs say how often such bands hold.
        var isCalibrated = false
        /// ln loss and its deviation at shares of the training.
        var path: ([Double]) -> [(mean: Double, deviation: Double)]
    }

    /// A band from a fifth of the loss to five times it: the finished runs are too unlike this one.
    private static let widestDeviation = 1.0

    static func outlook(_ problem: ForecastProblem) -> Outlook {
        let peers = PeerForecast(problem)
        if let peers, peers.deviation <= widestDeviation {
            let by =
                problem.roles.isEmpty
                ? "" : " by " + problem.roles.map(\.rawValue).joined(separator: ", ")
            return Outlook(
                mean: peers.mean,
                deviation: peers.deviation,
                method: "how \(problem.peers.count) finished runs went on from here" + by,
                warnings: outside(problem),
                isCalibrated: true,
                path: peers.path
            )
        }
        let cold = ColdForecast(problem)
        guard !problem.peers.isEmpty, peers == nil else {
            return Outlook(
                mean: cold.mean,
                deviation: cold.deviation,
                method: "the run's own curve and what annealing usually gains",
                warnings: cold.warnings + [
                    "No finished run says how such a run goes on; the band rests on assumptions."
                ],
                path: cold.path
            )
        }
        return mixed(problem, cold)
    }

    /// Few peers: their mean ratio beside the run's own curve.
    private static func mixed(_ problem: ForecastProblem, _ cold: ColdForecast) -> Outlook {
        let ratios = problem.peers.map { $0.logFinal - $0.now }
        let count = Double(ratios.count)
        let mean = ratios.reduce(0, +) / count
        let squares = ratios.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        // Three runs' worth of the spread that the cold forecast expects.
        let prior = 3 * cold.deviation * cold.deviation / 2
        let variance = (squares + prior) / (count + 2) * (1 + 1 / count)
        let own = cold.deviation * cold.deviation
        let weight = own / (own + variance)
        let change = weight * mean + (1 - weight) * (cold.mean - problem.now)
        let whole = cold.mean - problem.now
        return Outlook(
            mean: problem.now + change,
            deviation: (weight * variance + (1 - weight) * own).squareRoot(),
            method: "the run's own curve and how \(ratios.count) finished runs went on from here",
            warnings: cold.warnings + [
                "Fewer than \(ForecastProblem.fewestPeers) finished runs: the band rests on"
                    + " assumptions."
            ],
            path: { shares in
                cold.path(shares).map { point in
                    let part = abs(whole) > 1e-9 ? (point.mean - problem.now) / whole : 0
                    return (problem.now + change * part, point.deviation)
                }
            }
        )
    }

    private static func outside(_ problem: ForecastProblem) -> [String] {
        problem.roles.compactMap { role in
            let values = problem.peers.compactMap { $0.settings[role] }
            guard let own = problem.request.settings[role], let low = values.min(),
                let high = values.max(), own < low / 1.05 || own > high * 1.05
            else { return nil }
            return "\(role.rawValue) = \(own) is outside the finished runs (\(low) to \(high)):"
                + " this extrapolates."
        }
    }

    static func interval(_ mean: Double, _ band: Double) -> Interval {
        Interval(value: exp(mean), low: exp(mean - band), high: exp(mean + band))
    }

    private static func path(_ problem: ForecastProblem, _ end: Outlook) -> [Forecast.Point] {
        let now = exp(problem.now)
        let first = Forecast.Point(step: problem.step, value: now, low: now, high: now)
        guard problem.share < 1 else { return [first] }
        let parts = 40
        let shares = (1...parts).map {
            problem.share + (1 - problem.share) * Double($0) / Double(parts)
        }
        let points = zip(shares, end.path(shares)).map { share, point in
            let isLast = share >= 1 - 1e-12
            let interval = interval(
                isLast ? end.mean : point.mean,
                Normal.ninetyPercent * (isLast ? end.deviation : point.deviation)
            )
            return Forecast.Point(
                step: share * problem.horizon,
                value: interval.value,
                low: interval.low,
                high: interval.high
            )
        }
        return [first] + points
    }

    private static func judge(
        _ forecast: inout Forecast,
        _ problem: ForecastProblem,
        _ end: Outlook
    ) {
        guard let baseline = problem.request.baselineLossNats, baseline.isFinite, baseline > 0
        else {
            forecast.refusals.append(
                "No probability of beating a baseline: no finished run and no given loss to beat."
            )
            return
        }
        let probability = Normal.below((log(baseline) - end.mean) / max(end.deviation, 1e-9))
        let rate = min(max(problem.request.stopErrorRate, 1e-4), 0.5)
        forecast.probabilityOfBeatingBaseline = probability
        let saved = problem.horizon - problem.step
        let isAdvised = end.isCalibrated && probability < rate && saved > 0
        let chance = "It ends below \(text(baseline)) with a probability of \(text(probability))"
        let reason: String
        if !end.isCalibrated {
            reason =
                chance + ", but fewer than \(ForecastProblem.fewestPeers) finished runs say"
                + " how often such a band holds; stopping is not advised on assumptions."
        } else if isAdvised {
            reason = chance + ", less than \(text(rate))."
        } else {
            reason = chance + (saved > 0 ? "; let it run." : "; it has ended.")
        }
        forecast.stop = .init(
            isAdvised: isAdvised,
            errorRate: rate,
            reason: reason,
            savedSteps: saved
        )
    }

    private static func text(_ value: Double) -> String { String(format: "%.4g", value) }
}
