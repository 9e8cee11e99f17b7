import Foundation
import Runs

/// How many tokens each batch takes to a loss, read between the ends of runs of different length,
/// for one model size.
///
/// A run whose learning rate decays says nothing on the way: only its end counts, and the loss that
/// a shorter run would have reached is that of a shorter run. The best end of each batch and length
/// counts; between two lengths ln tokens is taken as straight in ln loss, and nothing is read
/// beyond the ends.
struct EndCrossings {
    private struct End {
        var run: Observation
        var tokens: Double
        var loss: Double
    }

    /// By batch: ends in the order of their lengths, each lower than all shorter ones.
    private var lines: [String: [End]] = [:]
    /// Runs that another of the same batch and length beats.
    private(set) var beaten: [Observation] = []

    init(_ runs: [Observation]) {
        let byBatch = Dictionary(grouping: runs) { String(format: "%.4g", $0.batchTokens) }
        for (batch, same) in byBatch {
            let byLength = Dictionary(grouping: same) { String(format: "%.4g", $0.tokenCount) }
            let best = byLength.values.compactMap { runs in
                runs.min { ($0.lossNats, $0.runID.hex) < ($1.lossNats, $1.runID.hex) }
            }
            var line: [End] = []
            for run in best.sorted(by: { $0.tokenCount < $1.tokenCount })
            where run.lossNats < line.last?.loss ?? .infinity {
                line.append(End(run: run, tokens: run.tokenCount, loss: run.lossNats))
            }
            if line.count > 1 { lines[batch] = line }
            let kept = Set(line.map(\.run.runID))
            beaten += same.filter { !kept.contains($0.runID) }
        }
    }

    static func isUsable(_ run: Observation) -> Bool {
        StepsTable.isUsable(run.tokenCount) && StepsTable.isUsable(run.lossNats)
            && run.tokenCount > run.batchTokens
    }

    var targets: [Double] { StepsTable.targets(reached: lines.values.compactMap { $0.last?.loss }) }

    func steps(to target: Double) -> [(run: Observation, steps: Double)] {
        lines.values.compactMap { line in
            guard let index = line.firstIndex(where: { $0.loss <= target }), index > 0 else {
                return nil
            }
            let (before, after) = (line[index - 1], line[index])
            let share = log(before.loss / target) / log(before.loss / after.loss)
            let tokens = before.tokens * pow(after.tokens / before.tokens, share)
            let steps = tokens / after.run.batchTokens
            return steps.isFinite && steps > 0 ? (after.run, steps) : nil
        }
    }
}
