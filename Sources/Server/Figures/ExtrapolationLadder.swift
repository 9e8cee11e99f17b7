import Foundation
package import ScalingLaws

/// The law fitted on the smallest scales and asked for the next, beside rules that know less.
package enum ExtrapolationLadder: Figure {
    package typealias Fit = NonlinearFit
    package static let kind = "extrapolation-ladder"
    package static let title = "Extrapolation: fit on small, predict large"

    package static func make(_ input: FigureInput<NonlinearFit>) throws(FigureError) -> PlotlyFigure
    {
        let rungs = input.fit.ladder.filter { $0.fittedBelow > 0 && $0.fittedBelow.isFinite }
        guard let last = rungs.last, let range = SizeAndTokens.range(rungs.map(\.fittedBelow))
        else {
            throw .nothingToShow("the runs have too few scales to fit on some and predict others")
        }
        let rivals = names(rungs)
        let lines = rivals.enumerated().map { index, name in
            line(rungs, name.title, "baseline", index) { rung in
                rung.baselines.first { $0.id == name.id }?.score?.meanAbsolutePercent ?? .nan
            }
        }
        let own = line(rungs, "this law", "fit", 0) { $0.score.meanAbsolutePercent }
        let best = last.baselines.compactMap(\.score?.meanAbsolutePercent).min()
        return PlotlyFigure(
            data: [own] + lines,
            layout: [
                "title": ["text": .text(title)],
                "xaxis": Trace.logAxis(
                    "fitted below, "
                        + (ResidualBoard.scaleName(input.fit.residuals)),
                    over: (range.lowerBound / 1.3)...(range.upperBound * 1.3),
                    write: FigureText.shortRate
                ),
                "yaxis": Trace.logAxis(
                    "mean absolute error (%)",
                    over: errors(rungs),
                    write: FigureText.loss
                ),
                "hovermode": "closest",
            ].merging(Trace.legend) { $1 },
            table: table(rungs),
            summary: "Fitted on the \(last.fittedRuns) smallest runs, the law predicts the next"
                + " \(last.score.runs) within"
                + " \(FigureText.percent(last.score.meanAbsolutePercent)) on average"
                + (best.map { "; the best naive rule within \(FigureText.percent($0))." } ?? "."),
            answer: "last rung: \(FigureText.percent(last.score.meanAbsolutePercent))"
                + (best.map { " · best naive rule \(FigureText.percent($0))" } ?? ""),
            input: input
        )
    }

    /// Of the law and of all naive rules, with some room.
    private static func errors(_ rungs: [NonlinearFit.Rung]) -> ClosedRange<Double> {
        let all = rungs.flatMap { rung in
            ([rung.score] + rung.baselines.compactMap(\.score)).map(\.meanAbsolutePercent)
        }
        let range = SizeAndTokens.range(all.filter { $0 > 0 && $0.isFinite }) ?? 0.1...10
        return (range.lowerBound / 1.4)...(range.upperBound * 1.4)
    }

    private static func names(_ rungs: [NonlinearFit.Rung]) -> [(id: String, title: String)] {
        var seen: Set<String> = []
        return rungs.flatMap(\.baselines).filter { seen.insert($0.id).inserted }
            .map { ($0.id, $0.title) }
    }

    private static func line(
        _ rungs: [NonlinearFit.Rung],
        _ name: String,
        _ role: String,
        _ index: Int,
        _ value: (NonlinearFit.Rung) -> Double
    ) -> FigureValue {
        Trace.path(
            name,
            x: rungs.map(\.fittedBelow),
            y: rungs.map(value),
            role: role,
            index: index
        ).merging(
            Trace.hover(
                rungs.map { "\(FigureText.plain(name)), fitted on \($0.fittedRuns) runs" },
                then: "below %{x:.3g}: error %{y:.3f} %"
            )
        )
    }

    private static func table(_ rungs: [NonlinearFit.Rung]) -> FigureTable {
        var table = FigureTable(columns: [
            "rule", "fitted_below", "fitted_runs", "predicted_up_to", "predicted_runs",
            "mean_absolute_percent", "maximum_percent", "bias_percent",
        ])
        for rung in rungs {
            let scores =
                [("this law", NonlinearFit.Score?.some(rung.score))]
                + rung.baselines.map { ($0.title, $0.score) }
            for (title, score) in scores {
                table.rows.append([
                    .text(title), .number(rung.fittedBelow), .number(Double(rung.fittedRuns)),
                    .number(rung.predictedUpTo), .number(Double(score?.runs ?? 0)),
                    .optional(score?.meanAbsolutePercent), .optional(score?.maximumPercent),
                    .optional(score?.biasPercent),
                ])
            }
        }
        return table
    }
}
