import Foundation
package import ScalingLaws

/// Finished runs with their curves, for figures of what would have been said of them.
package struct FinishedRuns: FigureBody {
    package var runs: [ForecastRequest.Peer]

    package init(_ runs: [ForecastRequest.Peer]) { self.runs = runs }

    package var provenance: FigureProvenance {
        FigureProvenance(law: "forecast", runs: runs.count)
    }
}

/// Finished runs forecast as they would have been at a share of their steps, each from the others.
package struct ForecastReplay: Sendable {
    package struct Point: Sendable {
        package var runName: String
        package var share: Double
        /// 100 × (forecast / observed − 1).
        package var errorPercent: Double
        package var halfWidthPercent: Double
        package var isCovered: Bool
    }

    package var points: [Point]

    package static let shares = [0.1, 0.25, 0.5, 0.75]
    /// More would keep a reader waiting and say little more.
    private static let replayedRuns = 24
    private static let peerLimit = 48

    package init(_ runs: [ForecastRequest.Peer]) {
        let scorer = ForecastScorer(runs: runs)
        let stride = max(1, runs.count / Self.replayedRuns)
        points = Self.shares.flatMap { share in
            scorer.forecasts(at: share, peerLimit: Self.peerLimit, every: stride).map { scored in
                let forecast = scored.forecast.finalLoss
                return Point(
                    runName: scored.run.runName,
                    share: share,
                    errorPercent: 100 * (forecast.value / scored.run.finalLossNats - 1),
                    halfWidthPercent: 50 * log(forecast.high / forecast.low),
                    isCovered: scored.isCovered
                )
            }
        }
    }
}

/// How good forecasts of the end would have been early in runs whose end is known.
package enum ForecastCalibration: Figure {
    package typealias Fit = FinishedRuns
    package static let kind = "forecast-calibration"
    package static let title = "Forecasts of finished runs against their ends"
    package static let laws: [String] = []
    package static let subject = FigureSubject.replay

    package static func make(
        _ input: FigureInput<FinishedRuns>
    ) throws(FigureError) -> PlotlyFigure {
        let points = ForecastReplay(input.fit.runs).points
        guard points.count >= 3 else {
            throw .nothingToShow("fewer than three finished runs could have been forecast")
        }
        let groups = ForecastReplay.shares.map { share in points.filter { $0.share == share } }
        let known = zip(ForecastReplay.shares, groups).filter { !$0.1.isEmpty }
        let words = known.map { share, group in
            let error = group.reduce(0) { $0 + abs($1.errorPercent) } / Double(group.count)
            let covered = 100 * Double(group.count(where: \.isCovered)) / Double(group.count)
            return "at \(FigureText.percent(100 * share)) of the steps mean error"
                + " \(FigureText.percent(error)), \(FigureText.percent(covered)) of the ends in the"
                + " 90 % band"
        }
        return PlotlyFigure(
            data: [dots("inside the band", points.filter(\.isCovered), "run")]
                + [dots("outside of it", points.filter { !$0.isCovered }, "lost")]
                + [widths(known)],
            layout: [
                "title": ["text": .text(title)],
                "xaxis": Trace.axis("steps done at the forecast (%)"),
                "yaxis": Trace.axis("forecast over the final loss, less one (%)"),
                "hovermode": "closest",
            ].merging(Trace.legend) { $1 },
            table: FigureTable(
                columns: ["run", "done_percent", "error_percent", "half_width_percent", "covered"],
                rows: points.map {
                    [
                        .text($0.runName), .number(100 * $0.share), .number($0.errorPercent),
                        .number($0.halfWidthPercent), .bool($0.isCovered),
                    ]
                }
            ),
            summary: "\(points.count) forecasts of finished runs from the others: "
                + words.joined(separator: "; ") + ".",
            answer: words.last ?? "",
            input: input
        )
    }

    private static func dots(
        _ name: String,
        _ points: [ForecastReplay.Point],
        _ role: String
    ) -> FigureValue {
        // Beside one another, in the order of their errors, so that none hides another.
        let places = points.enumerated().map { index, point in
            100 * point.share + Double(index % 9 - 4) * 0.35
        }
        return Trace.markers(name, x: places, y: points.map(\.errorPercent), role: role).merging(
            Trace.hover(
                points.map { FigureText.plain($0.runName) },
                then: "%{y:.3f} % off"
            )
        )
    }

    /// The mean half width of the bands.
    private static func widths(_ groups: [(Double, [ForecastReplay.Point])]) -> FigureValue {
        Trace.markers(
            "mean 90 % band",
            x: groups.map { 100 * $0.0 + 3 },
            y: groups.map { _ in 0 },
            role: "cell",
            index: 1
        ).merging([
            "error_y": [
                "type": "data",
                "array": .column(
                    groups.map { group in
                        group.1.reduce(0) { $0 + $1.halfWidthPercent } / Double(group.1.count)
                    }
                ),
            ]
        ])
    }
}
