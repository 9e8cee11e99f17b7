import Foundation
import Runs

/// Steps to target losses by group, from runs that say both, from loss curves, or from the ends of
/// runs of different length.
///
/// 1. A group is one model size and one target; it needs three batches that differ.
/// 2. Where runs of one batch differ in learning rate, the one with the fewest steps counts: the
///    hyperbola is that of tuned runs. Runs of equal learning rate are repeats and all count.
struct StepsTable {
    struct Entry: Sendable {
        var runID: RunID
        var runName: String
        var batchTokens: Double
        var steps: Double
        var learningRate: Double?
    }

    struct Group: Sendable {
        var parameters: Double?
        var targetLoss: Double
        var source: String
        var entries: [Entry]
    }

    static let neededBatches = 3

    private(set) var groups: [Group] = []
    private(set) var leftOut: [NonlinearFit.LeftOut] = []
    private(set) var warnings: [String] = []
    /// Groups with too few batches, and the most batches one of them has.
    private(set) var smallGroups = 0
    private(set) var mostBatches = 0

    init(_ observations: [Observation]) {
        var told: [Key: [Entry]] = [:]
        var curved: [Observation] = []
        var ended: [Observation] = []
        for observation in observations {
            guard Self.isUsable(observation.batchTokens) else {
                leave(observation, "Its batch in tokens is not a positive number.")
                continue
            }
            if Self.isUsable(observation[.targetLoss]) {
                note(observation, in: &told)
            } else if observation.curve != nil {
                curved.append(observation)
            } else if EndCrossings.isUsable(observation) {
                ended.append(observation)
            } else {
                leave(
                    observation,
                    "It has neither a target loss with the steps that reached it, nor a loss"
                        + " curve, nor an end with its tokens."
                )
            }
        }
        for (key, entries) in told { add(key, "stepCount", entries) }
        addEnds(ended + addCurves(curved))
        let used = Set(groups.flatMap { $0.entries.map(\.runID.hex) })
        var named = Set<String>()
        leftOut = leftOut.filter { !used.contains($0.runID) && named.insert($0.runID).inserted }
        groups.sort {
            ($0.parameters ?? 0, -$0.targetLoss, $0.source)
                < ($1.parameters ?? 0, -$1.targetLoss, $1.source)
        }
    }

    /// Model size (0 unknown) and target, equal to six digits.
    struct Key: Hashable {
        var parameters: Double
        var targetLoss: Double

        init(parameters: Double, targetLoss: Double) {
            self.parameters = Self.rounded(parameters)
            self.targetLoss = Self.rounded(targetLoss)
        }

        private static func rounded(_ value: Double) -> Double {
            guard isUsable(value) else { return 0 }
            return Double(String(format: "%.6g", value)) ?? value
        }
    }

    /// The hardest target is the lowest loss that three quarters of the batches, and at least
    /// three, reach; easier ones lie above it by 2, 4 and 8 %.
    /// - Parameter reached: least loss of each batch.
    static func targets(reached: [Double]) -> [Double] {
        guard reached.count >= neededBatches else { return [] }
        let count = max(neededBatches, (reached.count * 3 + 3) / 4)
        return [1.0, 1.02, 1.04, 1.08].map { $0 * reached.sorted()[count - 1] }
    }

    static func isUsable(_ value: Double) -> Bool {
        value.isFinite && value > 1e-30 && value < 1e30
    }

    private mutating func note(_ observation: Observation, in told: inout [Key: [Entry]]) {
        guard Self.isUsable(observation[.stepCount]) else {
            leave(observation, "Its steps to the target loss are not a positive number.")
            return
        }
        let key = Key(
            parameters: observation.parameterCount,
            targetLoss: observation[.targetLoss]
        )
        told[key, default: []].append(Self.entry(observation, steps: observation[.stepCount]))
    }

    private static func entry(_ observation: Observation, steps: Double) -> Entry {
        let rate = observation.peakLearningRate
        return Entry(
            runID: observation.runID,
            runName: observation.runName,
            batchTokens: observation.batchTokens,
            steps: steps,
            learningRate: isUsable(rate) ? rate : nil
        )
    }

    /// - Returns: runs whose curves say too little, for their ends to be read instead.
    private mutating func addCurves(_ observations: [Observation]) -> [Observation] {
        var ended: [Observation] = []
        let bySize = Dictionary(grouping: observations) {
            Key(parameters: $0.parameterCount, targetLoss: .nan).parameters
        }
        for (size, runs) in bySize.sorted(by: { $0.key < $1.key }) {
            let crossings = CurveCrossings(runs)
            for (run, reason) in crossings.refused {
                if EndCrossings.isUsable(run) { ended.append(run) } else { leave(run, reason) }
            }
            for target in crossings.targets {
                let entries = crossings.steps(to: target).map {
                    Self.entry($0.run, steps: $0.steps)
                }
                add(Key(parameters: size, targetLoss: target), "curve", entries)
            }
        }
        guard groups.contains(where: { $0.source == "curve" }) else { return ended }
        warnings.append(
            "Steps were read off loss curves. They compare batches only while the learning rate is"
                + " constant; curves were cut where a logged rate decays, and targets of one size"
                + " come from the same runs, so that their intervals are not independent."
        )
        return ended
    }

    private mutating func addEnds(_ observations: [Observation]) {
        let bySize = Dictionary(grouping: observations) {
            Key(parameters: $0.parameterCount, targetLoss: .nan).parameters
        }
        for (size, runs) in bySize.sorted(by: { $0.key < $1.key }) {
            let known = groups.count
            let crossings = EndCrossings(runs)
            for target in crossings.targets {
                let entries = crossings.steps(to: target).map {
                    Self.entry($0.run, steps: $0.steps)
                }
                add(Key(parameters: size, targetLoss: target), "ends", entries)
            }
            let reason =
                groups.count > known
                ? "Another run of its batch and length, or a shorter one, ended lower."
                : "Runs of its size end at too few batches and lengths to read how many tokens a"
                    + " loss takes: three batches of two lengths each are needed."
            for run in groups.count > known ? crossings.beaten : runs { leave(run, reason) }
        }
        guard groups.contains(where: { $0.source == "ends" }) else { return }
        warnings.append(
            "Steps were read between the ends of runs of different length, the best learning rate"
                + " of each batch and length. Targets of one size come from the same runs, so that"
                + " their intervals are not independent."
        )
    }

    private mutating func add(_ key: Key, _ source: String, _ all: [Entry]) {
        let kept = keepTuned(all.sorted { $0.runID.hex < $1.runID.hex })
        let batches = Self.differing(kept.map(\.batchTokens))
        guard batches >= Self.neededBatches else {
            smallGroups += 1
            mostBatches = max(mostBatches, batches)
            return
        }
        groups.append(
            Group(
                parameters: key.parameters > 0 ? key.parameters : nil,
                targetLoss: key.targetLoss,
                source: source,
                entries: kept.sorted {
                    ($0.batchTokens, $0.runID.hex) < ($1.batchTokens, $1.runID.hex)
                }
            )
        )
    }

    private mutating func keepTuned(_ entries: [Entry]) -> [Entry] {
        let byBatch = Dictionary(grouping: entries) { String(format: "%.4g", $0.batchTokens) }
        var kept: [Entry] = []
        for (_, same) in byBatch.sorted(by: { $0.key < $1.key }) {
            let rates = same.compactMap(\.learningRate)
            let isSweep = (rates.max() ?? 1) > 1.001 * (rates.min() ?? 1)
            guard isSweep, let best = same.min(by: { $0.steps < $1.steps }) else {
                kept += same
                continue
            }
            kept.append(best)
            for entry in same where entry.runID != best.runID {
                leave(entry, "Another learning rate reached the target in fewer steps.")
            }
        }
        return kept
    }

    /// How many values stand apart, each at least 1.1 times the one before.
    static func differing(_ values: [Double]) -> Int {
        var count = 0
        var last = 0.0
        for value in values.sorted() where value > 1.1 * last {
            count += 1
            last = value
        }
        return count
    }

    private mutating func leave(_ observation: Observation, _ reason: String) {
        leftOut.append(
            .init(runID: observation.runID.hex, runName: observation.runName, reason: reason)
        )
    }

    private mutating func leave(_ entry: Entry, _ reason: String) {
        leftOut.append(.init(runID: entry.runID.hex, runName: entry.runName, reason: reason))
    }
}
