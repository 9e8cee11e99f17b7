import Foundation

/// What a law predicts for runs it did not see: larger scales, and every group left out once.
struct HeldOutTests<L: NonlinearLaw> {
    let data: NonlinearData<L>
    let delta: Double
    /// Coordinates of the minimum over all runs, where fits of parts may start from it: in a refit.
    let near: [Double]?
    let isCancelled: (@Sendable () -> Bool)?

    /// Share of the scales that are fitted on each rung; the last rung leaves out the largest
    /// alone.
    private static var shares: [Double] { [0.5, 0.7, 0.85] }
    private static var foldLimit: Int { 10 }

    /// Groups in rising order of scale.
    private var groups: [(scale: Double, places: [Int])] {
        var byGroup: [Double: [Int]] = [:]
        for (place, run) in data.observations.enumerated() {
            byGroup[L.group(run), default: []].append(place)
        }
        return byGroup.map { entry in
            (entry.value.map { L.scale(data.observations[$0]) }.max() ?? 0, entry.value)
        }.sorted { ($0.0, $0.1[0]) < ($1.0, $1.1[0]) }
    }

    /// Fits on the smallest scales, scored on all larger ones.
    func ladder() -> [NonlinearFit.Rung] {
        let groups = groups
        var cuts = Self.shares.map { Int((Double(groups.count) * $0).rounded()) }
        cuts.append(lastCut(groups.map(\.places.count)))
        var rungs: [NonlinearFit.Rung] = []
        for cut in Set(cuts).sorted() where cut > 0 && cut < groups.count {
            guard !(isCancelled?() ?? false) else { break }
            let fitted = groups[..<cut].flatMap(\.places).sorted()
            let asked = groups[cut...].flatMap(\.places).sorted()
            guard let outcome = predict(asked, from: fitted), let score = outcome.law else {
                continue
            }
            rungs.append(
                NonlinearFit.Rung(
                    fittedBelow: groups[cut].scale,
                    fittedRuns: fitted.count,
                    predictedUpTo: groups.last?.scale ?? 0,
                    score: score,
                    baselines: outcome.baselines
                )
            )
        }
        return rungs
    }

    /// The largest scales that make up at least three runs and a thirtieth of all: fewer are noise.
    private func lastCut(_ counts: [Int]) -> Int {
        let wanted = max(3, data.count / 30)
        var asked = 0
        for place in counts.indices.reversed() {
            asked += counts[place]
            if asked >= wanted { return place }
        }
        return 0
    }

    /// Every group left out once, in at most ten folds.
    func crossValidation() -> (law: NonlinearFit.Score?, baselines: [NonlinearFit.NamedScore]) {
        let groups = groups
        let folds = min(Self.foldLimit, groups.count)
        var law = ErrorTally()
        var naive = NaiveRules<L>.rules.map { _ in ErrorTally() }
        guard folds > 1 else { return (nil, []) }
        for fold in 0..<folds {
            guard !(isCancelled?() ?? false) else { return (nil, []) }
            let asked = groups.indices.filter { $0 % folds == fold }
                .flatMap { groups[$0].places }
            let fitted = Set(asked)
            let kept = data.inputs.indices.filter { !fitted.contains($0) }
            tally(asked.sorted(), from: Array(kept), &law, &naive)
        }
        return (law.score, Self.named(naive))
    }

    private func predict(
        _ asked: [Int],
        from fitted: [Int]
    ) -> (law: NonlinearFit.Score?, baselines: [NonlinearFit.NamedScore])? {
        var law = ErrorTally()
        var naive = NaiveRules<L>.rules.map { _ in ErrorTally() }
        guard tally(asked, from: fitted, &law, &naive) else { return nil }
        return (law.score, Self.named(naive))
    }

    /// False when the fitted runs do not determine the law.
    @discardableResult
    private func tally(
        _ asked: [Int],
        from fitted: [Int],
        _ law: inout ErrorTally,
        _ naive: inout [ErrorTally]
    ) -> Bool {
        let part = data.subset(fitted)
        guard part.meetsRequirements,
            let solution = RobustSolver(part.problem(delta: delta)).solve(
                from: L.starts(part.inputs, logTargets: part.logTargets),
                near: near
            )
        else { return false }
        let theta = Coordinates<L.Coordinate>(solution.theta)
        var gradient = Coordinates<L.Coordinate>()
        let rules = NaiveRules(known: part)
        for place in asked {
            let observed = data.logTargets[place]
            law.add(
                predicted: L.logPrediction(data.inputs[place], theta, &gradient),
                observed: observed
            )
            for (rule, answer) in rules.predictions(data.observations[place]).enumerated() {
                if let answer { naive[rule].add(predicted: answer, observed: observed) }
            }
        }
        return true
    }

    private static func named(_ tallies: [ErrorTally]) -> [NonlinearFit.NamedScore] {
        zip(NaiveRules<L>.rules, tallies).map { rule, tally in
            .init(
                id: rule.id,
                title: rule.title,
                score: tally.score,
                refused: tally.score == nil ? "too few scales" : nil
            )
        }
    }
}
