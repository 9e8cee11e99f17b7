import Foundation
package import ScalingLaws

/// A run's loss so far, and where it will end.
package struct RunForecast: FigureBody {
    package var runName: String
    package var metric: String
    package var curve: LossCurve
    package var forecast: Forecast

    package init(runName: String, metric: String, curve: LossCurve, forecast: Forecast) {
        self.runName = runName
        self.metric = metric
        self.curve = curve
        self.forecast = forecast
    }

    package var provenance: FigureProvenance {
        FigureProvenance(law: "forecast", runs: forecast.peers, lossName: metric)
    }
}

/// The curve so far, the way to its end with a 90 % band, the loss to beat, and simpler rules.
package enum ForecastFan: Figure {
    package typealias Fit = RunForecast
    package static let kind = "forecast"
    package static let title = "Where a run will end"
    package static let parameters = ["run"]
    package static let laws: [String] = []
    package static let subject = FigureSubject.forecast

    package static func make(
        _ input: FigureInput<RunForecast>
    ) throws(FigureError) -> PlotlyFigure {
        let (curve, forecast) = (input.fit.curve, input.fit.forecast)
        var losses = shown(curve) + forecast.path.flatMap { [$0.low, $0.high] }
        if let best = forecast.baselineLossNats { losses.append(best) }
        guard let range = SizeAndTokens.range(losses.filter { $0 > 0 && $0.isFinite }) else {
            throw .nothingToShow("the run has no positive loss")
        }
        let final = forecast.finalLoss
        let words =
            "\(FigureText.loss(final.value)), "
            + FigureText.interval(low: final.low, high: final.high, FigureText.loss)
        return PlotlyFigure(
            data: fan(forecast) + [past(input.fit)] + [end(forecast)] + rivals(forecast),
            layout: [
                "title": ["text": .text(title)],
                "xaxis": Trace.axis("step (optimiser steps)").merging([
                    "range": [0, .number(forecast.horizonSteps * 1.03)]
                ]),
                "yaxis": Trace.logAxis(
                    "\(FigureText.plain(input.fit.metric)) (nats per token)",
                    over: (range.lowerBound / 1.01)...(range.upperBound * 1.01),
                    write: FigureText.loss
                ),
                "shapes": .list(bar(forecast)), "showlegend": false, "hovermode": "closest",
            ],
            table: table(input.fit),
            summary: "\(FigureText.plain(input.fit.runName)) is expected to end at \(words), after"
                + " \(FigureText.percent(forecast.observedShare * 100)) of its steps.",
            answer: "ends at \(words)"
                + (forecast.baselineLossNats.map {
                    " · dotted: \(FigureText.loss($0)), the best so far"
                } ?? ""),
            input: input
        )
    }

    /// The first steps fall so steeply that they would flatten all the rest.
    private static func shown(_ curve: LossCurve) -> [Double] {
        let last = curve.steps.last ?? 0
        return zip(curve.steps, curve.lossNats).filter { $0.0 >= last / 20 }.map(\.1)
    }

    private static func past(_ run: RunForecast) -> FigureValue {
        Trace.lines("so far", x: run.curve.steps, y: run.curve.lossNats, role: "fit", index: 0)
            .merging(["hovertemplate": "step %{x}: %{y:.4f}<extra></extra>"])
    }

    private static func fan(_ forecast: Forecast) -> [FigureValue] {
        let steps = forecast.path.map(\.step)
        return [
            Trace.band(
                "90 %",
                x: steps,
                low: forecast.path.map(\.low),
                high: forecast.path.map(\.high),
                index: 0
            ),
            Trace.lines(
                "expected",
                x: steps,
                y: forecast.path.map(\.value),
                role: "expected",
                index: 0
            )
            .merging(["hovertemplate": "step %{x}: %{y:.4f} expected<extra></extra>"]),
        ]
    }

    private static func end(_ forecast: Forecast) -> FigureValue {
        let final = forecast.finalLoss
        return Trace.markers("end", x: [forecast.horizonSteps], y: [final.value], role: "cell")
            .merging([
                "error_y": [
                    "type": "data", "symmetric": false,
                    "array": [.number(final.high - final.value)],
                    "arrayminus": [.number(final.value - final.low)],
                ],
                "hovertemplate": "ends at %{y:.4f}<extra></extra>",
            ])
    }

    private static func rivals(_ forecast: Forecast) -> [FigureValue] {
        let known = forecast.baselines.filter { $0.finalLossNats?.isFinite == true }
        guard !known.isEmpty else { return [] }
        return [
            Trace.markers(
                "simpler rules",
                x: known.map { _ in forecast.horizonSteps },
                y: known.map { $0.finalLossNats ?? .nan },
                role: "baseline"
            ).merging(Trace.hover(known.map { FigureText.plain($0.title) }, then: "%{y:.4f}"))
        ]
    }

    private static func bar(_ forecast: Forecast) -> [FigureValue] {
        guard let best = forecast.baselineLossNats, best.isFinite, best > 0 else { return [] }
        return [
            [
                "type": "line", "name": "optimum", "xref": "paper", "x0": 0, "x1": 1,
                "y0": .number(best), "y1": .number(best),
            ]
        ]
    }

    private static func table(_ run: RunForecast) -> FigureTable {
        var table = FigureTable(columns: ["kind", "step", "loss_nats", "low_90", "high_90"])
        for (step, loss) in zip(run.curve.steps, run.curve.lossNats) {
            table.rows.append(["logged", .number(step), .number(loss), .null, .null])
        }
        for point in run.forecast.path {
            table.rows.append([
                "expected", .number(point.step), .number(point.value), .number(point.low),
                .number(point.high),
            ])
        }
        return table
    }
}
