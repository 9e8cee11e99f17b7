import Foundation
package import ScalingLaws

/// Loss over learning rate and batch at one target: the fitted bowl as contours, the plateau, the
/// runs that support it, the recommended point with its intervals, and where published laws land.
package enum LearningRateBatchSurface: Figure {
    package static let kind = "lr-batch-surface"
    package static let title = "Iso-loss surface over learning rate and batch"

    package static func make(_ input: FigureInput<StepLawFit>) throws(FigureError) -> PlotlyFigure {
        let target = try input.resolvedTarget
        let (surface, answer) = try input.surfaceAndAnswer(target)
        let scale = ColorScale(surface)
        let data =
            [heat(surface, scale), plateau(surface), path(input, surface, answer)]
            + stabilityLimit(surface) + cloud(input, target, answer) + runs(surface, scale)
            + laws(answer, surface) + [optimum(answer)]
        let inside = answer.extrapolation.inside ? "inside" : "outside"
        let best =
            "LR \(FigureText.rate(answer.peakLearningRate.value))"
            + ", batch \(FigureText.count(answer.batchTokens.value)) tokens"
        return PlotlyFigure(
            data: data,
            layout: layout(surface),
            table: table(surface),
            summary: "Loss surface at N = \(FigureText.count(target.parameterCount)), D ="
                + " \(FigureText.count(target.tokenCount)): best \(best), \(inside) the data.",
            answer: caption(surface),
            input: input
        )
    }

    private static func caption(_ surface: LossSurface) -> String {
        let whose =
            surface.runsAreAtTarget
            ? "dots are runs of this cell"
            : "dots are runs of the nearest cell, N \(FigureText.count(surface.runsParameterCount))"
                + ", D \(FigureText.count(surface.runsTokenCount))"
        return "contours of fitted loss · \(whose), colour = measured · white outline = safe zone"
    }

    private static func heat(_ surface: LossSurface, _ scale: ColorScale) -> FigureValue {
        var trace: [String: FigureValue] = [
            "type": "contour", "name": "fitted loss",
            "x": .column(surface.learningRates), "y": .column(surface.batchTokens),
            "z": .grid(surface.excessPercent),
            "zmin": 0, "zmax": .number(scale.top), "zauto": false,
            "contours": [
                "coloring": "heatmap", "start": 0, "end": .number(scale.top),
                "size": .number(scale.step),
            ],
            "colorbar": [
                "title": ["text": "loss above<br>best (%)"], "dtick": .number(scale.step * 2),
                "tick0": 0,
            ],
            "hovertemplate": .text(
                "LR %{x:.3g}<br>batch %{y:.3s} tokens<br>loss +%{z:.3f} %<extra></extra>"
            ),
            "meta": ["role": "surface"],
        ]
        if let nats = surface.lossNats {
            trace["customdata"] = .grid(nats)
            trace["hovertemplate"] = .text(
                "LR %{x:.3g}<br>batch %{y:.3s} tokens<br>loss %{customdata:.4g}"
                    + " nats (+%{z:.3f} %)<extra></extra>"
            )
        }
        return .object(trace)
    }

    /// The page moves `contours.value` with its tolerance slider.
    private static func plateau(_ surface: LossSurface) -> FigureValue {
        [
            "type": "contour", "name": "safe zone", "showscale": false, "hoverinfo": "skip",
            "x": .column(surface.learningRates), "y": .column(surface.batchTokens),
            "z": .grid(surface.excessPercent),
            "contours": [
                "type": "constraint", "operation": "<", "coloring": "none",
                "value": .number(surface.plateauTolerance * 100),
            ],
            "meta": ["role": "plateau"],
        ]
    }

    /// The best learning rate for each batch: the conditional law.
    private static func path(
        _ input: FigureInput<StepLawFit>,
        _ surface: LossSurface,
        _ answer: Recommendation
    ) -> FigureValue {
        let rates = surface.batchTokens.map {
            input.fit.conditionalRate(answer.target, batchTokens: $0)
        }
        return Trace.lines(
            "best LR for a given batch",
            x: rates,
            y: surface.batchTokens,
            role: "path"
        ).merging(["hoverinfo": "name"])
    }

    private static func stabilityLimit(_ surface: LossSurface) -> [FigureValue] {
        guard let limit = surface.stabilityLimit else { return [] }
        let name = "half of the runs diverge"
        return [
            Trace.lines(name, x: limit, y: surface.batchTokens, role: "stability")
                .merging(["hoverinfo": "name"])
        ]
    }

    private static func runs(_ surface: LossSurface, _ scale: ColorScale) -> [FigureValue] {
        let finished = surface.runs.filter { !$0.isDiverged && $0.excessPercent != nil }
        let diverged = surface.runs.filter(\.isDiverged)
        var traces: [FigureValue] = []
        if !finished.isEmpty {
            traces.append(
                dots("runs", finished, role: "run").merging([
                    "marker": [
                        "color": .column(finished.map { $0.excessPercent ?? 0 }),
                        "cmin": 0, "cmax": .number(scale.top),
                    ]
                ])
            )
        }
        if !diverged.isEmpty { traces.append(dots("diverged", diverged, role: "diverged")) }
        return traces
    }

    private static func dots(
        _ name: String,
        _ runs: [StepLawFit.RunPoint],
        role: String
    ) -> FigureValue {
        Trace.markers(
            name,
            x: runs.map(\.peakLearningRate),
            y: runs.map(\.batchTokens),
            role: role
        ).merging([
            "text": .texts(runs.map(describe)), "cliponaxis": false,
            "hovertemplate": "%{text}<extra></extra>",
            "customdata": .texts(runs.map(\.runID)),
        ])
    }

    private static func describe(_ run: StepLawFit.RunPoint) -> String {
        let loss = run.lossNats.map(FigureText.loss) ?? "diverged"
        let excess = run.excessPercent.map { " (+\(FigureText.percent($0)) over best)" } ?? ""
        return FigureText.plain(run.runName)
            + "<br>LR \(FigureText.rate(run.peakLearningRate)), batch"
            + " \(FigureText.count(run.batchTokens))<br>loss \(loss)\(excess)"
    }

    private static func optimum(_ answer: Recommendation) -> FigureValue {
        let rate = answer.peakLearningRate
        let batch = answer.batchTokens
        let text =
            "recommended<br>LR \(FigureText.rate(rate.value)), "
            + FigureText.interval(low: rate.low, high: rate.high, FigureText.rate)
            + "<br>batch \(FigureText.count(batch.value)), "
            + FigureText.interval(low: batch.low, high: batch.high, FigureText.count)
        return Trace.markers("recommended", x: [rate.value], y: [batch.value], role: "optimum")
            .merging([
                "marker": ["symbol": "star", "size": 16],
                "error_x": errorBar(rate), "error_y": errorBar(batch),
                "text": .texts([text]), "hovertemplate": "%{text}<extra></extra>",
            ])
    }

    private static func errorBar(_ interval: Interval) -> FigureValue {
        [
            "type": "data", "symmetric": false,
            "array": [.number(interval.high - interval.value)],
            "arrayminus": [.number(interval.value - interval.low)],
        ]
    }

    private static func laws(_ answer: Recommendation, _ surface: LossSurface) -> [FigureValue] {
        var labels = LabelPlacer(x: surface.rateRange, y: surface.batchRange)
        labels.reserve(x: answer.peakLearningRate.value, y: answer.batchTokens.value)
        return answer.rivals.compactMap { rival -> FigureValue? in
            guard let rate = rival.peakLearningRate, let batch = rival.batchTokens,
                surface.contains(rate: rate, batch: batch)
            else { return nil }
            let cost = rival.expectedRegretPercent.map { "<br>loss +\(FigureText.percent($0))" }
            let text =
                "\(FigureText.plain(rival.title))<br>LR \(FigureText.rate(rate)), batch"
                + " \(FigureText.count(batch))\(cost ?? "")"
            return Trace.markers(rival.title, x: [rate], y: [batch], role: "law:\(rival.id)")
                .merging([
                    "mode": "markers+text", "text": .texts([FigureText.plain(rival.title)]),
                    "textposition": .text(
                        labels.place(rival.title, x: rate, y: batch)
                    ),
                    "marker": ["symbol": "diamond", "size": 10],
                    "hovertext": .texts([text]), "hoverinfo": "text",
                ])
        }
    }

    private static func layout(_ surface: LossSurface) -> [String: FigureValue] {
        [
            "title": ["text": .text(title)],
            "xaxis": Trace.logAxis(
                "peak learning rate (1)",
                over: surface.rateRange,
                write: FigureText.shortRate
            ),
            "yaxis": Trace.logAxis(
                "batch (tokens per step)",
                over: surface.batchRange,
                write: FigureText.count
            ),
            "showlegend": false, "hovermode": "closest",
            "margin": ["l": 58, "r": 8, "t": 8, "b": 40],
        ]
    }

    private static func table(_ surface: LossSurface) -> FigureTable {
        var table = FigureTable(columns: [
            "kind", "peak_learning_rate", "batch_tokens", "excess_percent", "loss_nats", "run",
        ])
        for (row, batch) in surface.batchTokens.enumerated() {
            for (column, rate) in surface.learningRates.enumerated() {
                table.rows.append([
                    "fitted", .number(rate), .number(batch),
                    .number(surface.excessPercent[row][column]),
                    .optional(surface.lossNats?[row][column]), "",
                ])
            }
        }
        for run in surface.runs {
            table.rows.append([
                "run", .number(run.peakLearningRate), .number(run.batchTokens),
                .optional(run.excessPercent), .optional(run.lossNats), .text(run.runName),
            ])
        }
        return table
    }
}

/// Colours end where most of the surface lies, so that the valley keeps its detail; contours stand
/// at round numbers.
private struct ColorScale {
    var top: Double
    var step: Double

    init(_ surface: LossSurface) {
        let sorted = surface.excessPercent.joined().filter(\.isFinite).sorted()
        let high = sorted.isEmpty ? 1 : sorted[sorted.count * 3 / 4]
        let wanted = min(max(high, 0.3), 8) / 12
        let power = pow(10, log10(wanted).rounded(.down))
        step = ([1, 2, 2.5, 5].map { $0 * power }.last { $0 <= wanted }) ?? power
        top = step * 14
    }
}
