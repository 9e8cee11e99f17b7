import Foundation

/// Traces and axes that several figures share.
enum Trace {
    static func lines(
        _ name: String,
        x: [Double],
        y: [Double],
        role: String,
        index: Int? = nil
    ) -> FigureValue {
        scatter(name, mode: "lines", x: x, y: y, role: role, index: index)
    }

    static func markers(
        _ name: String,
        x: [Double],
        y: [Double],
        role: String,
        index: Int? = nil
    ) -> FigureValue {
        scatter(name, mode: "markers", x: x, y: y, role: role, index: index)
    }

    /// Points joined by a line, each of them a measurement.
    static func path(
        _ name: String,
        x: [Double],
        y: [Double],
        role: String,
        index: Int? = nil
    ) -> FigureValue {
        scatter(name, mode: "lines+markers", x: x, y: y, role: role, index: index)
    }

    /// A closed area between two curves over the same x.
    static func band(
        _ name: String,
        x: [Double],
        low: [Double],
        high: [Double],
        index: Int? = nil
    ) -> FigureValue {
        scatter(
            name,
            mode: "lines",
            x: x + x.reversed(),
            y: high + low.reversed(),
            role: "band",
            index: index
        ).merging(["fill": "toself", "line": ["width": 0], "hoverinfo": "skip"])
    }

    /// Texts beside the points, shown first when one is pointed at.
    static func hover(_ texts: [String], then template: String) -> [String: FigureValue] {
        [
            "text": .texts(texts),
            "hovertemplate": .text("%{text}<br>\(template)<extra></extra>"),
        ]
    }

    /// A legend above the figure, in one row.
    static let legend: [String: FigureValue] = [
        "showlegend": true,
        "legend": ["orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"],
    ]

    private static func scatter(
        _ name: String,
        mode: String,
        x: [Double],
        y: [Double],
        role: String,
        index: Int?
    ) -> FigureValue {
        var meta: [String: FigureValue] = ["role": .text(role)]
        if let index { meta["index"] = .number(Double(index)) }
        return [
            "type": "scatter", "mode": .text(mode), "name": .text(FigureText.plain(name)),
            "x": .column(x), "y": .column(y), "meta": .object(meta),
        ]
    }

    /// y = 0 across the figure.
    static let zeroLine: FigureValue = [
        "type": "line", "name": "optimum", "xref": "paper", "x0": 0, "x1": 1, "y0": 0, "y1": 0,
    ]

    static func axis(_ title: String) -> FigureValue {
        ["title": ["text": .text(title)]]
    }

    /// A logarithmic axis over [low, high] with marks in our own words: the library
    /// would write superscripts and tiny digits.
    static func logAxis(
        _ title: String,
        over range: ClosedRange<Double>,
        write: (Double) -> String
    ) -> FigureValue {
        let ticks = FigureText.ticks(range)
        let written = ticks.map(write)
        // Where marks lie close, rounding must not make one text of two.
        let texts = Set(written).count == written.count ? written : ticks.map(FigureText.rate)
        return [
            "title": ["text": .text(title)], "type": "log", "tickmode": "array",
            "range": [.number(log10(range.lowerBound)), .number(log10(range.upperBound))],
            "tickvals": .list(ticks.map(FigureValue.number)),
            "ticktext": .texts(texts),
        ]
    }
}
