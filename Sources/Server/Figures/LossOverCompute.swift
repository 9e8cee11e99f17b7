import Foundation
package import ScalingLaws

/// Loss over training compute: the runs, the law at a few model sizes, and their lower envelope,
/// which is the law at the optimal size.
package enum LossOverCompute: Figure {
    package typealias Fit = NonlinearFit
    package static let kind = "loss-over-compute"
    package static let title = "Loss over training compute"
    package static let parameters = ["flops"]
    package static var laws: [String] { LawPredictor.lossLaws }
    /// The frontier is drawn this far beyond the largest run.
    private static let beyond = 10.0

    package static func make(_ input: FigureInput<NonlinearFit>) throws(FigureError) -> PlotlyFigure
    {
        let data = try SizeAndTokens(input.fit)
        let asked = input.question[.flops]
        let low = min(data.flops.lowerBound, asked ?? .infinity) / 1.5
        let high = max(data.flops.upperBound * beyond, (asked ?? 0) * 1.5)
        guard high.isFinite, high / low < 1e60 else {
            throw .nothingToShow("the budgets span more than sixty decades")
        }
        let frontier = points(data, low...high)
        guard frontier.count > 1 else {
            throw .nothingToShow("the law has no best model size at any of these budgets")
        }
        let lines = sizeLines(data)
        let star = asked.flatMap { flops in data.optimum(flops).map { (flops, $0) } }
        return PlotlyFigure(
            data: lines.map(\.trace) + band(frontier) + [line(frontier), runs(data)]
                + (star.map { [marker($0.0, $0.1)] } ?? []),
            layout: layout(data, frontier, low...high),
            table: table(data, frontier),
            summary: "Final loss over training compute of \(data.runs.count) runs, from"
                + " \(FigureText.shortRate(data.flops.lowerBound)) to"
                + " \(FigureText.shortRate(data.flops.upperBound)) FLOPs, with the law"
                + " \(data.law.card.equation) at the best model size of each budget.",
            answer: "dots are runs · thick line: law at the best size · thin: one size each",
            input: input
        )
    }

    private struct Point {
        var flops: Double
        var size: Double
        var value: Double
        var low: Double
        var high: Double
    }

    private static func points(_ data: SizeAndTokens, _ range: ClosedRange<Double>) -> [Point] {
        logSpaced(range, count: 41).compactMap { flops in
            guard let best = data.optimum(flops),
                let loss = data.prediction(best.size, best.tokens)
            else { return nil }
            return Point(
                flops: flops,
                size: best.size,
                value: loss.value,
                low: loss.low,
                high: loss.high
            )
        }
    }

    private static func band(_ points: [Point]) -> [FigureValue] {
        [
            Trace.band(
                "law, 90 %",
                x: points.map(\.flops),
                low: points.map(\.low),
                high: points.map(\.high)
            )
        ]
    }

    private static func line(_ points: [Point]) -> FigureValue {
        Trace.lines("best size", x: points.map(\.flops), y: points.map(\.value), role: "frontier")
            .merging(
                Trace.hover(
                    points.map { "best N \(FigureText.count($0.size))" },
                    then: "C %{x:.3g} FLOPs, loss %{y:.4f}"
                )
            )
    }

    private static func runs(_ data: SizeAndTokens) -> FigureValue {
        Trace.markers(
            "runs",
            x: data.runs.map { data.flops($0) },
            y: data.runs.map(\.observed),
            role: "run"
        )
        .merging(Trace.hover(data.runs.map(\.label), then: "C %{x:.3g} FLOPs, loss %{y:.4f}"))
    }

    private static func sizeLines(_ data: SizeAndTokens) -> [(size: Double, trace: FigureValue)] {
        spread(data.runs.map(\.size), count: 5).map { size in
            let own = data.runs.filter { $0.size == size }.map(\.tokens)
            let range = SizeAndTokens.range(own) ?? 1...1
            let tokens = logSpaced((range.lowerBound / 2)...(range.upperBound * 2), count: 25)
            return (
                size,
                Trace.lines(
                    "N = \(FigureText.count(size))",
                    x: tokens.map { data.flops(size, $0) },
                    y: tokens.map { data.loss(size, $0) },
                    role: "faint"
                ).merging(["hovertemplate": "C %{x:.3g}, loss %{y:.4f}"])
            )
        }
    }

    private static func marker(
        _ flops: Double,
        _ best: (size: Double, tokens: Double, loss: Double)
    ) -> FigureValue {
        Trace.markers("your budget", x: [flops], y: [best.loss], role: "optimum").merging(
            Trace.hover(
                ["N \(FigureText.count(best.size)), D \(FigureText.count(best.tokens))"],
                then: "loss %{y:.4f}"
            )
        )
    }

    private static func layout(
        _ data: SizeAndTokens,
        _ frontier: [Point],
        _ range: ClosedRange<Double>
    ) -> [String: FigureValue] {
        let values = data.runs.map(\.observed) + frontier.map(\.value)
        let bounds = (values.min() ?? 1) / 1.02...(values.max() ?? 2) * 1.02
        return [
            "title": ["text": .text(title)],
            "xaxis": Trace.logAxis(
                data.computeName,
                over: range,
                write: FigureText.shortRate
            ),
            "yaxis": Trace.logAxis(
                "final loss (nats per token)",
                over: bounds,
                write: FigureText.loss
            ),
            "showlegend": false, "hovermode": "closest",
        ]
    }

    private static func table(_ data: SizeAndTokens, _ frontier: [Point]) -> FigureTable {
        FigureTable(
            columns: [
                "kind", "run", "flops", "parameters", "tokens", "loss_nats", "low_90", "high_90",
            ],
            rows: data.runs.map {
                [
                    "run", .text($0.runName), .number(data.flops($0)), .number($0.size),
                    .number($0.tokens), .number($0.observed), .null, .null,
                ]
            }
                + frontier.map {
                    [
                        "best size", "", .number($0.flops), .number($0.size),
                        .number(data.tokens($0.flops, $0.size)), .number($0.value), .number($0.low),
                        .number($0.high),
                    ]
                }
        )
    }
}
