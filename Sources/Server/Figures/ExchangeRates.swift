import Foundation
import Runs
package import ScalingLaws

/// All model sizes and tokens that the law gives one loss: what a larger model saves in tokens and
/// costs in compute.
package enum ExchangeRates: Figure {
    package typealias Fit = NonlinearFit
    package static let kind = "exchange-rates"
    package static let title = "Model sizes and tokens of one loss"
    package static let parameters = ["parameters", "tokens"]
    package static var laws: [String] { LawPredictor.lossLaws }

    private static let drawCount = 60

    private struct Point {
        var size: Double
        var tokens: Double
        var low: Double
        var high: Double
    }

    package static func make(_ input: FigureInput<NonlinearFit>) throws(FigureError) -> PlotlyFigure
    {
        let data = try SizeAndTokens(input.fit)
        guard let largest = data.runs.max(by: { data.flops($0) < data.flops($1) }) else {
            throw .nothingToShow("no run of the fit has a model size and tokens")
        }
        let size = input.question[.parameters] ?? largest.size
        let tokens = input.question[.tokens] ?? largest.tokens
        let points = logSpaced((size / 8)...(size * 8), count: 33).compactMap {
            point(data, $0, asLossOf: (size, tokens))
        }
        guard points.count > 1,
            let range = SizeAndTokens.range(points.flatMap { [$0.low, $0.high] }),
            let cheapest = points.min(by: { $0.size * $0.tokens < $1.size * $1.tokens })
        else { throw .nothingToShow("no other model size reaches the loss of the one asked about") }
        let flops = data.flops(size, tokens)
        let saved = 100 * (1 - data.flops(cheapest.size, cheapest.tokens) / flops)
        return PlotlyFigure(
            data: traces(points, data, (size, tokens)) + [star(cheapest, data)],
            layout: [
                "title": ["text": .text(title)],
                "xaxis": Trace.logAxis(
                    "model size (parameters)",
                    over: (points[0].size / 1.1)...((points.last?.size ?? size) * 1.1),
                    write: FigureText.count
                ),
                "yaxis": Trace.logAxis(
                    "training data (tokens)",
                    over: (range.lowerBound / 1.3)...(range.upperBound * 1.3),
                    write: FigureText.count
                ),
                "hovermode": "closest",
            ].merging(Trace.legend) { $1 },
            table: table(points, data),
            summary: "Sizes and tokens with the loss of \(FigureText.count(size)) parameters and"
                + " \(FigureText.count(tokens)) tokens, \(FigureText.loss(data.loss(size, tokens)))"
                + " nats: \(words(points, size, tokens)).",
            answer: "least training compute at N \(FigureText.count(cheapest.size)), D"
                + " \(FigureText.count(cheapest.tokens)): \(FigureText.percent(max(0, saved))) less"
                + " than the point asked about",
            input: input
        )
    }

    /// What half and twice the size cost in tokens.
    private static func words(_ points: [Point], _ size: Double, _ tokens: Double) -> String {
        let told = [(0.5, "half"), (2.0, "twice")].compactMap { factor, name -> String? in
            let near = points.min {
                abs(log($0.size / size / factor)) < abs(log($1.size / size / factor))
            }
            guard let near, abs(log(near.size / size / factor)) < 0.01 else { return nil }
            return
                "\(name) the size takes \(FigureText.loss(near.tokens / tokens)) times the tokens"
        }
        return told.isEmpty ? "no neighbouring size reaches it" : told.joined(separator: ", ")
    }

    private static func point(
        _ data: SizeAndTokens,
        _ size: Double,
        asLossOf base: (size: Double, tokens: Double)
    ) -> Point? {
        let tokens = data.law.tokens(at: size, asLossOf: base, draws: drawCount)
        guard let own = tokens.first, let own else { return nil }
        let drawn = tokens.dropFirst().compactMap { $0 }.sorted()
        guard drawn.count >= 20 else { return Point(size: size, tokens: own, low: own, high: own) }
        return Point(
            size: size,
            tokens: own,
            low: min(own, drawn[drawn.count / 20]),
            high: max(own, drawn[drawn.count - 1 - drawn.count / 20])
        )
    }

    private static func traces(
        _ points: [Point],
        _ data: SizeAndTokens,
        _ base: (size: Double, tokens: Double)
    ) -> [FigureValue] {
        let sizes = points.map(\.size)
        let flops = points.map { data.flops($0.size, $0.tokens) }
        let times = flops.map { $0 / data.flops(base.size, base.tokens) }
        return [
            Trace.band("90 %", x: sizes, low: points.map(\.low), high: points.map(\.high), index: 0)
                .merging(["showlegend": false]),
            Trace.lines("same loss", x: sizes, y: points.map(\.tokens), role: "fit", index: 0)
                .merging(
                    Trace.hover(
                        times.map { "\(FigureText.loss($0)) times the training compute" },
                        then: "N %{x:.3s}, D %{y:.3s} tokens"
                    )
                ),
            Trace.markers(
                "runs",
                x: data.runs.map(\.size),
                y: data.runs.map(\.tokens),
                role: "faint-run"
            )
            .merging(Trace.hover(data.runs.map(\.label), then: "loss of its own")),
            Trace.markers("asked about", x: [base.size], y: [base.tokens], role: "vertex"),
        ]
    }

    private static func star(_ cheapest: Point, _ data: SizeAndTokens) -> FigureValue {
        Trace.markers(
            "least training compute",
            x: [cheapest.size],
            y: [cheapest.tokens],
            role: "optimum"
        ).merging(["hovertemplate": "N %{x:.3s}, D %{y:.3s} tokens<extra></extra>"])
    }

    private static func table(_ points: [Point], _ data: SizeAndTokens) -> FigureTable {
        FigureTable(
            columns: ["parameters", "tokens", "tokens_low_90", "tokens_high_90", "flops"],
            rows: points.map {
                [
                    .number($0.size), .number($0.tokens), .number($0.low), .number($0.high),
                    .number(data.flops($0.size, $0.tokens)),
                ]
            }
        )
    }
}
