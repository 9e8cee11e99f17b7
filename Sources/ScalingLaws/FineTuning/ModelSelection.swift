import Foundation
import Runs

/// Which base model to fine-tune on all the data, from a few small fine-tunings of each: the use of
/// Rectified Scaling Law (arXiv 2402.02314). Models are told apart by size and pre-training tokens.
package enum ModelSelection: Law {
    package static let card = LawCard(
        id: "model-selection",
        title: "Base model by a few fine-tuning sizes",
        family: .fineTuning,
        equation: "L = B/(D_l + D^beta) + E for each base model, one beta",
        citation: "form: Rectified Scaling Law, arXiv 2402.02314; fit: this project's runs",
        symbols: [
            .init(symbol: "L", name: "loss after fine-tuning", unit: "nats per token"),
            .init(symbol: "D", name: "fine-tuning data", unit: "tokens"),
        ],
        parameters: [.init(symbol: "beta", name: "exponent of D, shared", unit: "1")],
        inputs: [.parameterCount, .fineTuningTokenCount, .loss],
        optionalInputs: [.tokenCount],
        answers: ["which base model to fine-tune with all the data"],
        validity: "One task and one loss for all models; four sizes of data a model or more.",
        note: "No public table of runs is at hand: tested on planted runs. It ranks by the law only"
            + " where the law beats the line through three points and the constant on the largest"
            + " size left out."
    )

    package static func fit(_ request: FitRequest) throws(FitError) -> ModelSelectionFit {
        try ModelSelectionFitter(request).run()
    }
}

struct ModelSelectionFitter {
    let request: FitRequest
    static let fewestSizes = 4
    static let fewestModels = 2

    init(_ request: FitRequest) { self.request = request }

    private struct Group {
        var name = ""
        var parameterCount: Double
        var pretrainingTokens: Double?
        var points: RectifiedFamily.Points = []
    }

    func run() throws(FitError) -> ModelSelectionFit {
        var leftOut: [NonlinearFit.LeftOut] = []
        let groups = groups(&leftOut)
        guard groups.count >= Self.fewestModels else {
            throw .notEnough(
                law: ModelSelection.card.title,
                needed: Self.fewestModels,
                found: groups.count,
                needs: "base models with \(Self.fewestSizes) different fineTuningTokenCount each",
                leftOut: leftOut.count
            )
        }
        try request.checkCancelled()
        guard let solution = RectifiedFamily.fit(groups.map(\.points)) else {
            throw .didNotConverge(starts: RectifiedFamily.exponents.count)
        }
        let draws = draws(groups, solution)
        try request.checkCancelled()
        let scores = ModelRanking.scores(groups.map(\.points))
        return fit(groups, solution, draws, scores, leftOut)
    }

    private func groups(_ leftOut: inout [NonlinearFit.LeftOut]) -> [Group] {
        var groups: [String: Group] = [:]
        let runs = request.observations.sorted { $0.runID.hex < $1.runID.hex }
        func refuse(_ run: Observation, _ reason: String) {
            leftOut.append(
                .init(runID: run.runID.hex, runName: run.runName, reason: reason)
            )
        }
        for run in runs {
            let (size, tokens) = (run.parameterCount, run[.fineTuningTokenCount])
            let pretraining = run.values[.tokenCount].flatMap { $0 > 0 ? $0 : nil }
            guard 1...1e18 ~= size, 1...1e18 ~= tokens, 1e-6...1e6 ~= run.lossNats else {
                refuse(run, "Its model size, fine-tuning tokens or loss is unusable.")
                continue
            }
            // Three digits tell models apart; counts are logged with rounding.
            let key = String(format: "%.3e %.3e", size, pretraining ?? 0)
            var group = groups[key] ?? Group(parameterCount: size, pretrainingTokens: pretraining)
            let x = log(tokens) - RectifiedCurve.pivot
            if x > group.points.map(\.x).max() ?? -.infinity { group.name = run.runName }
            group.points.append((x, run.lossNats))
            groups[key] = group
        }
        var kept: [Group] = []
        for (_, group) in groups.sorted(by: { $0.key < $1.key }) {
            var merged = group
            merged.points = Self.merged(group.points)
            if merged.points.count >= Self.fewestSizes {
                kept.append(merged)
                continue
            }
            leftOut.append(
                .init(
                    runID: "",
                    runName: group.name,
                    reason: "Its base model has \(merged.points.count) sizes of fine-tuning data;"
                        + " \(Self.fewestSizes) are needed."
                )
            )
        }
        return kept
    }

    /// One point for each size, the mean of its runs, in rising order.
    private static func merged(_ points: RectifiedFamily.Points) -> RectifiedFamily.Points {
        var merged: [(x: Double, sum: Double, count: Double)] = []
        for point in points.sorted(by: { ($0.x, $0.y) < ($1.x, $1.y) }) {
            if let last = merged.last, point.x - last.x < 0.02 {
                merged[merged.count - 1].sum += point.y
                merged[merged.count - 1].count += 1
            } else {
                merged.append((point.x, point.y, 1))
            }
        }
        return merged.map { ($0.x, $0.sum / $0.count) }
    }

    /// Refits of the curves with residuals drawn anew; three numbers of each model are used up.
    private func draws(
        _ groups: [Group],
        _ solution: RectifiedFamily.Solution
    ) -> [RectifiedFamily.Solution] {
        let runs = groups.reduce(0) { $0 + $1.points.count }
        let free = max(runs - 3 * groups.count - 1, 1)
        let scatter = (2 * solution.objective / Double(free)).squareRoot()
        let count = min(request.options.drawCount, 100)
        return ParallelMap.map(count) { draw -> RectifiedFamily.Solution? in
            var random = SplitMix64(seed: request.seed &+ UInt64(draw) &* 0x9E37_79B9)
            let noisy = zip(groups, solution.curves).map { group, curve in
                group.points.map { point in
                    let value = curve.loss(exp(point.x + RectifiedCurve.pivot))
                    return (x: point.x, y: value * exp(scatter * random.normal()))
                }
            }
            return RectifiedFamily.fit(noisy)
        }.compactMap(\.self)
    }

    private func fit(
        _ groups: [Group],
        _ solution: RectifiedFamily.Solution,
        _ draws: [RectifiedFamily.Solution],
        _ scores: [ModelSelectionFit.Score],
        _ leftOut: [NonlinearFit.LeftOut]
    ) -> ModelSelectionFit {
        let runs = groups.reduce(0) { $0 + $1.points.count }
        let law = scores.first { $0.id == "rectified" }
        let naive = scores.filter { $0.id != "rectified" }
        let recommended = ModelRanking.recommended(scores)
        var warnings: [String] = []
        if recommended != "rectified" {
            warnings.append(
                "The law does not beat the naive rules on the largest size, left out; models are"
                    + " ranked by \(recommended)."
            )
        }
        let beta = Quantiles.interval(solution.beta, draws.map(\.beta))
        return ModelSelectionFit(
            law: ModelSelection.card.id,
            parameterConvention: request.parameterConvention,
            lossName: request.lossName,
            seed: request.seed,
            dataHash: hash(groups),
            models: models(groups, solution, draws),
            beta: beta
                ?? Interval(value: solution.beta, low: solution.beta, high: solution.beta),
            scores: scores,
            recommended: recommended,
            objective: solution.objective,
            diagnostics: FitDiagnostics(
                objectiveName: "half the sum of squared relative errors",
                starts: RectifiedFamily.exponents.count,
                draws: draws.count,
                resampled: "residuals",
                residualPercent: 100 * (2 * solution.objective / Double(runs)).squareRoot(),
                heldOutErrorPercent: law?.meanAbsolutePercent,
                baselineErrorPercent: naive.map(\.meanAbsolutePercent).min(),
                leftOut: leftOut.count,
                warnings: warnings
            ),
            leftOut: leftOut,
            leftOutCount: leftOut.count
        )
    }

    private func models(
        _ groups: [Group],
        _ solution: RectifiedFamily.Solution,
        _ draws: [RectifiedFamily.Solution]
    ) -> [ModelSelectionFit.Model] {
        groups.indices.map { index in
            ModelSelectionFit.Model(
                name: groups[index].name,
                parameterCount: groups[index].parameterCount,
                pretrainingTokens: groups[index].pretrainingTokens,
                fineTuningTokens: groups[index].points.map { exp($0.x + RectifiedCurve.pivot) },
                lossNats: groups[index].points.map(\.y),
                curve: solution.curves[index],
                draws: draws.map { $0.curves[index] }
            )
        }
    }

    private func hash(_ groups: [Group]) -> String {
        var hash = DataHash()
        for group in groups {
            hash.mix(group.parameterCount)
            hash.mix(group.pretrainingTokens ?? 0)
            for point in group.points {
                hash.mix(point.x)
                hash.mix(point.y)
            }
        }
        return hash.text
    }
}
