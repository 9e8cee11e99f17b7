import Foundation
package import ScalingLaws

/// Loss of every base model over its fine-tuning data: what was seen, and what the curve through it
/// predicts beyond.
package enum BaseModels: Figure {
    package typealias Fit = ModelSelectionFit
    package static let kind = "model-selection"
    package static let title = "Base models: seen and predicted loss over data"
    package static let parameters = ["fineTuningTokens"]
    package static var laws: [String] { [ModelSelection.card.id] }
    private static let modelCount = 8
    /// Curves go on this far beyond the data where no amount is asked about.
    private static let reach = 16.0

    package static func make(
        _ input: FigureInput<ModelSelectionFit>
    ) throws(FigureError) -> PlotlyFigure {
        let seen = input.fit.models.flatMap(\.fineTuningTokens)
        guard let data = SizeAndTokens.range(seen) else {
            throw .nothingToShow("no base model of the fit has a run")
        }
        let asked = input.question[.fineTuningTokens].flatMap { (1...1e18).contains($0) ? $0 : nil }
        let end = asked ?? data.upperBound * reach
        let range = (data.lowerBound / 1.2)...max(end * 1.2, data.upperBound * 1.2)
        let ranked = input.fit.models.sorted { $0.curve.loss(end) < $1.curve.loss(end) }
        let models = Array(ranked.prefix(modelCount))
        let losses = models.flatMap { $0.lossNats + [$0.curve.loss(range.upperBound)] }
        guard let best = models.first,
            let up = SizeAndTokens.range(losses.filter { $0.isFinite && $0 > 0 })
        else { throw .nothingToShow("the curves give no usable loss") }
        let amount = "\(FigureText.count(end)) tokens"
        let hidden = ranked.count - models.count
        return PlotlyFigure(
            data: models.enumerated().flatMap { traces($1, $0, range) } + [star(best, end)],
            layout: [
                "title": ["text": .text(title)],
                "xaxis": Trace.logAxis(
                    "fine-tuning data (tokens)",
                    over: range,
                    write: FigureText.count
                ),
                "yaxis": Trace.logAxis(
                    "loss (nats per token)",
                    over: (up.lowerBound / 1.02)...(up.upperBound * 1.02),
                    write: FigureText.loss
                ),
                "hovermode": "closest",
            ].merging(Trace.legend) { $1 },
            table: table(ranked, end),
            summary:
                "Loss of \(ranked.count) base models over fine-tuning data, seen and predicted;"
                + " at \(amount) the least is that of \(FigureText.plain(best.name))"
                + " by the rectified law.",
            answer: "least at \(amount): \(FigureText.plain(best.name))" + rule(input.fit)
                + (hidden > 0 ? " · \(hidden) more are in the table" : ""),
            input: input
        )
    }

    /// Said where another rule ranks better than the curves that are drawn.
    private static func rule(_ fit: ModelSelectionFit) -> String {
        guard fit.recommended != "rectified" else { return "" }
        let title = fit.scores.first { $0.id == fit.recommended }?.title ?? fit.recommended
        return " · on sizes left out the \(title) ranks better"
    }

    private static func traces(
        _ model: ModelSelectionFit.Model,
        _ index: Int,
        _ range: ClosedRange<Double>
    ) -> [FigureValue] {
        let name = "\(FigureText.plain(model.name)), N \(FigureText.count(model.parameterCount))"
        let last = model.fineTuningTokens.last ?? range.lowerBound
        let fitted = logSpaced(range.lowerBound...max(last, range.lowerBound * 1.01), count: 31)
        let beyond = logSpaced(last...max(range.upperBound, last * 1.01), count: 31)
        return [
            Trace.lines(
                name,
                x: fitted,
                y: fitted.map(model.curve.loss),
                role: "fit",
                index: index
            ),
            Trace.lines(
                "predicted, \(name)",
                x: beyond,
                y: beyond.map(model.curve.loss),
                role: "expected",
                index: index
            ).merging(["showlegend": false]),
            Trace.markers(
                "seen, \(name)",
                x: model.fineTuningTokens,
                y: model.lossNats,
                role: "run",
                index: index
            ).merging(["showlegend": false]).merging(
                Trace.hover(
                    model.fineTuningTokens.map { _ in name },
                    then: "%{x:.3s} tokens, loss %{y:.4f}"
                )
            ),
        ]
    }

    private static func star(_ model: ModelSelectionFit.Model, _ tokens: Double) -> FigureValue {
        Trace.markers("least", x: [tokens], y: [model.curve.loss(tokens)], role: "vertex")
            .merging(Trace.hover([FigureText.plain(model.name)], then: "loss %{y:.4f}"))
    }

    private static func table(
        _ models: [ModelSelectionFit.Model],
        _ end: Double
    ) -> FigureTable {
        FigureTable(
            columns: [
                "kind", "model", "parameters", "fine_tuning_tokens", "loss_nats",
                "predicted_loss_nats",
            ],
            rows: models.flatMap { model -> [[FigureValue]] in
                let seen: [[FigureValue]] = zip(model.fineTuningTokens, model.lossNats).map {
                    [
                        "seen", .text(model.name), .number(model.parameterCount), .number($0),
                        .number($1), .number(model.curve.loss($0)),
                    ]
                }
                return seen + [
                    [
                        "predicted", .text(model.name), .number(model.parameterCount),
                        .number(end), .null, .number(model.curve.loss(end)),
                    ]
                ]
            }
        )
    }
}

extension ModelSelectionFit: FigureBody {
    package var provenance: FigureProvenance {
        FigureProvenance(
            law: law,
            runs: models.reduce(0) { $0 + $1.lossNats.count },
            dataHash: dataHash,
            lossName: lossName,
            parameterConvention: parameterConvention
        )
    }
}
