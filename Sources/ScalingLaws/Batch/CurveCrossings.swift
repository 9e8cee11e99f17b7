import Foundation
import Runs

/// Where the loss curves of one model size first reach common losses.
///
/// 1. A curve is smoothed over a fiftieth of its points and then only its best so far counts.
/// 2. It ends where a logged learning rate has fallen below nine tenths of its peak: an
///    intermediate
///    loss of an annealed run is not one that a shorter run would have reached.
struct CurveCrossings {
    private struct Curve {
        var run: Observation
        var steps: [Double]
        /// Falling; the best smoothed loss so far.
        var best: [Double]
    }

    private(set) var refused: [(Observation, String)] = []
    private var curves: [Curve] = []

    private static let fewestPoints = 12
    /// Crossings among the first points are warm-up and smoothing.
    private static let firstPoint = 3

    init(_ runs: [Observation]) {
        for run in runs {
            guard let curve = run.curve, let read = Self.read(run, curve) else {
                refused.append(
                    (run, "Fewer than 12 points of its curve lie before its learning rate decays.")
                )
                continue
            }
            curves.append(read)
        }
    }

    var targets: [Double] {
        let byBatch = Dictionary(grouping: curves) {
            String(format: "%.4g", $0.run.batchTokens)
        }
        return StepsTable.targets(
            reached: byBatch.values.compactMap { $0.compactMap(\.best.last).min() }
        )
    }

    func steps(to target: Double) -> [(run: Observation, steps: Double)] {
        curves.compactMap { curve in
            guard let index = curve.best.firstIndex(where: { $0 <= target }),
                index >= Self.firstPoint
            else { return nil }
            let before = curve.best[index - 1]
            let after = curve.best[index]
            let share = before > after ? (before - target) / (before - after) : 1
            let low = log(curve.steps[index - 1])
            let steps = exp(low + share * (log(curve.steps[index]) - low))
            return steps.isFinite ? (curve.run, steps) : nil
        }
    }

    private static func read(_ run: Observation, _ curve: LossCurve) -> Curve? {
        let count = min(curve.steps.count, curve.lossNats.count)
        let end = steadyEnd(curve.learningRates, count)
        var steps: [Double] = []
        var losses: [Double] = []
        for index in 0..<end where curve.steps[index] > 0 && curve.lossNats[index].isFinite {
            guard curve.steps[index] > steps.last ?? 0 else { continue }
            steps.append(curve.steps[index])
            losses.append(curve.lossNats[index])
        }
        guard losses.count >= fewestPoints else { return nil }
        let half = losses.count / 100
        var best: [Double] = []
        var least = Double.infinity
        for index in losses.indices {
            let window = losses[max(0, index - half)...min(losses.count - 1, index + half)]
            least = min(least, window.reduce(0, +) / Double(window.count))
            best.append(least)
        }
        return Curve(run: run, steps: steps, best: best)
    }

    /// Index after the last point before the rate decays.
    private static func steadyEnd(_ rates: [Double], _ count: Int) -> Int {
        guard rates.count >= count, let peak = rates.prefix(count).filter(\.isFinite).max(),
            let first = rates.prefix(count).firstIndex(of: peak)
        else { return count }
        return rates[first..<count].firstIndex { $0 < 0.9 * peak } ?? count
    }
}
