import Foundation
import ScalingLaws

/// The loss curves of two runs.
package struct RunPair: FigureBody {
    package struct Side: Sendable {
        package var name: String
        package var metric: String
        package var steps: [Double]
        package var losses: [Double]
        /// nil when the run does not say.
        package var batchTokens: Double?

        package init(
            name: String,
            metric: String,
            steps: [Double],
            losses: [Double],
            batchTokens: Double?
        ) {
            self.name = name
            self.metric = metric
            self.steps = steps
            self.losses = losses
            self.batchTokens = batchTokens
        }
    }

    package var first: Side
    package var second: Side

    package init(_ first: Side, _ second: Side) {
        self.first = first
        self.second = second
    }

    package var provenance: FigureProvenance {
        FigureProvenance(law: "none", runs: 2, lossName: first.metric)
    }

    /// Both say their batch, so that they are compared after the same number of tokens.
    package var isByTokens: Bool { first.batchTokens != nil && second.batchTokens != nil }

    /// Places of a side on the common axis, with the losses there.
    package func curve(_ side: Side) -> [(x: Double, loss: Double)] {
        let scale = isByTokens ? side.batchTokens ?? 1 : 1
        return zip(side.steps, side.losses).map { ($0 * scale, $1) }
            .filter { $0.0.isFinite && $0.1.isFinite }.sorted { $0.0 < $1.0 }
    }
}

/// The loss of one run less that of another after the same tokens, with a band that says from where
/// on one is clearly better.
package enum PairedDelta: Figure {
    package typealias Fit = RunPair
    package static let kind = "paired-delta"
    package static let title = "One run's loss less another's at the same tokens"
    package static let parameters = ["runs"]
    package static let laws: [String] = []
    package static let subject = FigureSubject.pair

    package struct Point: Sendable, Hashable {
        package var x: Double
        package var difference: Double
        /// Local mean and the ends of its 90 % interval.
        package var mean: Double
        package var low: Double
        package var high: Double
    }

    package static func make(_ input: FigureInput<RunPair>) throws(FigureError) -> PlotlyFigure {
        let pair = input.fit
        guard pair.first.metric == pair.second.metric else {
            throw .nothingToShow(
                "the losses are different metrics, \(pair.first.metric) and \(pair.second.metric)"
            )
        }
        let points = points(pair)
        guard let last = points.last else {
            throw .nothingToShow(
                "the runs share fewer than \(enoughPoints) places on their curves"
            )
        }
        let names = (FigureText.plain(pair.first.name), FigureText.plain(pair.second.name))
        let axis = pair.isByTokens ? "training (tokens)" : "step (optimiser steps)"
        let verdict = verdict(points, names, pair.isByTokens)
        return PlotlyFigure(
            data: traces(points),
            layout: [
                "title": ["text": .text(title)], "xaxis": Trace.axis(axis),
                "yaxis": Trace.axis("\(names.0) less \(names.1) (nats per token)"),
                "shapes": [Trace.zeroLine], "showlegend": false, "hovermode": "closest",
            ],
            table: table(points, pair.isByTokens),
            summary: "\(names.0) less \(names.1): at the end \(FigureText.loss(last.mean)) nats,"
                + " \(FigureText.interval(low: last.low, high: last.high, FigureText.loss))."
                + " \(verdict).",
            answer: verdict,
            input: input
        )
    }

    private static func traces(_ points: [Point]) -> [FigureValue] {
        let places = points.map(\.x)
        return [
            Trace.band(
                "90 %",
                x: places,
                low: points.map(\.low),
                high: points.map(\.high),
                index: 0
            ),
            Trace.markers(
                "differences",
                x: places,
                y: points.map(\.difference),
                role: "faint-run"
            ).merging(["hovertemplate": "%{x:.3s}: %{y:.4f} nats<extra></extra>"]),
            Trace.lines("local mean", x: places, y: points.map(\.mean), role: "fit", index: 0)
                .merging(["hovertemplate": "%{x:.3s}: %{y:.4f} nats<extra></extra>"]),
        ]
    }

    private static func table(_ points: [Point], _ isByTokens: Bool) -> FigureTable {
        FigureTable(
            columns: [
                isByTokens ? "tokens" : "step", "difference_nats", "mean_nats", "low_90",
                "high_90",
            ],
            rows: points.map {
                [
                    .number($0.x), .number($0.difference), .number($0.mean), .number($0.low),
                    .number($0.high),
                ]
            }
        )
    }

    /// Fewer common places say nothing about how sure a difference is.
    private static let enoughPoints = 8

    /// Differences where both curves are, with the mean over a tenth of them around each and its
    /// 90 % interval: the standard error of that mean, with fewer effective differences the more
    /// neighbours resemble each other. The pages compute their live panels the same way.
    package static func points(_ pair: RunPair) -> [Point] {
        let (own, other) = (pair.curve(pair.first), pair.curve(pair.second))
        let raw = own.compactMap { point -> (x: Double, y: Double)? in
            loss(other, at: point.x).map { (point.x, point.loss - $0) }
        }
        guard raw.count >= enoughPoints else { return [] }
        let reach = max(2, Int((Double(raw.count) / 20).rounded()))
        return raw.indices.map { index in
            let window = raw[max(0, index - reach)...min(raw.count - 1, index + reach)].map(\.y)
            let (mean, error) = meanAndError(window)
            return Point(
                x: raw[index].x,
                difference: raw[index].y,
                mean: mean,
                low: mean - 1.645 * error,
                high: mean + 1.645 * error
            )
        }
    }

    private static func meanAndError(_ window: [Double]) -> (mean: Double, error: Double) {
        let mean = window.reduce(0, +) / Double(window.count)
        let deviations = window.map { $0 - mean }
        let square = deviations.reduce(0) { $0 + $1 * $1 }
        let lagged = zip(deviations, deviations.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
        let correlation = square > 0 ? min(max(lagged / square, 0), 0.95) : 0
        let independent = max(1, Double(window.count) * (1 - correlation) / (1 + correlation))
        return (mean, (square / Double(max(1, window.count - 1)) / independent).squareRoot())
    }

    /// On the line between the two measurements around x; nil outside of them.
    private static func loss(_ curve: [(x: Double, loss: Double)], at x: Double) -> Double? {
        guard let first = curve.first, let last = curve.last, first.x <= x, x <= last.x else {
            return nil
        }
        var (low, high) = (0, curve.count - 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if curve[middle].x <= x { low = middle } else { high = middle }
        }
        let width = curve[high].x - curve[low].x
        guard width > 0 else { return curve[low].loss }
        let share = (x - curve[low].x) / width
        return curve[low].loss + share * (curve[high].loss - curve[low].loss)
    }

    private static func verdict(
        _ points: [Point],
        _ names: (String, String),
        _ isByTokens: Bool
    ) -> String {
        guard let last = points.last, last.low > 0 || last.high < 0 else {
            return "at the end neither is clearly better"
        }
        let isFirst = last.high < 0
        let open = points.lastIndex { isFirst ? $0.high >= 0 : $0.low <= 0 }
        let from = points[min((open ?? -1) + 1, points.count - 1)].x
        let better = isFirst ? names.0 : names.1
        return "\(better) is clearly better from \(FigureText.count(from))"
            + " \(isByTokens ? "tokens" : "steps") on"
    }
}
