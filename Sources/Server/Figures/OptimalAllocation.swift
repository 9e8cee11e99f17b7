import Foundation
package import ScalingLaws

/// Model size and tokens that a compute budget is best spent on.
package enum OptimalAllocation: Figure {
    package typealias Fit = NonlinearFit
    package static let kind = "optimal-allocation"
    package static let title = "Best size and tokens over compute"
    package static let parameters = ["flops"]
    package static var laws: [String] { LawPredictor.lossLaws }
    private static let drawCount = 100
    private static let beyond = 100.0

    package static func make(
        _ input: FigureInput<NonlinearFit>
    ) throws(FigureError) -> PlotlyFigure {
        let data = try SizeAndTokens(input.fit)
        let asked = input.question[.flops]
        let low = min(data.flops.lowerBound, asked ?? .infinity) / 1.5
        let high = max(data.flops.upperBound * beyond, (asked ?? 0) * 1.5)
        guard high.isFinite, high / low < 1e60 else {
            throw .nothingToShow("the budgets span more than sixty decades")
        }
        let points = logSpaced(low...high, count: 13).compactMap { point(data, $0) }
        guard let first = points.first, let last = points.last, last.flops > first.flops,
            let values = SizeAndTokens.range(points.flatMap { [$0.low, $0.high] + $0.tokenRange })
        else { throw .nothingToShow("the law has no best model size at any of these budgets") }
        let slope = log(last.size / first.size) / log(last.flops / first.flops)
        return PlotlyFigure(
            data: traces(points) + [twenty(points), runs(data)]
                + (asked.flatMap { point(data, $0) }.map(marks) ?? []),
            layout: [
                "title": ["text": .text(title)],
                "xaxis": Trace.logAxis(
                    data.computeName,
                    over: low...high,
                    write: FigureText.shortRate
                ),
                "yaxis": Trace.logAxis(
                    "best N (parameters) and D (tokens)",
                    over: (min(values.lowerBound, data.sizes.lowerBound) / 1.5)...(values
                        .upperBound * 1.5),
                    write: FigureText.count
                ),
                "hovermode": "closest",
            ].merging(Trace.legend) { $1 },
            table: table(points),
            summary: "Best model size and tokens over training compute: N grows as"
                + " C^\(FigureText.loss(slope)), tokens as C^\(FigureText.loss(1 - slope)).",
            answer: "N ∝ C^\(FigureText.loss(slope)) · dots: sizes of the runs",
            input: input
        )
    }

    private struct Point {
        var flops: Double
        var size: Double
        var low: Double
        var high: Double
        /// N·D of the budget.
        var product: Double
        var tokens: Double { product / size }
        var tokenRange: [Double] { [product / high, product / low] }
    }

    private static func point(_ data: SizeAndTokens, _ flops: Double) -> Point? {
        guard let best = data.optimum(flops) else { return nil }
        let (low, high) = data.sizeInterval(flops, best: best.size, draws: drawCount)
        return Point(
            flops: flops,
            size: best.size,
            low: low,
            high: high,
            product: flops / data.flopsPerProduct
        )
    }

    private static func traces(_ points: [Point]) -> [FigureValue] {
        let flops = points.map(\.flops)
        return [
            Trace.band(
                "N, 90 %",
                x: flops,
                low: points.map(\.low),
                high: points.map(\.high),
                index: 0
            ),
            Trace.band(
                "D, 90 %",
                x: flops,
                low: points.map { $0.tokenRange[0] },
                high: points.map { $0.tokenRange[1] },
                index: 1
            ),
            Trace.lines("best N", x: flops, y: points.map(\.size), role: "fit", index: 0),
            Trace.lines("best D", x: flops, y: points.map(\.tokens), role: "fit", index: 1),
        ].enumerated().map { $0 < 2 ? $1.merging(["showlegend": false]) : $1 }
    }

    /// The common rule of 20 tokens a parameter.
    private static func twenty(_ points: [Point]) -> FigureValue {
        Trace.lines(
            "N at 20 tokens a parameter",
            x: points.map(\.flops),
            y: points.map { ($0.product / 20).squareRoot() },
            role: "baseline"
        )
    }

    private static func runs(_ data: SizeAndTokens) -> FigureValue {
        Trace.markers(
            "runs",
            x: data.runs.map { data.flops($0) },
            y: data.runs.map(\.size),
            role: "faint-run"
        ).merging(Trace.hover(data.runs.map(\.label), then: "C %{x:.3g} FLOPs"))
    }

    private static func marks(_ point: Point) -> [FigureValue] {
        [
            Trace.markers(
                "your budget",
                x: [point.flops, point.flops],
                y: [point.size, point.tokens],
                role: "optimum"
            ).merging(["hovertemplate": "%{y:.3s}<extra></extra>"])
        ]
    }

    private static func table(_ points: [Point]) -> FigureTable {
        FigureTable(
            columns: [
                "flops", "parameters", "parameters_low_90", "parameters_high_90", "tokens",
                "tokens_low_90", "tokens_high_90",
            ],
            rows: points.map {
                [
                    .number($0.flops), .number($0.size), .number($0.low), .number($0.high),
                    .number($0.tokens), .number($0.tokenRange[0]), .number($0.tokenRange[1]),
                ]
            }
        )
    }
}
