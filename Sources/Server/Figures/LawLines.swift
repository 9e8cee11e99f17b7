import Foundation
import ScalingLaws

/// A fitted power law as lines with bands over one input, a line for each value of the other.
struct LawLines {
    /// Values of the input along x; only their range is used.
    var over: [Double]
    var overName: String
    var linesOver: [Double]
    /// Symbol before a line's value; empty when there is only one line.
    var lineName: String
    var overPath: WritableKeyPath<Target, Double>
    var estimate: (Recommendation) -> Interval
    var valueName: String
    var write: (Double) -> String
    var cellPlace: (StepLawFit.Cell) -> Double
    var cellLine: (StepLawFit.Cell) -> Double
    var cellValue: (StepLawFit.Cell) -> Double
    var summary: String
    var answer: String
    var title: String

    private static let pointCount = 13
    /// A line reaches this factor beyond what was measured or asked.
    private static let reach = 1.3

    static func exponent(_ value: Interval?) -> String {
        guard let value else { return "none" }
        let half = (value.high - value.low) / 2
        return String(
            format: "%+.2f ± %.2f",
            locale: Locale(identifier: "en_US_POSIX"),
            value.value,
            half
        )
    }

    func figure(_ input: FigureInput<StepLawFit>) throws(FigureError) -> PlotlyFigure {
        guard let low = over.min(), let high = over.max(), low > 0 else {
            throw .nothingToShow("the fit holds no cell")
        }
        let range = (low / Self.reach)...(high * Self.reach)
        let values = Array(Set(linesOver)).sorted()
        let curves = values.enumerated().map { index, value in
            curve(input, range, value, index)
        }
        let cells = cellTraces(input.fit, values)
        let all =
            curves.flatMap { $0.points.flatMap { [$0.low, $0.high] } }
            + input.fit.cells.map(cellValue)
        guard let bottom = all.min(), let top = all.max(), bottom > 0, bottom.isFinite,
            top.isFinite
        else { throw .nothingToShow("the law gives no usable value over this range") }
        return PlotlyFigure(
            data: curves.flatMap(\.traces) + cells,
            layout: layout(range, (bottom / 1.15)...(top * 1.15), curves),
            table: table(curves, input.fit),
            summary: summary,
            answer: answer,
            input: input
        )
    }

    private struct Curve {
        var name: String
        var line: Double
        var places: [Double]
        var points: [Interval]
        var traces: [FigureValue]
    }

    private func curve(
        _ input: FigureInput<StepLawFit>,
        _ range: ClosedRange<Double>,
        _ line: Double,
        _ index: Int
    ) -> Curve {
        let asked = logSpaced(range, count: Self.pointCount).map { place in
            var target = Target(parameterCount: line, tokenCount: line)
            target[keyPath: overPath] = place
            return target
        }
        let answers = input.answers(along: asked)
        let places = answers.map(\.target).map { $0[keyPath: overPath] }
        let points = answers.map(estimate)
        let name = lineName.isEmpty ? "fitted law" : "\(lineName) = \(FigureText.count(line))"
        let traces = [
            Trace.band(
                "\(name), 90 %",
                x: places,
                low: points.map(\.low),
                high: points.map(\.high),
                index: index
            ),
            Trace.lines(name, x: places, y: points.map(\.value), role: "fit", index: index),
        ]
        return Curve(name: name, line: line, places: places, points: points, traces: traces)
    }

    /// Cells between two lines take the colour of the nearer one.
    private func cellTraces(_ fit: StepLawFit, _ lines: [Double]) -> [FigureValue] {
        let groups = Dictionary(grouping: fit.cells.indices) { index in
            nearest(lines, to: cellLine(fit.cells[index]))
        }
        return groups.sorted { $0.key < $1.key }.map { line, indices in
            let cells = indices.map { fit.cells[$0] }
            return Trace.markers(
                "optima of cells",
                x: cells.map(cellPlace),
                y: cells.map(cellValue),
                role: "cell",
                index: line
            ).merging([
                "text": .texts(indices.map { fit.cellName($0) }),
                "hovertemplate": "%{text}<br>%{y:.3g}<extra></extra>",
            ])
        }
    }

    private func nearest(_ lines: [Double], to value: Double) -> Int {
        lines.indices.min { abs(log(lines[$0] / value)) < abs(log(lines[$1] / value)) } ?? 0
    }

    private func layout(
        _ range: ClosedRange<Double>,
        _ values: ClosedRange<Double>,
        _ curves: [Curve]
    ) -> [String: FigureValue] {
        let labels = lineName.isEmpty ? [] : labels(curves, range, over: values)
        return [
            "title": ["text": .text(title)],
            "xaxis": Trace.logAxis(overName, over: range, write: FigureText.count),
            "yaxis": Trace.logAxis(valueName, over: values, write: write),
            "annotations": .list(labels), "showlegend": false, "hovermode": "closest",
            "margin": ["l": 56, "r": lineName.isEmpty ? 12 : 56, "t": 8, "b": 38],
        ]
    }

    /// Values of the lines at their right ends; where two would overlap, only one is written.
    private func labels(
        _ curves: [Curve],
        _ range: ClosedRange<Double>,
        over values: ClosedRange<Double>
    ) -> [FigureValue] {
        let gap = 0.06 * log(values.upperBound / values.lowerBound)
        var labels: [FigureValue] = []
        var before = -Double.infinity
        let ends = curves.enumerated().compactMap { index, curve in
            curve.points.last.map { (index: index, curve: curve, value: $0.value) }
        }
        for end in ends.sorted(by: { $0.value < $1.value }) where log(end.value) - before > gap {
            before = log(end.value)
            labels.append([
                "name": .text("series-\(end.index)"),
                "text": .text("\(lineName) \(FigureText.count(end.curve.line))"),
                // A label that rounding puts beyond the axis would not be drawn.
                "x": .number(log10(min(end.curve.places.last ?? 1, range.upperBound))),
                "y": .number(log10(end.value)), "xanchor": "left", "showarrow": false,
            ])
        }
        return labels
    }

    private func table(_ curves: [Curve], _ fit: StepLawFit) -> FigureTable {
        var table = FigureTable(columns: ["kind", "line", overName, valueName, "low_90", "high_90"])
        for curve in curves {
            for (place, point) in zip(curve.places, curve.points) {
                table.rows.append([
                    "fitted", .text(curve.name), .number(place), .number(point.value),
                    .number(point.low), .number(point.high),
                ])
            }
        }
        for (index, cell) in fit.cells.enumerated() {
            table.rows.append([
                "cell", .text(fit.cellName(index)), .number(cellPlace(cell)),
                .number(cellValue(cell)), .null, .null,
            ])
        }
        return table
    }
}
