import Foundation
package import ScalingLaws

/// Steps to a target loss over batch: the runs and the hyperbola of every group.
package enum StepsToTarget: Figure {
    package typealias Fit = CriticalBatchFit
    package static let kind = "steps-to-target"
    package static let title = "Steps to a loss over batch"
    package static var laws: [String] { [CriticalBatch.card.id] }
    private static let groupCount = 8

    package static func make(
        _ input: FigureInput<CriticalBatchFit>
    ) throws(FigureError) -> PlotlyFigure {
        let groups = input.fit.spreadGroups(count: groupCount)
        let batches = groups.flatMap { $0.points.map(\.batchTokens) + $0.curve.map(\.batchTokens) }
        let steps = groups.flatMap { $0.points.map(\.steps) + $0.curve.map(\.steps) }
        guard let across = SizeAndTokens.range(batches), let up = SizeAndTokens.range(steps) else {
            throw .nothingToShow("no group of the fit has a run")
        }
        let hidden = input.fit.groups.count - groups.count
        return PlotlyFigure(
            data: groups.enumerated().flatMap { traces($1, $0) } + [knees(groups)],
            layout: [
                "title": ["text": .text(title)],
                "xaxis": Trace.logAxis(
                    "batch (tokens per step)",
                    over: (across.lowerBound / 1.2)...(across.upperBound * 1.2),
                    write: FigureText.count
                ),
                "yaxis": Trace.logAxis(
                    "steps to the target (steps)",
                    over: (up.lowerBound / 1.3)...(up.upperBound * 1.3),
                    write: FigureText.count
                ),
                "hovermode": "closest",
            ].merging(Trace.legend) { $1 },
            table: table(input.fit.groups),
            summary: "Steps to a target loss over batch in \(groups.count) groups, with the fitted"
                + " hyperbola and the critical batch of each.",
            answer: "stars: critical batch E_min/S_min"
                + (hidden > 0 ? " · \(hidden) more groups are in the table" : ""),
            input: input
        )
    }

    private static func traces(_ group: CriticalBatchFit.Group, _ index: Int) -> [FigureValue] {
        let name = group.label
        return [
            Trace.lines(
                name,
                x: group.curve.map(\.batchTokens),
                y: group.curve.map(\.steps),
                role: "fit",
                index: index
            ).merging(
                ["hovertemplate": .text("\(name)<br>batch %{x:.3s}, %{y:.3s} steps<extra></extra>")]
            ),
            Trace.markers(
                "runs of \(name)",
                x: group.points.map(\.batchTokens),
                y: group.points.map(\.steps),
                role: "run",
                index: index
            ).merging(["showlegend": false]).merging(
                Trace.hover(
                    group.points.map {
                        FigureText.plain($0.runName) + "<br>\(FigureText.count($0.tokens)) tokens"
                    },
                    then: "batch %{x:.3s}, %{y:.3s} steps"
                )
            ),
        ]
    }

    private static func knees(_ groups: [CriticalBatchFit.Group]) -> FigureValue {
        Trace.markers(
            "critical batch",
            x: groups.map(\.criticalBatchTokens.value),
            y: groups.map { $0.hyperbola.steps(batchTokens: $0.criticalBatchTokens.value) },
            role: "vertex"
        ).merging(
            Trace.hover(
                groups.map { group in
                    let batch = group.criticalBatchTokens
                    return "\(group.label)<br>critical batch \(FigureText.count(batch.value)), "
                        + FigureText.interval(low: batch.low, high: batch.high, FigureText.count)
                },
                then: "%{y:.3s} steps"
            )
        )
    }

    private static func table(_ groups: [CriticalBatchFit.Group]) -> FigureTable {
        FigureTable(
            columns: [
                "kind", "parameters", "target_loss", "batch_tokens", "steps", "tokens", "run",
            ],
            rows: groups.flatMap { group in
                group.points.map(row(group)) + group.curve.map(line(group))
            }
        )
    }

    private static func row(
        _ group: CriticalBatchFit.Group
    ) -> (CriticalBatchFit.Point) -> [FigureValue] {
        { point in
            [
                "run", .optional(group.parameters), .number(group.targetLoss),
                .number(point.batchTokens), .number(point.steps), .number(point.tokens),
                .text(point.runName),
            ]
        }
    }

    private static func line(
        _ group: CriticalBatchFit.Group
    ) -> (CriticalBatchFit.CurvePoint) -> [FigureValue] {
        { point in
            [
                "fitted", .optional(group.parameters), .number(group.targetLoss),
                .number(point.batchTokens), .number(point.steps), .number(point.tokens), "",
            ]
        }
    }
}
