import Foundation
import Runs

/// Points of the curves of one setting: runs that differ in schedule, peak rate at most, and
/// length.
struct AnnealingData {
    struct Series {
        var run: Observation
        var areas: AnnealingAreas
        var inputs: [AnnealingForm.Input] = []
        var logTargets: [Double] = []
        var steps: [Double] = []

        /// Every so many points, the last one always.
        func thinned(to count: Int) -> Series {
            let stride = max(1, (steps.count + count - 1) / count)
            let kept = steps.indices.filter { (steps.count - 1 - $0).isMultiple(of: stride) }
            var part = self
            part.inputs = kept.map { inputs[$0] }
            part.logTargets = kept.map { logTargets[$0] }
            part.steps = kept.map { steps[$0] }
            return part
        }
    }

    private(set) var series: [Series] = []
    private(set) var leftOut: [NonlinearFit.LeftOut] = []
    /// What the runs have in common, in words.
    private(set) var setting = ""

    /// Fewest points in all, most of one run, and about how many of all runs.
    static let fewestPoints = 8
    static let mostPoints = 100
    static let mostPointsInAll = 1500

    init(_ observations: [Observation]) throws(FitError) {
        var families: [String: [Series]] = [:]
        for run in observations.sorted(by: { $0.runID.hex < $1.runID.hex }) {
            switch Self.read(run) {
            case .success(let series): families[Self.setting(run), default: []].append(series)
            case .failure(let fault): refuse(run, fault.reason)
            }
        }
        func points(_ family: [Series]) -> Int { family.reduce(0) { $0 + $1.steps.count } }
        let best = families.max { first, second in
            (first.value.count, points(first.value), second.key)
                < (second.value.count, points(second.value), first.key)
        }
        guard let best, points(best.value) >= Self.fewestPoints else {
            throw .notEnough(
                law: Annealing.card.title,
                needed: Self.fewestPoints,
                found: best.map { points($0.value) } ?? 0,
                needs: "(counted in points of curves after warm-up) loss and learning rate logged"
                    + " together",
                leftOut: leftOut.count
            )
        }
        setting = best.key
        series = best.value.map { $0.thinned(to: max(4, Self.mostPointsInAll / best.value.count)) }
        for (key, family) in families.sorted(by: { $0.key < $1.key }) where key != best.key {
            for one in family {
                refuse(
                    one.run,
                    "It has another setting (\(key)) than the runs fitted (\(setting))."
                )
            }
        }
    }

    var inputs: [AnnealingForm.Input] { series.flatMap(\.inputs) }
    var logTargets: [Double] { series.flatMap(\.logTargets) }

    /// Index of its run for each point.
    var owners: [Int] {
        series.indices.flatMap { index in
            series[index].steps.map { _ in index }
        }
    }

    var hash: String {
        var hash = DataHash()
        for one in series {
            hash.mix(one.run.runID.hex)
            for (step, loss) in zip(one.steps, one.logTargets) {
                hash.mix(step)
                hash.mix(loss)
            }
        }
        return hash.text
    }

    private mutating func refuse(_ run: Observation, _ reason: String) {
        leftOut.append(.init(runID: run.runID.hex, runName: run.runName, reason: reason))
    }

    private struct Fault: Error { var reason: String }

    /// Size and batch, and the peak rate: the area under the rate stands in for other peaks only
    /// roughly.
    private static func setting(_ run: Observation) -> String {
        let roles: [Role] = [.parameterCount, .batchTokens, .peakLearningRate]
        let parts = roles.compactMap { role in
            run.values[role].flatMap { $0.isFinite ? "\(role.rawValue) \(text($0))" : nil }
        }
        return parts.isEmpty ? "nothing known" : parts.joined(separator: ", ")
    }

    private static func text(_ value: Double) -> String { String(format: "%.4g", value) }

    private static func read(_ run: Observation) -> Result<Series, Fault> {
        guard let raw = run.curve else { return .failure(Fault(reason: "It has no loss curve.")) }
        guard raw.learningRates.count == raw.steps.count,
            let areas = AnnealingAreas(steps: raw.steps, rates: raw.learningRates)
        else {
            return .failure(Fault(reason: "Its learning rate was not logged beside its loss."))
        }
        let curve = CleanCurve(raw)
        guard let last = curve.steps.last else {
            return .failure(Fault(reason: "Its curve has no finite loss."))
        }
        // The first steps follow no power law.
        let first = max(areas.warmupEnd, 0.05 * last)
        let usable = curve.steps.indices.filter { curve.steps[$0] >= first && curve.steps[$0] > 0 }
        var series = Series(run: run, areas: areas)
        for index in usable {
            guard let input = AnnealingForm.input(areas, at: curve.steps[index]) else { continue }
            series.inputs.append(input)
            series.logTargets.append(log(curve.losses[index]))
            series.steps.append(curve.steps[index])
        }
        guard series.steps.count >= 2 else {
            return .failure(Fault(reason: "Fewer than 2 losses were logged after its warm-up."))
        }
        return .success(series.thinned(to: mostPoints))
    }
}
