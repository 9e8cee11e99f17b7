import API
import Foundation
import Runs

/// Where the hours went: hours of runs by the week they began in and by what became of them.
package enum WasteLedger: Figure {
    package typealias Fit = ProjectRuns
    package static let kind = "waste-ledger"
    package static let title = "Hours of training by outcome"
    package static let laws: [String] = []
    package static let subject = FigureSubject.runs

    /// Params that tell how many accelerators a run held; the first that is there counts.
    private static let deviceParams = [
        "devices", "gpus", "num_gpus", "n_gpus", "world_size", "WORLD_SIZE",
    ]
    private static let shownWeeks = 26
    private static let weekSeconds = 7 * 86_400.0

    private struct Entry {
        var week: Int
        var state: RunMessage.State
        var hours: Double
    }

    package static func make(_ input: FigureInput<ProjectRuns>) throws(FigureError) -> PlotlyFigure
    {
        let counted = input.fit.runs.compactMap { entry($0, input.fit.viewer) }
        guard let last = counted.map(\.entry.week).max() else {
            throw .nothingToShow("no run has a beginning and an end")
        }
        let entries = counted.map(\.entry).filter { $0.week > last - shownWeeks }
        let hasDevices = counted.contains { $0.hasDevices }
        let states: [RunMessage.State] = [
            .finished, .running, .scheduled, .stalled, .diverged, .failed, .killed,
        ]
        let weeks = (min(last, entries.map(\.week).min() ?? last)...last).map { $0 }
        let sums = states.map { state in
            weeks.map { week in
                entries.reduce(0) { $0 + ($1.week == week && $1.state == state ? $1.hours : 0) }
            }
        }
        let total = sums.joined().reduce(0, +)
        let lost = zip(states, sums).filter { [.diverged, .failed, .killed].contains($0.0) }
            .reduce(0) { $0 + $1.1.reduce(0, +) }
        let unit = hasDevices ? "accelerator-hours" : "run-hours"
        let share = total > 0 ? 100 * lost / total : 0
        return PlotlyFigure(
            data: zip(states, sums).enumerated().compactMap { index, pair in
                pair.1.contains { $0 > 0 } ? bar(pair.0, weeks, pair.1, index) : nil
            },
            layout: [
                "title": ["text": .text(title)],
                "xaxis": ["title": ["text": "week beginning (UTC)"], "type": "category"],
                "yaxis": Trace.axis("training (\(unit))"),
                "barmode": "stack", "hovermode": "closest",
                "bargap": .number(max(0.2, 1 - 0.12 * Double(weeks.count))),
            ].merging(Trace.legend) { $1 },
            table: FigureTable(
                columns: ["week_utc"] + states.map { "\($0.rawValue)_hours" },
                rows: weeks.indices.map { place in
                    [.text(name(weeks[place]))] + sums.map { .number($0[place]) }
                }
            ),
            summary: "\(FigureText.loss(total)) \(unit) in \(weeks.count) weeks;"
                + " \(FigureText.percent(share)) went to runs that diverged, failed or were killed.",
            answer: "\(FigureText.percent(share)) of \(FigureText.loss(total)) \(unit) ended in"
                + " nothing",
            input: input
        )
    }

    private static func bar(
        _ state: RunMessage.State,
        _ weeks: [Int],
        _ hours: [Double],
        _ index: Int
    ) -> FigureValue {
        [
            "type": "bar", "name": .text(state.rawValue), "x": .texts(weeks.map(name)),
            "y": .column(hours), "meta": ["role": "bar", "index": .number(Double(index))],
            "hovertemplate": .text("%{x}: %{y:.3g} h \(state.rawValue)<extra></extra>"),
        ]
    }

    /// nil for a run that never lasted.
    private static func entry(
        _ run: Run,
        _ viewer: RunViewer
    ) -> (entry: Entry, hasDevices: Bool)? {
        let start = Double(run.startTime) / 1e6
        let end = Double(run.endTime ?? run.heardAt) / 1e6
        guard start > 0, end > start else { return nil }
        let devices = deviceParams.lazy.compactMap { run.params[$0].flatMap(Double.init) }.first {
            $0 >= 1 && $0 <= 1e6
        }
        let roles = viewer.resolver.resolve(run, isExplaining: false)
        // Days since 1970 began on a Thursday; weeks begin on Monday.
        let week = Int(((start / 86_400 + 3) / 7).rounded(.down))
        let hours = (end - start) / 3600 * (devices ?? 1)
        let state = viewer.state(of: run, roles: roles)
        return (Entry(week: week, state: state, hours: hours), devices != nil)
    }

    /// The Monday, as 2026-05-04.
    private static func name(_ week: Int) -> String {
        let seconds = Double(week) * weekSeconds - 3 * 86_400
        return Date(timeIntervalSince1970: seconds).formatted(.iso8601.year().month().day())
    }
}
