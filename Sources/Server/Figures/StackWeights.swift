import Foundation
package import ScalingLaws

/// Laws of size and tokens by their error on the largest scales, which none of them saw, with the
/// naive rules on the same runs and the weights of the mean that answers.
package enum StackWeights: Figure {
    package typealias Fit = Stack.Fit
    package static let kind = "stack-weights"
    package static let title = "Error on the largest scales, and weight, law by law"
    package static var laws: [String] { [Stack.card.id] }

    private struct Row {
        var name: String
        var error: Double
        var weight: Double?
        var isNaive = false
    }

    package static func make(_ input: FigureInput<Stack.Fit>) throws(FigureError) -> PlotlyFigure {
        let rows = rows(input.fit.comparison)
        guard let best = rows.last, let errors = SizeAndTokens.range(rows.map(\.error)) else {
            throw .nothingToShow("no law could be judged on the largest scales")
        }
        let used = input.fit.members.map {
            "\($0.fit.law) \(FigureText.percent(100 * $0.weight))"
        }
        let budget = FigureText.rate(input.fit.comparison.heldOutFromFLOPs)
        return PlotlyFigure(
            data: [
                bars("law", rows, 0) { $0.isNaive ? .nan : $0.error },
                bars("naive rule", rows, 1) { $0.isNaive ? $0.error : .nan },
            ],
            layout: [
                "title": ["text": .text(title)],
                "xaxis": Trace.logAxis(
                    "mean error on the left-out runs (%)",
                    over: (errors.lowerBound / 2)...(errors.upperBound * 2),
                    write: FigureText.loss
                ),
                "yaxis": ["type": "category", "automargin": true, "ticks": ""],
                "barmode": "overlay", "hovermode": "closest",
                "margin": ["l": 10, "r": 12, "t": 8, "b": 38],
                "annotations": .list(rows.compactMap(label)),
            ].merging(Trace.legend) { $1 },
            table: table(input.fit.comparison),
            summary: "Mean error of \(rows.count) laws and rules on"
                + " \(input.fit.comparison.heldOutRuns) runs of \(budget) FLOPs and more, left out:"
                + " least for \(best.name), \(FigureText.percent(best.error)).",
            answer: "answers: " + used.joined(separator: ", "),
            input: input
        )
    }

    /// Worst first, since the chart begins at the bottom.
    private static func rows(_ comparison: LawComparison) -> [Row] {
        var rows = comparison.entries.compactMap { entry in
            entry.heldOut.map {
                Row(name: entry.law, error: $0.meanAbsolutePercent, weight: entry.weight)
            }
        }
        if let score = comparison.stackScore {
            rows.append(Row(name: "weighted mean", error: score.meanAbsolutePercent))
        }
        rows += comparison.baselines.compactMap { rule in
            rule.score.map { Row(name: rule.title, error: $0.meanAbsolutePercent, isNaive: true) }
        }
        return rows.filter { $0.error.isFinite && $0.error > 0 }.sorted {
            ($0.error, $0.name) > ($1.error, $1.name)
        }
    }

    private static func bars(
        _ name: String,
        _ rows: [Row],
        _ index: Int,
        _ value: (Row) -> Double
    ) -> FigureValue {
        [
            "type": "bar", "orientation": "h", "name": .text(name),
            "x": .column(rows.map(value)), "y": .texts(rows.map { FigureText.plain($0.name) }),
            "hovertemplate": .text("%{y}: %{x:.3f} %<extra></extra>"),
            "meta": ["role": "bar", "index": .number(Double(index))],
        ]
    }

    /// The weight at the end of a law's bar.
    private static func label(_ row: Row) -> FigureValue? {
        guard let weight = row.weight, weight > 0 else { return nil }
        return [
            "text": .text("weight \(FigureText.percent(100 * weight))"),
            "x": .number(log10(row.error)), "y": .text(row.name), "xanchor": "left",
            "showarrow": false, "xshift": 4,
        ]
    }

    private static func table(_ comparison: LawComparison) -> FigureTable {
        let laws: [[FigureValue]] = comparison.entries.map { entry in
            [
                "law", .text(entry.law), .optional(entry.heldOut?.meanAbsolutePercent),
                .number(entry.weight), .optional(entry.refused),
            ]
        }
        let rules: [[FigureValue]] = comparison.baselines.map { rule in
            [
                "naive rule", .text(rule.id), .optional(rule.score?.meanAbsolutePercent), .null,
                .optional(rule.refused),
            ]
        }
        let mean: [[FigureValue]] =
            comparison.stackScore.map { score in
                [["mean", "weighted mean", .number(score.meanAbsolutePercent), .null, .null]]
            } ?? []
        return FigureTable(
            columns: ["kind", "id", "held_out_error_percent", "weight", "refused"],
            rows: laws + mean + rules
        )
    }
}

extension Stack.Fit: FigureBody {
    package var provenance: FigureProvenance {
        let first = members.first?.fit
        return FigureProvenance(
            law: law,
            runs: first?.residuals.count ?? 0,
            dataHash: dataHash,
            lossName: first?.lossName,
            parameterConvention: first?.parameterConvention
        )
    }
}
