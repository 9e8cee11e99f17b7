import Foundation
package import Runs

/// What a fitted law expects of a run that it has not seen.
package struct NonlinearPrediction: Sendable, Hashable, Codable {
    package var value: Double
    /// 90 % interval of the law itself.
    package var low: Double
    package var high: Double
    /// 90 % interval of one new run: the law's, widened by the scatter of runs about it.
    package var runLow: Double
    package var runHigh: Double
}

extension NonlinearLaw {
    /// nil when the values cannot enter the law or the answer is not a number.
    package static func predict(
        _ values: [Role: Double],
        from fit: NonlinearFit
    ) -> NonlinearPrediction? {
        let run = Observation(
            runID: RunID(UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))),
            runName: "",
            values: values
        )
        guard let input = input(run), fit.theta.count == Coordinate.allCases.count else {
            return nil
        }
        var gradient = Coordinates<Coordinate>()
        let value = logPrediction(input, Coordinates(fit.theta), &gradient)
        guard value.isFinite else { return nil }
        var sample: [Double] = []
        var runs: [Double] = []
        var random = SplitMix64(seed: fit.seed)
        let scatter = fit.residuals.map { log1p($0.errorPercent / 100) }.filter(\.isFinite)
        for draw in fit.draws where draw.count == fit.theta.count {
            let one = logPrediction(input, Coordinates(draw), &gradient)
            sample.append(one)
            let noise = scatter.isEmpty ? 0 : scatter[random.index(below: scatter.count)]
            runs.append(one + noise)
        }
        let law = Quantiles.interval(value, sample)
        let single = Quantiles.interval(value, runs)
        return NonlinearPrediction(
            value: exp(value),
            low: exp(law?.low ?? value),
            high: exp(law?.high ?? value),
            runLow: exp(single?.low ?? value),
            runHigh: exp(single?.high ?? value)
        )
    }
}

extension NonlinearFit {
    /// How far a question lies outside the runs, in ln units of each input.
    package func reach(_ values: [Role: Double]) -> Advice.Reach {
        var distance: [String: Double] = [:]
        var farthest: (role: String, factor: Double)?
        for (role, value) in values.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            guard let range = domain[role.rawValue], value > 0 else { continue }
            let gap = max(log(range.low / value), log(value / range.high), 0)
            distance[role.rawValue] = gap
            if gap > 1e-9, gap > log(farthest?.factor ?? 1) { farthest = (role.rawValue, exp(gap)) }
        }
        guard let farthest else {
            return Advice.Reach(
                inside: true,
                distance: distance,
                note: "Inside the range of the runs."
            )
        }
        let factor = (farthest.factor * 100).rounded() / 100
        return Advice.Reach(
            inside: false,
            distance: distance,
            note: "Outside the runs: \(factor) times beyond them in \(farthest.role)."
                + (farthest.factor > 10
                    ? " Beyond 10 times nothing here has been tested: treat it as a guess." : "")
        )
    }
}
