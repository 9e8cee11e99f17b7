import Foundation
import Runs

/// Rules that know next to nothing of training, beside which every law must stand: the mean of the
/// runs, the nearest run, and a straight line through the last three scales in log–log.
struct NaiveRules<L: NonlinearLaw> {
    let known: NonlinearData<L>

    static var rules: [(id: String, title: String)] {
        [
            ("constant", "mean of the runs"),
            ("nearest-run", "nearest run"),
            ("last-three", "line through the best of the last three scales"),
        ]
    }

    /// ln of what each rule predicts for a run; nil where the rule has nothing to go by.
    func predictions(_ run: Observation) -> [Double?] {
        [constant, nearest(run), line(run)]
    }

    private var constant: Double? {
        guard known.count > 0 else { return nil }
        return known.logTargets.reduce(0, +) / Double(known.count)
    }

    private func nearest(_ run: Observation) -> Double? {
        let roles = L.card.inputs.filter { $0 != .loss }
        func distance(_ other: Observation) -> Double {
            roles.reduce(0) { sum, role in
                let gap = log(other[role] / run[role])
                return sum + (gap.isFinite ? gap * gap : 0)
            }
        }
        let places = known.observations.indices
        let closest = places.min {
            distance(known.observations[$0]) < distance(known.observations[$1])
        }
        return closest.map { known.logTargets[$0] }
    }

    private func line(_ run: Observation) -> Double? {
        var best: [Double: Double] = [:]
        for (other, target) in zip(known.observations, known.logTargets) {
            let scale = L.group(other)
            best[scale] = min(best[scale] ?? .infinity, target)
        }
        let last = best.sorted { $0.key < $1.key }.suffix(3)
        guard last.count == 3 else { return nil }
        let x = last.map { log($0.key) }
        let y = last.map(\.value)
        let (meanX, meanY) = (x.reduce(0, +) / 3, y.reduce(0, +) / 3)
        let spread = x.reduce(0) { $0 + ($1 - meanX) * ($1 - meanX) }
        guard spread > 0 else { return nil }
        let slope = zip(x, y).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) } / spread
        return meanY + slope * (log(L.group(run)) - meanX)
    }
}

/// Gathers errors of predictions on runs that a fit did not see.
struct ErrorTally {
    private var errors: [Double] = []

    /// Both in ln; what is not finite counts for nothing.
    mutating func add(predicted: Double, observed: Double) {
        let error = 100 * expm1(predicted - observed)
        if error.isFinite { errors.append(error) }
    }

    /// nil without errors.
    var score: NonlinearFit.Score? {
        guard !errors.isEmpty else { return nil }
        let count = Double(errors.count)
        return NonlinearFit.Score(
            runs: errors.count,
            meanAbsolutePercent: errors.reduce(0) { $0 + abs($1) } / count,
            maximumPercent: errors.reduce(0) { max($0, abs($1)) },
            biasPercent: errors.reduce(0, +) / count
        )
    }
}
