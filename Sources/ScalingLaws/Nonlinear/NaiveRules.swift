import Foundation
import Runs

/// Rules that know next to nothing of training, beside which every law must stand: the mean of the
/// runs, the nearest run, and a straight line through the last three scales in log–log.
struct NaiveRules<L: NonlinearLaw> {
    private let roles = L.card.inputs.filter { $0 != .loss }
    private let logTargets: [Double]
    /// ln of the roles' values, run by run.
    private let logInputs: [Double]
    private let constant: Double?
    private let line: Line?

    /// ln target = middle + slope · (ln scale − scale of the middle).
    private struct Line {
        var slope: Double
        var scale: Double
        var middle: Double
    }

    static var rules: [(id: String, title: String)] {
        [
            ("constant", "mean of the runs"),
            ("nearest-run", "nearest run"),
            ("last-three", "line through the best of the last three scales"),
        ]
    }

    init(known: NonlinearData<L>) {
        let roles = roles
        logTargets = known.logTargets
        logInputs = known.observations.flatMap { run in roles.map { log(run[$0]) } }
        constant =
            known.count > 0 ? known.logTargets.reduce(0, +) / Double(known.count) : nil
        line = Self.line(known)
    }

    /// ln of what each rule predicts for a run; nil where the rule has nothing to go by.
    func predictions(_ run: Observation) -> [Double?] {
        let along = line.map { $0.middle + $0.slope * (log(L.group(run)) - $0.scale) }
        return [constant, nearest(run), along]
    }

    private func nearest(_ run: Observation) -> Double? {
        let own = roles.map { log(run[$0]) }
        var closest: Int?
        var least = Double.infinity
        for place in logTargets.indices {
            var sum = 0.0
            for (index, value) in own.enumerated() {
                let gap = logInputs[place * own.count + index] - value
                if gap.isFinite { sum += gap * gap }
            }
            // Of runs equally far away the first counts, whatever the last digit says.
            if closest == nil || sum < least - 1e-9 * (1 + least) {
                (closest, least) = (place, sum)
            }
        }
        return closest.map { logTargets[$0] }
    }

    private static func line(_ known: NonlinearData<L>) -> Line? {
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
        return Line(slope: slope, scale: meanX, middle: meanY)
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
