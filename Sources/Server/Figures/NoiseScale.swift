import Foundation
package import ScalingLaws

/// Every run's own estimates of tr(Sigma) over |G|^2; the noise scale of a model size is the slope
/// from the origin to their mean, with its interval as a wedge.
package enum NoiseScale: Figure {
    package typealias Fit = GradientNoiseScaleFit
    package static let kind = "noise-scale"
    package static let title = "Variance over squared gradient: the slope is the noise scale"
    package static var laws: [String] { [GradientNoiseScale.card.id] }
    private static let groupCount = 8

    package static func make(
        _ input: FigureInput<GradientNoiseScaleFit>
    ) throws(FigureError) -> PlotlyFigure {
        let groups = Array(input.fit.groups.prefix(groupCount))
        let ends = groups.flatMap { $0.points.map(\.gradientSquared) + [$0.gradientSquared.value] }
            .filter { $0.isFinite && $0 > 0 }
        guard let most = ends.max() else {
            throw .nothingToShow("no group of the fit has a usable gradient")
        }
        let answers = groups.map { group in
            let scale = group.noiseScaleTokens
            return name(group) + FigureText.count(scale.value) + " tokens, "
                + FigureText.interval(low: scale.low, high: scale.high, FigureText.count)
        }
        let hidden = input.fit.groups.count - groups.count
        return PlotlyFigure(
            data: groups.enumerated().flatMap { traces($1, $0, most) },
            layout: [
                "title": ["text": .text(title)],
                "xaxis": Trace.axis("squared gradient |G|² (1)").merging(["rangemode": "tozero"]),
                "yaxis": Trace.axis("variance of a token's gradient tr Σ (tokens)")
                    .merging(["rangemode": "tozero", "exponentformat": "power"]),
                "hovermode": "closest",
            ].merging(Trace.legend) { $1 },
            table: table(input.fit.groups),
            summary: "Gradient noise scale of \(groups.count) groups of runs: "
                + answers.joined(separator: "; ") + ".",
            answer: answers.joined(separator: " · ")
                + (hidden > 0 ? " · \(hidden) more groups are in the table" : ""),
            input: input
        )
    }

    private static func name(_ group: GradientNoiseScaleFit.Group) -> String {
        group.parameters.map { "N \(FigureText.count($0)): " } ?? ""
    }

    private static func traces(
        _ group: GradientNoiseScaleFit.Group,
        _ index: Int,
        _ most: Double
    ) -> [FigureValue] {
        let scale = group.noiseScaleTokens
        let title = name(group) + FigureText.count(scale.value) + " tokens"
        let x = [0, most * 1.05]
        var traces = [
            Trace.lines(title, x: x, y: x.map { $0 * scale.value }, role: "fit", index: index),
            Trace.markers(
                "runs of \(title)",
                x: group.points.map(\.gradientSquared),
                y: group.points.map(\.noiseTrace),
                role: "run",
                index: index
            ).merging(["showlegend": false]).merging(
                Trace.hover(
                    group.points.map { point in
                        FigureText.plain(point.runName) + "<br>batches of "
                            + FigureText.count(point.smallBatchTokens) + " and "
                            + FigureText.count(point.batchTokens) + " tokens"
                    },
                    then: "|G|² %{x:.3g}, tr Σ %{y:.3s}"
                )
            ),
        ]
        if scale.low.isFinite, scale.high.isFinite, scale.low < scale.high {
            let wedge = Trace.band(
                "90 %",
                x: x,
                low: x.map { $0 * scale.low },
                high: x.map { $0 * scale.high },
                index: index
            )
            traces.insert(wedge.merging(["showlegend": false]), at: 0)
        }
        return traces
    }

    private static func table(_ groups: [GradientNoiseScaleFit.Group]) -> FigureTable {
        FigureTable(
            columns: [
                "kind", "parameters", "gradient_squared", "noise_trace_tokens",
                "noise_scale_tokens", "low_90", "high_90", "run",
            ],
            rows: groups.flatMap { group -> [[FigureValue]] in
                let size = FigureValue.optional(group.parameters)
                let scale = group.noiseScaleTokens
                let mean: [FigureValue] = [
                    "group", size, .number(group.gradientSquared.value),
                    .number(group.noiseTrace.value), .number(scale.value), .number(scale.low),
                    .number(scale.high), "",
                ]
                return [mean]
                    + group.points.map { point in
                        [
                            "run", size, .number(point.gradientSquared),
                            .number(point.noiseTrace), .null, .null, .null,
                            .text(point.runName),
                        ]
                    }
            }
        )
    }
}

extension GradientNoiseScaleFit: FigureBody {
    package var provenance: FigureProvenance {
        FigureProvenance(
            law: law,
            runs: groups.reduce(0) { $0 + $1.points.count },
            dataHash: dataHash,
            parameterConvention: parameterConvention
        )
    }
}
