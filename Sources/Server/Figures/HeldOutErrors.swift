import ScalingLaws

/// Laws that answer the same question, each judged where its fit did not look: on the largest scale
/// left out, beside the best naive rule on the same runs.
package enum HeldOutErrors: Figure {
    package typealias Fit = FitHistory
    package static let kind = "law-comparison"
    package static let title = "Laws on runs they have not seen"

    package static func make(_ input: FigureInput<FitHistory>) throws(FigureError) -> PlotlyFigure {
        let family = input.fit.chosen.card?.family
        // Its error is one of the best size, where the others of its family err on the loss.
        let isProfile = input.fit.chosen.law == IsoFLOP.card.id
        let fits = newest(input.fit.entries)
            .filter { $0.card?.family == family && ($0.law == IsoFLOP.card.id) == isProfile }
            .filter { $0.summary.diagnostics.heldOutErrorPercent?.isFinite == true }
            .sorted { error($0) > error($1) }
        guard let best = fits.last else {
            throw .nothingToShow(
                "no law of this family has runs of a largest scale to be tested on"
            )
        }
        let runs = Set(fits.map(\.summary.runs))
        return PlotlyFigure(
            data: [
                bars("law", fits, 0) { $0.heldOutErrorPercent },
                bars("best naive rule", fits, 1) { $0.baselineErrorPercent },
            ],
            layout: [
                "title": ["text": .text(title)],
                "xaxis": Trace.axis("error on the left-out runs (%)")
                    .merging(["rangemode": "tozero"]),
                "yaxis": ["type": "category", "automargin": true, "ticks": ""],
                "barmode": "group", "hovermode": "closest",
                // One law alone is a bar, not a wall.
                "bargap": .number(max(0.2, 1 - 0.22 * Double(fits.count))),
                "margin": ["l": 10, "r": 12, "t": 8, "b": 38],
            ].merging(Trace.legend) { $1 },
            table: table(fits),
            summary: "Error on left-out runs of \(fits.count) laws: least for \(best.law),"
                + " \(FigureText.percent(error(best))).",
            answer: "least: \(best.law), \(FigureText.percent(error(best)))"
                + (runs.count > 1 ? " · the fits used different numbers of runs" : ""),
            input: input
        )
    }

    private static func error(_ fit: FitHistory.Entry) -> Double {
        fit.summary.diagnostics.heldOutErrorPercent ?? .infinity
    }

    private static func newest(_ fits: [FitHistory.Entry]) -> [FitHistory.Entry] {
        Array(Dictionary(fits.map { ($0.law, $0) }) { $1 }.values)
    }

    private static func bars(
        _ name: String,
        _ fits: [FitHistory.Entry],
        _ index: Int,
        _ value: (FitDiagnostics) -> Double?
    ) -> FigureValue {
        [
            "type": "bar", "orientation": "h", "name": .text(name),
            "x": .column(fits.map { value($0.summary.diagnostics) ?? .nan }),
            "y": .texts(fits.map(\.law)),
            "hovertemplate": .text("%{y}: %{x:.3f} %, \(name)<extra></extra>"),
            "meta": ["role": "bar", "index": .number(Double(index))],
        ]
    }

    private static func table(_ fits: [FitHistory.Entry]) -> FigureTable {
        FigureTable(
            columns: ["law", "fit", "runs", "held_out_error_percent", "baseline_error_percent"],
            rows: fits.map { fit in
                [
                    .text(fit.law), .text(fit.fitID), .number(Double(fit.summary.runs)),
                    .optional(fit.summary.diagnostics.heldOutErrorPercent),
                    .optional(fit.summary.diagnostics.baselineErrorPercent),
                ]
            }
        )
    }
}
