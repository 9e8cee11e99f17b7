package import ScalingLaws

/// Held-out test of the whole procedure: what the fit without a cell would have cost in it.
package enum RegretByCell: Figure {
    package static let kind = "regret-by-cell"
    package static let title = "Regret of left-out cells"
    package static let parameters: [String] = []

    package static func make(_ input: FigureInput<StepLawFit>) throws(FigureError) -> PlotlyFigure {
        let scores = input.fit.crossValidation.perCell
        guard !scores.isEmpty else { throw .nothingToShow("no cell was held out") }
        let names = scores.map { input.fit.cellName($0.cell) }
        let mean = input.fit.crossValidation.interpolated.mean
        let snap = input.fit.crossValidation.snap.mean
        return PlotlyFigure(
            data: [
                bars("between runs", names, scores.map(\.interpolatedPercent), index: 0),
                bars("at the nearest run", names, scores.map(\.snapPercent), index: 1),
            ],
            layout: [
                "title": ["text": .text(title)],
                "xaxis": [
                    "type": "category", "automargin": true,
                    "tickangle": -40, "ticks": "", "tickfont": ["size": 9.5],
                ],
                "yaxis": Trace.axis("above the cell's best (%)")
                    .merging(["rangemode": "tozero"]),
                "barmode": "group", "hovermode": "closest",
            ].merging(Trace.legend) { $1 },
            table: table(names, scores),
            summary: "Leave-one-cell-out regret over \(scores.count) cells: mean"
                + " \(FigureText.percent(mean)) between runs, \(FigureText.percent(snap)) at the"
                + " nearest run.",
            answer: "mean \(FigureText.percent(mean)) between runs · \(FigureText.percent(snap))"
                + " at the nearest run",
            input: input
        )
    }

    private static func bars(
        _ name: String,
        _ cells: [String],
        _ values: [Double],
        index: Int
    ) -> FigureValue {
        [
            "type": "bar", "name": .text(name), "x": .texts(cells), "y": .column(values),
            "hovertemplate": "%{x}<br>+%{y:.3f} % %{fullData.name}<extra></extra>",
            "meta": ["role": "bar", "index": .number(Double(index))],
        ]
    }

    private static func table(
        _ names: [String],
        _ scores: [StepLawFit.CrossValidation.CellScore]
    ) -> FigureTable {
        FigureTable(
            columns: [
                "cell", "peak_learning_rate", "batch_tokens", "snap_percent",
                "interpolated_percent", "outside_runs",
            ],
            rows: zip(names, scores).map { name, score in
                [
                    .text(name), .number(score.recommended.peakLearningRate),
                    .number(score.recommended.batchTokens), .number(score.snapPercent),
                    .number(score.interpolatedPercent), .bool(score.isOutsideRuns),
                ]
            }
        )
    }
}
