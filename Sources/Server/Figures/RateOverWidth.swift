import Foundation
package import ScalingLaws

/// The best learning rate of every width with its interval and the fitted power of the width,
/// beside the slope of the standard parameterisation and that of a rate which transfers.
package enum RateOverWidth: Figure {
    package typealias Fit = TransferCheckFit
    package static let kind = "rate-over-width"
    package static let title = "Best learning rate over width"
    package static var laws: [String] { [TransferCheck.card.id] }

    package static func make(
        _ input: FigureInput<TransferCheckFit>
    ) throws(FigureError) -> PlotlyFigure {
        let known = input.fit.widths.filter { $0.optimum != nil }
        let rates = known.compactMap(\.optimum)
        guard let widths = SizeAndTokens.range(known.map(\.modelWidth)),
            let seen = SizeAndTokens.range(rates.flatMap { [$0.low, $0.high] })
        else { throw .nothingToShow("no width of the fit has a best learning rate") }
        let center = center(known, rates)
        let ends = [widths.lowerBound / 1.15, widths.upperBound * 1.15]
        func line(_ slope: Double) -> [Double] {
            ends.map { exp(center.y + slope * (log($0) - center.x)) }
        }
        let slope = input.fit.slope
        let lines = [line(slope.value), line(0), line(-1)]
        let range = SizeAndTokens.range(lines.flatMap { $0 } + [seen.lowerBound, seen.upperBound])
        let drift = FigureText.loss(input.fit.driftOctaves.value)
        let answer =
            "\(verdict(input.fit.verdict)): LR* ∝ width^\(FigureText.loss(slope.value)), "
            + FigureText.interval(low: slope.low, high: slope.high, FigureText.loss)
        return PlotlyFigure(
            data: [
                Trace.lines("fitted", x: ends, y: lines[0], role: "fit", index: 0),
                baseline("transfers: slope 0", ends, lines[1], 0),
                baseline("standard parameterisation: slope −1", ends, lines[2], 1),
                dots(known, rates),
            ],
            layout: [
                "title": ["text": .text(title)],
                "xaxis": Trace.logAxis(
                    "model width (features)",
                    over: (ends[0] / 1.05)...(ends[1] * 1.05),
                    write: FigureText.count
                ),
                "yaxis": Trace.logAxis(
                    "best peak learning rate (1)",
                    over: ((range ?? seen).lowerBound / 1.2)...((range ?? seen).upperBound * 1.2),
                    write: FigureText.shortRate
                ),
                "hovermode": "closest",
            ].merging(Trace.legend) { $1 },
            table: table(input.fit.widths),
            summary: "Best learning rate at \(known.count) widths; it moves by \(drift) octaves"
                + " from the narrowest to the widest. \(answer).",
            answer: answer,
            input: input
        )
    }

    private static func center(
        _ widths: [TransferCheckFit.Width],
        _ rates: [Interval]
    ) -> (x: Double, y: Double) {
        let count = Double(widths.count)
        return (
            widths.reduce(0) { $0 + log($1.modelWidth) } / count,
            rates.reduce(0) { $0 + log($1.value) } / count
        )
    }

    private static func verdict(_ verdict: TransferCheckFit.Verdict) -> String {
        switch verdict {
        case .transfers: "the rate transfers"
        case .drifts: "the rate drifts"
        case .undecided: "undecided"
        }
    }

    private static func baseline(
        _ name: String,
        _ x: [Double],
        _ y: [Double],
        _ index: Int
    ) -> FigureValue {
        Trace.lines(name, x: x, y: y, role: "baseline", index: index)
            .merging(["hoverinfo": "skip"])
    }

    private static func dots(
        _ widths: [TransferCheckFit.Width],
        _ rates: [Interval]
    ) -> FigureValue {
        Trace.markers(
            "widths",
            x: widths.map(\.modelWidth),
            y: rates.map(\.value),
            role: "cell",
            index: 0
        ).merging([
            "showlegend": false,
            "error_y": [
                "type": "data", "symmetric": false,
                "array": .column(rates.map { $0.high - $0.value }),
                "arrayminus": .column(rates.map { $0.value - $0.low }),
            ],
        ]).merging(
            Trace.hover(
                widths.map { width in
                    "width \(FigureText.count(width.modelWidth)), \(width.runs) runs"
                        + (width.diverged > 0 ? ", \(width.diverged) diverged" : "")
                },
                then: "best rate %{y:.3g}"
            )
        )
    }

    private static func table(_ widths: [TransferCheckFit.Width]) -> FigureTable {
        FigureTable(
            columns: [
                "model_width", "best_learning_rate", "low_90", "high_90", "runs", "diverged",
                "least_loss_nats", "reason",
            ],
            rows: widths.map { width in
                [
                    .number(width.modelWidth), .optional(width.optimum?.value),
                    .optional(width.optimum?.low), .optional(width.optimum?.high),
                    .number(Double(width.runs)), .number(Double(width.diverged)),
                    .number(width.leastLossNats), .optional(width.reason),
                ]
            }
        )
    }
}

extension TransferCheckFit: FigureBody {
    package var provenance: FigureProvenance {
        FigureProvenance(
            law: law,
            runs: widths.reduce(0) { $0 + $1.runs },
            dataHash: dataHash,
            lossName: lossName,
            parameterConvention: parameterConvention
        )
    }
}
