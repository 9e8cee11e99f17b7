package import ScalingLaws

/// What each published law would cost on this project's surface, as bars.
package enum LawDisagreement: Figure {
    package static let kind = "law-disagreement"
    package static let title = "What each published law would cost here"

    package static func make(_ input: FigureInput<StepLawFit>) throws(FigureError) -> PlotlyFigure {
        let target = try input.resolvedTarget
        let answer = try input.answer(target)
        let judged = answer.rivals.filter { $0.expectedRegretPercent?.isFinite == true }
            .sorted { ($0.expectedRegretPercent ?? 0) > ($1.expectedRegretPercent ?? 0) }
        guard let worst = judged.first?.expectedRegretPercent, let best = judged.last else {
            throw .nothingToShow("no published law answers for this target")
        }
        let silent = answer.rivals.count - judged.count
        return PlotlyFigure(
            data: [bars(judged)],
            layout: [
                "title": ["text": .text(title)],
                "xaxis": Trace.axis("expected loss above this project's best (%)")
                    .merging(["rangemode": "tozero"]),
                "yaxis": ["type": "category", "automargin": true, "ticks": ""],
                "showlegend": false, "hovermode": "closest",
                "margin": ["l": 10, "r": 12, "t": 8, "b": 38],
            ],
            table: table(answer.rivals),
            summary: "Published laws on this surface at N ="
                + " \(FigureText.count(target.parameterCount)), D ="
                + " \(FigureText.count(target.tokenCount)): from"
                + " +\(FigureText.percent(best.expectedRegretPercent ?? 0)) (\(best.title)) to"
                + " +\(FigureText.percent(worst)) of loss.",
            answer: "nearest: \(best.title)"
                + (silent > 0 ? " · \(silent) cannot answer here" : ""),
            input: input
        )
    }

    private static func bars(_ rivals: [Recommendation.RivalAnswer]) -> FigureValue {
        let text = rivals.map { rival in
            let rate = rival.peakLearningRate.map(FigureText.rate) ?? "–"
            let batch = rival.batchTokens.map(FigureText.count) ?? "–"
            return "LR \(rate), batch \(batch)<br>\(FigureText.plain(rival.citation))"
        }
        return [
            "type": "bar", "orientation": "h", "name": "expected cost",
            "x": .column(rivals.map { $0.expectedRegretPercent ?? 0 }),
            "y": .texts(rivals.map { FigureText.plain($0.title) }),
            "hovertext": .texts(text),
            "hovertemplate": "%{y}: +%{x:.3f} %<br>%{hovertext}<extra></extra>",
            "meta": ["role": "bar", "index": 0],
        ]
    }

    private static func table(_ rivals: [Recommendation.RivalAnswer]) -> FigureTable {
        FigureTable(
            columns: [
                "law", "peak_learning_rate", "batch_tokens", "expected_regret_percent", "refused",
            ],
            rows: rivals.map { rival in
                [
                    .text(rival.title), .optional(rival.peakLearningRate),
                    .optional(rival.batchTokens), .optional(rival.expectedRegretPercent),
                    .text(rival.refused ?? ""),
                ]
            }
        )
    }
}
