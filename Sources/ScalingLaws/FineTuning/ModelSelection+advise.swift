import Foundation

extension ModelSelection: AdvisingLaw {
    package static var reads: Set<Question.Field> { [.fineTuningTokens] }

    /// Base models ranked by their loss at `fineTuningTokens`, by the rule that did best on sizes
    /// left out, with what the other rules would say.
    package static func advise(
        _ question: Question,
        from fit: ModelSelectionFit
    ) throws(RecommendError) -> Advice {
        let tokens = try question.required(.fineTuningTokens)
        guard 1...1e18 ~= tokens else {
            throw .invalidTarget(
                field: "fineTuningTokens",
                given: tokens,
                expected: "a number from 1 to 1e18"
            )
        }
        let ranked = fit.models.map { ($0, losses($0, tokens)) }
            .sorted { ($0.1[fit.recommended] ?? .infinity) < ($1.1[fit.recommended] ?? .infinity) }
        guard let (best, losses) = ranked.first, let loss = losses[fit.recommended] else {
            throw .outOfRange(field: "lossNats", value: .nan)
        }
        let sample = best.draws.map { $0.loss(tokens) }
        let interval =
            fit.recommended == "rectified" ? Quantiles.interval(loss, sample) : nil
        let rule = fit.scores.first { $0.id == fit.recommended }?.title ?? fit.recommended
        return Advice(
            law: card.id,
            question: question,
            statement: "Fine-tune \(best.name) (\(ExpertText.number(best.parameterCount))"
                + " parameters): by the \(rule) it has the least loss with"
                + " \(ExpertText.number(tokens)) tokens.",
            quantities: [
                .init(
                    "parameters",
                    "size of the base model",
                    unit: "parameters",
                    value: best.parameterCount
                ),
                .init(
                    "lossNats",
                    "predicted loss",
                    unit: "nats per token",
                    value: loss,
                    low: interval?.low,
                    high: interval?.high,
                    note: interval == nil ? "a naive rule has no interval" : nil
                ),
                .init(
                    "bestProbability",
                    "resampled fits in which this model is the best",
                    unit: "1",
                    value: winShare(best, fit, tokens)
                ),
            ],
            tables: [ranking(ranked, fit), quality(fit)],
            extrapolation: reach(tokens, fit),
            warnings: fit.diagnostics.warnings
        )
    }

    private static func losses(
        _ model: ModelSelectionFit.Model,
        _ tokens: Double
    ) -> [String: Double] {
        let curve = NaiveCurve(
            zip(model.fineTuningTokens, model.lossNats).map { (log($0), log($1)) }
        )
        var losses = ["rectified": model.curve.loss(tokens)]
        losses["last-three"] = curve.line(log(tokens)).map { exp($0) }
        losses["constant"] = curve.constant.map { exp($0) }
        return losses
    }

    private static func winShare(
        _ best: ModelSelectionFit.Model,
        _ fit: ModelSelectionFit,
        _ tokens: Double
    ) -> Double {
        let wins = best.draws.indices.count { draw in
            let own = best.draws[draw].loss(tokens)
            return fit.models.allSatisfy {
                draw >= $0.draws.count || own <= $0.draws[draw].loss(tokens)
            }
        }
        return Double(wins) / Double(max(best.draws.count, 1))
    }

    private static func ranking(
        _ ranked: [(ModelSelectionFit.Model, [String: Double])],
        _ fit: ModelSelectionFit
    ) -> Advice.Table {
        Advice.Table(
            title: "Base models, best first; loss in nats per token",
            columns: ["model", "parameters"] + ModelRanking.rules.map(\.title),
            rows: ranked.map { model, losses in
                [.text(model.name), .number(model.parameterCount)]
                    + ModelRanking.rules.map { rule in
                        losses[rule.id].map { .number($0) } ?? .text("none")
                    }
            }
        )
    }

    private static func quality(_ fit: ModelSelectionFit) -> Advice.Table {
        Advice.Table(
            title: "Rules on the largest size of each model, left out",
            columns: ["rule", "rank correlation", "mean error (%)", "regret of the first (%)"],
            rows: fit.scores.map {
                [
                    .text($0.title), .number($0.rankCorrelation), .number($0.meanAbsolutePercent),
                    .number($0.regretPercent),
                ]
            }
        )
    }

    private static func reach(_ tokens: Double, _ fit: ModelSelectionFit) -> Advice.Reach {
        let largest = fit.models.compactMap(\.fineTuningTokens.last).min() ?? tokens
        let gap = max(log(tokens / largest), 0)
        return Advice.Reach(
            inside: gap == 0,
            distance: ["fineTuningTokenCount": gap],
            note: gap == 0
                ? "Inside the sizes of every model."
                : "\(ExpertText.number(exp(gap))) times beyond the least-sampled model's data."
        )
    }
}
