import Foundation
package import ScalingLaws

/// Loss over model size and tokens: contours of the law, the runs, and the best size along rising
/// compute.
package enum LossContour: Figure {
    package typealias Fit = NonlinearFit
    package static let kind = "loss-contour"
    package static let title = "Loss over model size and tokens"
    package static let parameters = ["flops"]
    package static var laws: [String] { LawPredictor.lossLaws }

    private static let gridCount = 41
    /// How far beyond the runs the law is drawn.
    private static let beyond = 4.0

    package static func make(_ input: FigureInput<NonlinearFit>) throws(FigureError) -> PlotlyFigure
    {
        let data = try SizeAndTokens(input.fit)
        let asked = input.question[.flops].flatMap { data.optimum($0) }
        guard let tokens = SizeAndTokens.range(data.runs.map(\.tokens)) else {
            throw .nothingToShow("no run of the fit has a model size and tokens")
        }
        let sizes = widened(data.sizes, asked?.size)
        let lengths = widened(tokens, asked?.tokens)
        guard sizes.upperBound / sizes.lowerBound < 1e40,
            lengths.upperBound / lengths.lowerBound < 1e40
        else { throw .nothingToShow("the runs span more than forty decades") }
        let grid = Grid(
            data,
            logSpaced(sizes, count: gridCount),
            logSpaced(lengths, count: gridCount)
        )
        guard grid.losses.joined().contains(where: \.isFinite) else {
            throw .nothingToShow("the law has no finite loss at these sizes and tokens")
        }
        return PlotlyFigure(
            data: [heat(grid), frontier(data, grid), runs(data, grid)]
                + (asked.map { [star($0)] } ?? []),
            layout: [
                "title": ["text": .text(title)],
                "xaxis": Trace.logAxis(
                    "model size N (parameters)",
                    over: sizes,
                    write: FigureText.count
                ),
                "yaxis": Trace.logAxis(
                    "training tokens D (tokens)",
                    over: lengths,
                    write: FigureText.count
                ),
                "showlegend": false, "hovermode": "closest",
            ],
            table: table(grid),
            summary:
                "Loss of \(data.law.card.equation) over \(FigureText.count(sizes.lowerBound)) to"
                + " \(FigureText.count(sizes.upperBound)) parameters and"
                + " \(FigureText.count(lengths.lowerBound)) to"
                + " \(FigureText.count(lengths.upperBound)) tokens, with \(data.runs.count) runs and"
                + " the best size along rising compute.",
            answer: "contours of the law · dots are runs, colour = measured · dashed: best size",
            input: input
        )
    }

    private struct Grid {
        let sizes: [Double]
        let tokens: [Double]
        /// By tokens, then by size; NaN where the law has none.
        let losses: [[Double]]
        /// Colours end where most of the grid and of the runs lies.
        let scale: ClosedRange<Double>

        init(_ data: SizeAndTokens, _ sizes: [Double], _ tokens: [Double]) {
            self.sizes = sizes
            self.tokens = tokens
            losses = tokens.map { tokens in sizes.map { data.loss($0, tokens) } }
            let sorted = (losses.joined() + data.runs.map(\.observed)).filter(\.isFinite).sorted()
            let low = sorted.first ?? 0
            let high = sorted.isEmpty ? 1 : sorted[sorted.count * 9 / 10]
            scale = low...max(high, low.nextUp)
        }
    }

    private static func widened(
        _ range: ClosedRange<Double>,
        _ asked: Double?
    ) -> ClosedRange<Double> {
        let low = min(range.lowerBound, asked ?? .infinity) / 2
        return low...max(range.upperBound * beyond, (asked ?? 0) * 1.5)
    }

    private static func heat(_ grid: Grid) -> FigureValue {
        [
            "type": "contour", "name": "fitted loss",
            "x": .column(grid.sizes), "y": .column(grid.tokens), "z": .grid(grid.losses),
            "zauto": false, "zmin": .number(grid.scale.lowerBound),
            "zmax": .number(grid.scale.upperBound), "ncontours": 16,
            "contours": ["coloring": "heatmap"],
            "colorbar": ["title": ["text": "loss<br>(nats per token)"]],
            "hovertemplate": .text("N %{x:.3s}, D %{y:.3s}<br>loss %{z:.4f}<extra></extra>"),
            "meta": ["role": "surface"],
        ]
    }

    /// The best size of every budget whose best lies in the picture.
    private static func frontier(_ data: SizeAndTokens, _ grid: Grid) -> FigureValue {
        let first = data.flops(grid.sizes[0], grid.tokens[0])
        let last = data.flops(grid.sizes[grid.sizes.count - 1], grid.tokens[grid.tokens.count - 1])
        let best = logSpaced(first...last, count: 41).compactMap { data.optimum($0) }.filter {
            (grid.sizes[0]...grid.sizes[grid.sizes.count - 1]).contains($0.size)
                && (grid.tokens[0]...grid.tokens[grid.tokens.count - 1]).contains($0.tokens)
        }
        return Trace.lines("best size", x: best.map(\.size), y: best.map(\.tokens), role: "path")
            .merging(["hoverinfo": "name"])
    }

    private static func runs(_ data: SizeAndTokens, _ grid: Grid) -> FigureValue {
        Trace.markers("runs", x: data.runs.map(\.size), y: data.runs.map(\.tokens), role: "run")
            .merging([
                "marker": [
                    "color": .column(data.runs.map(\.observed)),
                    "cmin": .number(grid.scale.lowerBound),
                    "cmax": .number(grid.scale.upperBound),
                ]
            ])
            .merging(
                Trace.hover(
                    data.runs.map {
                        "\($0.label)<br>measured \(FigureText.loss($0.observed))"
                    },
                    then: "N %{x:.3s}, D %{y:.3s}"
                )
            )
    }

    private static func star(
        _ best: (size: Double, tokens: Double, loss: Double)
    ) -> FigureValue {
        Trace.markers("your budget", x: [best.size], y: [best.tokens], role: "optimum").merging(
            Trace.hover(
                ["N \(FigureText.count(best.size)), D \(FigureText.count(best.tokens))"],
                then: "loss \(FigureText.loss(best.loss))"
            )
        )
    }

    private static func table(_ grid: Grid) -> FigureTable {
        var table = FigureTable(columns: ["parameters", "tokens", "loss_nats"])
        for (row, tokens) in grid.tokens.enumerated() {
            for (column, size) in grid.sizes.enumerated() {
                let loss = grid.losses[row][column]
                table.rows.append([
                    .number(size), .number(tokens), loss.isFinite ? .number(loss) : .null,
                ])
            }
        }
        return table
    }
}
