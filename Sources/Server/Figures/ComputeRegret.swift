import Foundation
package import ScalingLaws

/// What each run's loss is worth in compute: how much more it spent than the law's best size and
/// tokens would need for the same loss.
package enum ComputeRegret: Figure {
    package typealias Fit = NonlinearFit
    package static let kind = "compute-regret"
    package static let title = "Compute above the frontier's for the same loss"
    package static var laws: [String] { LawPredictor.lossLaws }

    private struct Point {
        var run: NonlinearFit.Residual
        var flops: Double
        /// FLOPs of the frontier at the run's loss.
        var needed: Double
        var percent: Double { 100 * (flops / needed - 1) }
    }

    package static func make(_ input: FigureInput<NonlinearFit>) throws(FigureError) -> PlotlyFigure
    {
        let data = try SizeAndTokens(input.fit)
        let frontier = frontier(data)
        let points = data.runs.compactMap { run in
            needed(run.observed, frontier).map {
                Point(run: run, flops: data.flops(run), needed: $0)
            }
        }.sorted { $0.percent < $1.percent }
        guard !points.isEmpty, let range = SizeAndTokens.range(points.map(\.flops)) else {
            throw .nothingToShow("no run has a loss that the law's frontier reaches")
        }
        let median = points[points.count / 2].percent
        let best = points[0]
        return PlotlyFigure(
            data: [
                Trace.markers(
                    "runs",
                    x: points.map(\.flops),
                    y: points.map(\.percent),
                    role: "run"
                ).merging(
                    Trace.hover(
                        points.map {
                            $0.run.label
                                + "<br>tokens a parameter \(FigureText.loss($0.run.tokens / $0.run.size))"
                        },
                        then: "C %{x:.3g} FLOPs, %{y:.3g} % above the frontier's"
                    )
                )
            ],
            layout: [
                "title": ["text": .text(title)],
                "xaxis": Trace.logAxis(
                    data.computeName,
                    over: (range.lowerBound / 1.5)...(range.upperBound * 1.5),
                    write: FigureText.shortRate
                ),
                "yaxis": Trace.axis("more compute than needed for the loss (%)"),
                "shapes": [Trace.zeroLine],
                "showlegend": false, "hovermode": "closest",
            ],
            table: table(points),
            summary: "The median of \(points.count) runs spent \(FigureText.percent(median)) more"
                + " compute than the law's best size and tokens would need for its loss; the"
                + " leanest is \(FigureText.plain(best.run.runName)) with"
                + " \(FigureText.percent(best.percent)).",
            answer: "median \(FigureText.percent(median)) · below zero: better than the law",
            input: input
        )
    }

    /// Loss at the best size of each budget, from far below the runs to far above them.
    private static func frontier(_ data: SizeAndTokens) -> [(flops: Double, loss: Double)] {
        let range = (data.flops.lowerBound / 1e4)...(data.flops.upperBound * 10)
        return logSpaced(range, count: 121).compactMap { flops in
            data.optimum(flops).map { (flops, $0.loss) }
        }
    }

    /// Between two budgets ln C goes as the loss; nil where no budget of the frontier has it.
    private static func needed(
        _ loss: Double,
        _ frontier: [(flops: Double, loss: Double)]
    ) -> Double? {
        guard let above = frontier.firstIndex(where: { $0.loss <= loss }), above > 0 else {
            return nil
        }
        let (low, high) = (frontier[above - 1], frontier[above])
        let share = (low.loss - loss) / (low.loss - high.loss)
        guard share.isFinite else { return nil }
        return exp(log(low.flops) + share * (log(high.flops) - log(low.flops)))
    }

    private static func table(_ points: [Point]) -> FigureTable {
        FigureTable(
            columns: [
                "run", "parameters", "tokens", "loss_nats", "flops", "needed_flops",
                "more_compute_percent",
            ],
            rows: points.map {
                [
                    .text($0.run.runName), .number($0.run.size), .number($0.run.tokens),
                    .number($0.run.observed), .number($0.flops), .number($0.needed),
                    .number($0.percent),
                ]
            }
        )
    }
}
