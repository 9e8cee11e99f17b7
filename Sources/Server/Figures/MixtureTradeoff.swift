import Foundation
import Mixtures
import ScalingLaws

/// The losses of two targets that can be had together: the best mixtures of many weightings, with
/// what each is expected to lose, beside what the runs measured.
package enum MixtureTradeoff: Figure {
    package typealias Fit = MixtureQuestion
    package static let kind = "mixture-tradeoff"
    package static let title = "Trade-off between targets"

    /// A mixture that none of the others beats in both targets.
    private struct Point {
        var proportions: [Double]
        /// Of the first two targets.
        var predictions: [MixturePrediction]
        var isOutside: Bool { predictions.contains(where: \.isExtrapolation) }
    }

    package static func make(
        _ input: FigureInput<MixtureQuestion>
    ) throws(FigureError) -> PlotlyFigure {
        let fits = Array(input.fit.fits.prefix(2))
        guard fits.count == 2 else {
            throw .nothingToShow("a trade-off needs two targets; name target twice")
        }
        let points = try points(fits, input.fit.request)
        guard let first = points.first, let last = points.last else {
            throw .nothingToShow("no mixture was found for these targets")
        }
        let names = fits.map { FigureText.plain($0.target) }
        let falls = [
            last.predictions[0].loss - first.predictions[0].loss,
            first.predictions[1].loss - last.predictions[1].loss,
        ]
        let outside = points.count(where: \.isOutside)
        return PlotlyFigure(
            data: [measured(fits), line(points), marks(points, fits[0].domains)],
            layout: [
                "title": ["text": .text(title)],
                "xaxis": Trace.axis("\(names[0]) (its unit)"),
                "yaxis": Trace.axis("\(names[1]) (its unit)"),
                "hovermode": "closest",
            ].merging(Trace.legend) { $1 },
            table: table(points, fits),
            summary: "\(points.count) mixtures that are best for some weighting of \(names[0]) and"
                + " \(names[1]); between the ends \(names[0]) changes by"
                + " \(FigureText.loss(falls[0])), \(names[1]) by \(FigureText.loss(falls[1])).",
            answer: points.count == 1
                ? "one mixture is best for both"
                : "giving up \(FigureText.short(falls[0])) of \(names[0]) gains"
                    + " \(FigureText.short(falls[1])) of \(names[1])"
                    + (outside > 0
                        ? " · \(outside) of \(points.count) lie beyond the runs (open)" : ""),
            input: input
        )
    }

    private static func points(
        _ fits: [MixtureFit],
        _ request: OptimumRequest
    ) throws(FigureError) -> [Point] {
        let predictors = fits.map(MixturePredictor.init)
        do throws(MixtureError) {
            return try OptimumReporter.tradeoffs(fits, request).map { found in
                Point(
                    proportions: found.proportions,
                    predictions: predictors.map { $0.predict(found.proportions) }
                )
            }.sorted { $0.predictions[0].loss < $1.predictions[0].loss }
        } catch {
            throw .mixtures(error)
        }
    }

    /// Runs that measured both.
    private static func measured(_ fits: [MixtureFit]) -> FigureValue {
        let second = Dictionary(
            fits[1].runs.map { ($0.id, $0.loss) },
            uniquingKeysWith: { first, _ in first }
        )
        let runs = fits[0].runs.compactMap { run in second[run.id].map { (run, $0) } }
        return Trace.markers(
            "runs, as measured",
            x: runs.map(\.0.loss),
            y: runs.map(\.1),
            role: "faint-run"
        ).merging(
            Trace.hover(
                runs.map {
                    "\(FigureText.plain($0.0.name))<br>"
                        + FigureText.shares(fits[0].domains, $0.0.proportions)
                },
                then: "measured %{x:.4f} and %{y:.4f}"
            )
        )
    }

    private static func line(_ points: [Point]) -> FigureValue {
        Trace.lines(
            "best together",
            x: points.map { $0.predictions[0].loss },
            y: points.map { $0.predictions[1].loss },
            role: "frontier"
        ).merging(["hoverinfo": "skip", "showlegend": false])
    }

    private static func marks(_ points: [Point], _ domains: [String]) -> FigureValue {
        let column = { (value: (MixturePrediction) -> Double, target: Int) in
            points.map { value($0.predictions[target]) }
        }
        let range = { (target: Int) -> FigureValue in
            [
                "type": "data", "array": .column(column({ $0.high - $0.loss }, target)),
                "arrayminus": .column(column({ $0.loss - $0.low }, target)), "symmetric": false,
            ]
        }
        return Trace.markers(
            "best mixtures, 90 % of a run",
            x: column(\.loss, 0),
            y: column(\.loss, 1),
            role: "cell"
        ).merging([
            "error_x": range(0), "error_y": range(1),
            "marker": ["symbol": .texts(points.map { $0.isOutside ? "circle-open" : "circle" })],
        ]).merging(
            Trace.hover(
                points.map { point in
                    let near = point.predictions[0]
                    return FigureText.shares(domains, point.proportions, most: 6)
                        + "<br>L1 \(FigureText.short(near.distance)) from "
                        + FigureText.plain(near.nearestRun ?? "any run")
                        + (point.isOutside ? ", beyond the runs" : "")
                },
                then: "predicted %{x:.4f} and %{y:.4f}"
            )
        )
    }

    private static func table(_ points: [Point], _ fits: [MixtureFit]) -> FigureTable {
        FigureTable(
            columns: fits.flatMap { [$0.target, "\($0.target) low_90", "\($0.target) high_90"] }
                + ["distance", "extrapolates"] + fits[0].domains,
            rows: points.map { point in
                point.predictions.flatMap {
                    [FigureValue.number($0.loss), .number($0.low), .number($0.high)]
                } + [.number(point.predictions[0].distance), .bool(point.isOutside)]
                    + point.proportions.map { .number($0) }
            }
        )
    }
}
