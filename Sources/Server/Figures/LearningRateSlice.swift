import Foundation
package import ScalingLaws

/// Loss over learning rate at the recommended batch: how forgiving the rate is.
package enum LearningRateSlice: Figure {
    package static let kind = "lr-slice"
    package static let title = "Loss over learning rate at one batch"
    package static let parameters = ["parameters", "tokens", "batchTokens"]
    /// Runs whose batch is within this factor of the slice's are drawn on it.
    private static let nearby = 1.45

    package static func make(_ input: FigureInput<StepLawFit>) throws(FigureError) -> PlotlyFigure {
        let target = try input.resolvedTarget
        let (surface, answer) = try input.surfaceAndAnswer(target)
        let batch = answer.batchTokens.value
        let excess = surface.slice(atBatch: batch)
        let runs = surface.runs.filter {
            abs(log($0.batchTokens / batch)) < log(nearby) && $0.excessPercent != nil
        }
        let top = max((runs.compactMap(\.excessPercent).max() ?? 1) * 1.1, 0.6)
        let safe = answer.plateau.peakLearningRate
        let rate = answer.peakLearningRate
        return PlotlyFigure(
            data: [
                Trace.lines("fitted loss", x: surface.learningRates, y: excess, role: "fit")
            ] + dots(runs),
            layout: layout(surface, top: min(top, 6), safe: safe, rate: rate),
            table: table(surface, excess, runs),
            summary: "Loss above the best over learning rate at batch \(FigureText.count(batch))"
                + " tokens: best at \(FigureText.rate(rate.value)), within"
                + " \(FigureText.percent(answer.plateau.tolerance * 100)) from"
                + " \(FigureText.rate(safe.low)) to \(FigureText.rate(safe.high)).",
            answer: "at batch \(FigureText.count(batch)) · shaded: safe zone",
            input: input
        )
    }

    private static func dots(_ runs: [StepLawFit.RunPoint]) -> [FigureValue] {
        guard !runs.isEmpty else { return [] }
        return [
            Trace.markers(
                "runs near this batch",
                x: runs.map(\.peakLearningRate),
                y: runs.map { $0.excessPercent ?? .nan },
                role: "run",
                index: 1
            ).merging([
                "text": .texts(
                    runs.map {
                        FigureText.plain($0.runName) + "<br>batch "
                            + FigureText.count($0.batchTokens)
                    }
                ),
                "hovertemplate": "%{text}<br>LR %{x:.3g}, +%{y:.3f} %<extra></extra>",
            ])
        ]
    }

    private static func layout(
        _ surface: LossSurface,
        top: Double,
        safe: Bounds,
        rate: Interval
    ) -> [String: FigureValue] {
        let box: FigureValue = [
            "type": "rect", "name": "plateau", "layer": "below", "yref": "paper",
            "x0": .number(safe.low), "x1": .number(safe.high), "y0": 0, "y1": 1,
        ]
        let line: FigureValue = [
            "type": "line", "name": "optimum", "yref": "paper",
            "x0": .number(rate.value), "x1": .number(rate.value), "y0": 0, "y1": 1,
        ]
        return [
            "title": ["text": .text(title)],
            "xaxis": Trace.logAxis(
                "peak learning rate (1)",
                over: surface.rateRange,
                write: FigureText.shortRate
            ),
            "yaxis": Trace.axis("loss above best (%)")
                .merging(["range": [.number(-top * 0.05), .number(top)]]),
            "shapes": [box, line], "showlegend": false, "hovermode": "closest",
        ]
    }

    private static func table(
        _ surface: LossSurface,
        _ excess: [Double],
        _ runs: [StepLawFit.RunPoint]
    ) -> FigureTable {
        let fitted = zip(surface.learningRates, excess).map { rate, value in
            ["fitted", FigureValue.number(rate), .number(value), ""]
        }
        let measured = runs.map { run in
            [
                "run", FigureValue.number(run.peakLearningRate), .optional(run.excessPercent),
                .text(run.runName),
            ]
        }
        return FigureTable(
            columns: ["kind", "peak_learning_rate", "excess_percent", "run"],
            rows: fitted + measured
        )
    }
}
