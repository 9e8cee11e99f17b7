import Foundation
package import ScalingLaws

/// Where on learning rate × batch one more run would teach most about the answer at a target.
package enum NextBestRun: Figure {
    package typealias Fit = StepLawFit
    package static let kind = "next-best-run"
    package static let title = "What one more run would teach"
    package static let parameters = ["parameters", "tokens", "flops"]

    package static func make(_ input: FigureInput<StepLawFit>) throws(FigureError) -> PlotlyFigure {
        let target = try input.resolvedTarget
        let map = try gains(input.fit, target, budget: input.question[.flops])
        let cell =
            "N \(FigureText.count(map.parameterCount)), D \(FigureText.count(map.tokenCount))"
        let after = map.best.last?.afterPercent ?? map.expectedRegretPercent
        let now = FigureText.percent(map.expectedRegretPercent)
        return PlotlyFigure(
            data: [heat(map)] + runs(input.fit, map) + [best(map)],
            layout: [
                "title": ["text": .text(title)],
                "xaxis": Trace.logAxis(
                    "peak learning rate (1)",
                    over: range(map.learningRates),
                    write: FigureText.shortRate
                ),
                "yaxis": Trace.logAxis(
                    "batch (tokens per step)",
                    over: range(map.batchTokens),
                    write: FigureText.count
                ),
                "showlegend": false, "hovermode": "closest",
                "margin": ["l": 58, "r": 8, "t": 8, "b": 40],
            ],
            table: table(map),
            summary: "What one more run at \(cell) would teach about the best learning rate and"
                + " batch of N = \(FigureText.count(target.parameterCount)), D ="
                + " \(FigureText.count(target.tokenCount)): today's answer is expected to cost"
                + " \(now) of loss, after the \(map.best.count) numbered runs"
                + " \(FigureText.percent(after)).",
            answer: "expected cost of today's answer \(now) of loss,"
                + " \(FigureText.percent(after)) after \(map.best.count) runs at \(cell)",
            input: input
        )
    }

    private static func gains(
        _ fit: StepLawFit,
        _ target: Target,
        budget: Double?
    ) throws(FigureError) -> RunGainMap {
        do {
            return try RunGainMap(fit, target: target, budgetFLOPs: budget)
        } catch {
            throw .target(error)
        }
    }

    private static func range(_ values: [Double]) -> ClosedRange<Double> {
        (values.min() ?? 1)...(values.max() ?? 1)
    }

    private static func heat(_ map: RunGainMap) -> FigureValue {
        [
            "type": "contour", "name": "gain",
            "x": .column(map.learningRates), "y": .column(map.batchTokens),
            "z": .grid(map.gainPercent),
            "contours": ["coloring": "heatmap"],
            "colorbar": ["title": ["text": "expected cost<br>taken away (%)"]],
            "hovertemplate": .text(
                "LR %{x:.3g}<br>batch %{y:.3s} tokens<br>takes away %{z:.2f} % of the expected"
                    + " cost<extra></extra>"
            ),
            "meta": ["role": "surface"],
        ]
    }

    /// Runs of that size and token count, if there are any.
    private static func runs(_ fit: StepLawFit, _ map: RunGainMap) -> [FigureValue] {
        let cell = fit.cells.firstIndex {
            abs(log($0.parameterCount / map.parameterCount)) < 0.02
                && abs(log($0.tokenCount / map.tokenCount)) < 0.02
        }
        let runs = fit.runs.filter { $0.cell == cell && !$0.isDiverged }
        guard !runs.isEmpty else { return [] }
        return [
            Trace.markers(
                "runs made",
                x: runs.map(\.peakLearningRate),
                y: runs.map(\.batchTokens),
                role: "faint-run"
            ).merging(
                Trace.hover(
                    runs.map { FigureText.plain($0.runName) },
                    then: "LR %{x:.3g}, batch %{y:.3s}"
                )
            )
        ]
    }

    private static func best(_ map: RunGainMap) -> FigureValue {
        Trace.markers(
            "next runs",
            x: map.best.map(\.peakLearningRate),
            y: map.best.map(\.batchTokens),
            role: "optimum"
        ).merging([
            "mode": "markers+text",
            "text": .texts(map.best.indices.map { "\($0 + 1)" }),
            "textposition": "top center",
            "marker": ["symbol": "star", "size": 12],
            "hovertext": .texts(
                map.best.enumerated().map { index, run in
                    "run \(index + 1)<br>LR \(FigureText.rate(run.peakLearningRate)), batch"
                        + " \(FigureText.count(run.batchTokens))<br>expected cost after it"
                        + " \(FigureText.percent(run.afterPercent))"
                }
            ),
            "hoverinfo": "text",
        ])
    }

    private static func table(_ map: RunGainMap) -> FigureTable {
        var table = FigureTable(columns: [
            "kind", "parameters", "tokens", "peak_learning_rate", "batch_tokens",
            "taken_away_percent", "expected_cost_after_percent",
        ])
        let cell: [FigureValue] = [.number(map.parameterCount), .number(map.tokenCount)]
        for (index, run) in map.best.enumerated() {
            table.rows.append(
                [.text("next \(index + 1)")] + cell + [
                    .number(run.peakLearningRate), .number(run.batchTokens), "",
                    .number(run.afterPercent),
                ]
            )
        }
        for (row, batch) in map.batchTokens.enumerated() {
            for (column, rate) in map.learningRates.enumerated() {
                table.rows.append(
                    ["grid"] + cell + [
                        .number(rate), .number(batch), .number(map.gainPercent[row][column]), "",
                    ]
                )
            }
        }
        return table
    }
}
