import Foundation
import ScalingLaws

/// Whether a law's parameters settle as runs come in: each fit against the newest one, in units of
/// the newest fit's own interval.
package enum ParameterDrift: Figure {
    package typealias Fit = FitHistory
    package static let kind = "parameter-drift"
    package static let title = "Parameters over fits"
    private static let parameterCount = 8

    package static func make(_ input: FigureInput<FitHistory>) throws(FigureError) -> PlotlyFigure {
        let fits = input.fit.entries.filter { $0.law == input.fit.chosen.law }
        let newest = fits.last ?? input.fit.chosen
        let order = (newest.card?.parameters ?? []).map(\.symbol)
        let known = newest.summary.parameters.filter { halfWidth($0.value) > 0 }.keys
        let symbols = (order.filter(known.contains) + known.filter { !order.contains($0) }.sorted())
            .prefix(parameterCount)
        guard !symbols.isEmpty else {
            throw .nothingToShow("no parameter of this fit has an interval")
        }
        let dates = fits.map { date($0.finishedAt) }
        return PlotlyFigure(
            data: symbols.enumerated().map { index, symbol in
                trace(symbol, index, fits, newest, dates)
            },
            layout: [
                "title": ["text": .text(title)],
                "xaxis": Trace.axis("fit, by when it finished (UTC)").merging(["type": "date"]),
                "yaxis": Trace.axis("change (half-widths of 90 %)"),
                "hovermode": "closest",
            ].merging(Trace.legend) { $1 },
            table: table(fits),
            summary: "Parameters of \(fits.count) fits of \(newest.law), on"
                + " \(fits.first?.summary.runs ?? 0) to \(newest.summary.runs) runs, against the"
                + " newest one: within ±1 its interval holds.",
            answer: fits.count == 1
                ? "one fit so far: fit again when runs have come"
                : "0 is the newest of \(fits.count) fits · within ±1 its interval holds",
            input: input
        )
    }

    private static func halfWidth(_ value: Interval) -> Double {
        let width = (value.high - value.low) / 2
        return width.isFinite ? width : 0
    }

    private static func trace(
        _ symbol: String,
        _ index: Int,
        _ fits: [FitHistory.Entry],
        _ newest: FitHistory.Entry,
        _ dates: [String]
    ) -> FigureValue {
        let values = fits.map { $0.summary.parameters[symbol] }
        let base = newest.summary.parameters[symbol]
        let unit = base.map(halfWidth) ?? 1
        let scaled = { (value: Double?) in ((value ?? .nan) - (base?.value ?? .nan)) / unit }
        return Trace.path(
            symbol,
            x: [],
            y: values.map { scaled($0?.value) },
            role: "cell",
            index: index
        ).merging([
            "x": .texts(dates),
            "error_y": [
                "type": "data", "symmetric": false,
                "array": .column(values.map { (($0?.high ?? .nan) - ($0?.value ?? .nan)) / unit }),
                "arrayminus": .column(
                    values.map { (($0?.value ?? .nan) - ($0?.low ?? .nan)) / unit }
                ),
            ],
        ]).merging(
            Trace.hover(
                zip(fits, values).map { fit, value in
                    "\(FigureText.plain(symbol)) = \(value.map { FigureText.loss($0.value) } ?? "–")"
                        + " on \(fit.summary.runs) runs"
                },
                then: "%{y:+.2f} half-widths"
            )
        )
    }

    /// As date axes read it.
    private static func date(_ microseconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(microseconds) / 1e6)
            .formatted(.iso8601.dateTimeSeparator(.space))
            .replacing("Z", with: "")
    }

    private static func table(_ fits: [FitHistory.Entry]) -> FigureTable {
        FigureTable(
            columns: ["fit", "finished_at_us", "runs", "parameter", "value", "low_90", "high_90"],
            rows: fits.flatMap { fit in
                fit.summary.parameters.sorted { $0.key < $1.key }.map { symbol, value in
                    [
                        .text(fit.fitID), .number(Double(fit.finishedAt)),
                        .number(Double(fit.summary.runs)), .text(symbol), .number(value.value),
                        .number(value.low), .number(value.high),
                    ]
                }
            }
        )
    }
}
