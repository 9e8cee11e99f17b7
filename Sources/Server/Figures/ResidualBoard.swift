import Foundation
package import ScalingLaws

/// Error of every run against the law, over its scale; the larger a dot, the more that run alone
/// moves the prediction at the largest scale.
package enum ResidualBoard: Figure {
    package typealias Fit = NonlinearFit
    package static let kind = "residual-board"
    package static let title = "Error of every run"
    private static let dot = (least: 5.0, most: 20.0)

    package static func make(_ input: FigureInput<NonlinearFit>) throws(FigureError) -> PlotlyFigure
    {
        let runs = input.fit.residuals.filter { $0.scale > 0 && $0.scale.isFinite }
        guard let scales = SizeAndTokens.range(runs.map(\.scale)) else {
            throw .nothingToShow("no run of the fit has a scale")
        }
        let spread = input.fit.diagnostics.residualPercent ?? rootMeanSquare(runs)
        let wide = (scales.lowerBound / 1.3)...(scales.upperBound * 1.3)
        let worst = runs.max { abs($0.errorPercent) < abs($1.errorPercent) }
        return PlotlyFigure(
            data: [dots(runs)]
                + [spread, -spread].map { level in
                    Trace.lines(
                        "typical error",
                        x: [wide.lowerBound, wide.upperBound],
                        y: [level, level],
                        role: "baseline"
                    ).merging(["hoverinfo": "skip"])
                },
            layout: [
                "title": ["text": .text(title)],
                "xaxis": Trace.logAxis(
                    scaleName(runs),
                    over: wide,
                    write: FigureText.shortRate
                ),
                "yaxis": Trace.axis("measured above the law (%)"),
                "showlegend": false, "hovermode": "closest",
            ],
            table: table(runs),
            summary: "Relative errors of \(runs.count) runs over their scale:"
                + " \(FigureText.percent(spread)) root mean square"
                + (worst.map {
                    ", \(FigureText.percent($0.errorPercent)) at the worst run,"
                        + " \(FigureText.plain($0.runName))."
                } ?? "."),
            answer: "dotted: ± \(FigureText.percent(spread)) root mean square · size: influence",
            input: input
        )
    }

    private static func dots(_ runs: [NonlinearFit.Residual]) -> FigureValue {
        let most = runs.map { abs($0.influencePercent) }.filter(\.isFinite).max() ?? 0
        let sizes = runs.map { run in
            let share = most > 0 ? abs(run.influencePercent) / most : 0
            return dot.least + (dot.most - dot.least) * (share.isFinite ? share : 1).squareRoot()
        }
        return Trace.markers(
            "runs",
            x: runs.map(\.scale),
            y: runs.map(\.errorPercent),
            role: "residual"
        ).merging([
            "marker": ["size": .column(sizes)]
        ]).merging(
            Trace.hover(
                runs.map {
                    $0.label + "<br>influence \(FigureText.percent($0.influencePercent))"
                },
                then: "error %{y:+.3f} %"
            )
        )
    }

    private static func rootMeanSquare(_ runs: [NonlinearFit.Residual]) -> Double {
        let sum = runs.reduce(0) { $0 + $1.errorPercent * $1.errorPercent }
        return (sum / Double(max(runs.count, 1))).squareRoot()
    }

    /// Most laws measure scale by compute; the others say so in their card.
    static func scaleName(_ runs: [NonlinearFit.Residual]) -> String {
        let isCompute = runs.allSatisfy { abs($0.scale / (6 * $0.size * $0.tokens) - 1) < 1e-6 }
        return isCompute
            ? "training compute C = 6·N·D (FLOPs)" : "scale of the run (law's own unit)"
    }

    private static func table(_ runs: [NonlinearFit.Residual]) -> FigureTable {
        FigureTable(
            columns: [
                "run", "scale", "observed", "predicted", "error_percent", "influence_percent",
            ],
            rows: runs.map {
                [
                    .text($0.runName), .number($0.scale), .number($0.observed),
                    .number($0.predicted), .number($0.errorPercent), .number($0.influencePercent),
                ]
            }
        )
    }
}
