package import API

/// The lines of one metric, in groups of runs with one value of a hyperparameter.
package struct RunGroups: FigureBody {
    package struct Group: Sendable {
        /// The value that its runs share.
        package var value: String
        /// Runs that have it, with a line or without.
        package var runCount: Int
        package var lines: [GroupLine]

        package init(value: String, runCount: Int, lines: [GroupLine]) {
            self.value = value
            self.runCount = runCount
            self.lines = lines
        }
    }

    package var metric: String
    /// What groups the runs, such as `batch_size`.
    package var key: String
    package var axis: PlotAxis
    package var spread: GroupSpread
    /// The largest groups, by value.
    package var groups: [Group]
    /// Values with fewer runs, which are not drawn.
    package var otherValueCount: Int
    /// Runs that cannot stand on the axis.
    package var leftOutCount: Int

    package init(
        metric: String,
        key: String,
        axis: PlotAxis,
        spread: GroupSpread,
        groups: [Group],
        otherValueCount: Int = 0,
        leftOutCount: Int = 0
    ) {
        self.metric = metric
        self.key = key
        self.axis = axis
        self.spread = spread
        self.groups = groups
        self.otherValueCount = otherValueCount
        self.leftOutCount = leftOutCount
    }

    package var provenance: FigureProvenance {
        FigureProvenance(
            law: "none",
            runs: groups.reduce(0) { $0 + $1.lines.count },
            lossName: metric
        )
    }
}

/// Groups of runs, each as the middle of all its lines with a band.
package enum GroupBands: Figure {
    package typealias Fit = RunGroups
    package static let kind = "group-bands"
    package static let title = "Runs with one value of a hyperparameter, as a line with a band"
    package static let parameters = ["metric", "group", "x", "band", "q", "from", "to"]
    package static let laws: [String] = []
    package static let subject = FigureSubject.groups

    package static func make(_ input: FigureInput<RunGroups>) throws(FigureError) -> PlotlyFigure {
        let all = input.fit
        let drawn = all.groups.map { (group: $0, band: GroupBand($0.lines, all.spread)) }
            .filter { !$0.band.x.isEmpty }
        let counts = drawn.map { "\(FigureText.plain($0.group.value)) (\(runs($0.group)))" }
        return PlotlyFigure(
            data: drawn.enumerated().flatMap { traces($1.group, $1.band, all.key, $0) },
            layout: [
                "title": ["text": .text(title)],
                "xaxis": axis(all.axis),
                "yaxis": Trace.axis("\(FigureText.plain(all.metric)) (as logged)"),
                "hovermode": "closest",
            ].merging(Trace.legend) { $1 },
            table: FigureTable(
                columns: [all.key, all.axis.rawValue, "middle", "low", "high", "runs"],
                rows: drawn.flatMap { rows($0.group, $0.band) }
            ),
            summary: drawn.isEmpty
                ? "No run has points of \(FigureText.plain(all.metric)) there." + omissions(all)
                : "\(FigureText.plain(all.metric)) by \(FigureText.plain(all.key)),"
                    + " \(all.spread.words): \(counts.joined(separator: ", "))." + omissions(all),
            answer: "\(drawn.count) values of \(FigureText.plain(all.key))",
            input: input
        )
    }

    private static func runs(_ group: RunGroups.Group) -> String {
        group.lines.count == 1 ? "1 run" : "\(group.lines.count) runs"
    }

    private static func omissions(_ all: RunGroups) -> String {
        var text = ""
        if all.otherValueCount > 0 {
            text += " \(all.otherValueCount) more values have fewer runs and are not drawn."
        }
        if all.leftOutCount > 0 {
            text += " \(all.leftOutCount) runs have no place on this axis."
        }
        return text
    }

    private static func traces(
        _ group: RunGroups.Group,
        _ band: GroupBand,
        _ key: String,
        _ index: Int
    ) -> [FigureValue] {
        let label = "\(group.value) (\(group.lines.count))"
        let name = "\(key) \(label)"
        // The label is text; a name is read as markup.
        let meta: FigureValue = [
            "role": "fit", "index": .number(Double(index)), "label": .text(label),
        ]
        return [
            Trace.band(name, x: band.x, low: band.low, high: band.high, index: index)
                .merging(["showlegend": false]),
            Trace.lines(name, x: band.x, y: band.middle, role: "fit", index: index)
                .merging(["meta": meta]),
        ]
    }

    private static func rows(_ group: RunGroups.Group, _ band: GroupBand) -> [[FigureValue]] {
        band.x.indices.map { place in
            [
                .text(group.value), .number(band.x[place]), .number(band.middle[place]),
                .number(band.low[place]), .number(band.high[place]),
                .text(String(group.lines.count)),
            ]
        }
    }

    private static func axis(_ axis: PlotAxis) -> FigureValue {
        switch axis {
        case .step: Trace.axis("training (optimiser steps)")
        case .tokens: Trace.axis("training (tokens)")
        case .flops: Trace.axis("training (FLOPs)")
        case .relative: Trace.axis("since the first point (seconds)")
        case .time: Trace.axis("time (UTC)").merging(["type": "date"])
        }
    }
}
