import Foundation
import Runs
import ScalingLaws

/// What stop advice would have saved in the finished sweeps of a project, over the error rate that
/// is allowed, with how often the best run would have been ended.
package enum StopValue: Figure {
    package typealias Fit = FinishedRuns
    package static let kind = "stop-value"
    package static let title = "Steps saved against the risk of ending the best run"
    package static let laws: [String] = []
    package static let subject = FigureSubject.replay

    private static let shares = [0.5, 0.75]
    private static let errorRates = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5]
    /// More would keep a reader waiting and say little more.
    private static let sweepLimit = 24
    private static let peerLimit = 48
    private static let fewestRuns = 3

    private struct Line {
        var share: Double
        var advice: [StopScorer.Score]
        var halving: StopScorer.Score
    }

    package static func make(
        _ input: FigureInput<FinishedRuns>
    ) throws(FigureError) -> PlotlyFigure {
        let runs = sweeps(input.fit.runs)
        guard !runs.isEmpty else {
            throw .nothingToShow(
                "no size, token count and batch has \(fewestRuns) finished runs with other settings"
            )
        }
        let scorer = StopScorer(runs: runs, peerLimit: peerLimit, sweep: key)
        let lines = shares.map { share in
            let (advice, halving) = scorer.scores(at: share, errorRates: errorRates)
            return Line(share: share, advice: advice, halving: halving)
        }
        return PlotlyFigure(
            data: lines.enumerated().flatMap { traces($1, index: $0) },
            layout: [
                "title": ["text": .text(title)],
                "xaxis": Trace.logAxis(
                    "allowed probability of ending the best run (%)",
                    over: (100 * errorRates[0])...(100 * errorRates[errorRates.count - 1]),
                    write: FigureText.short
                ),
                "yaxis": Trace.axis("share of all steps, or of sweeps (%)"),
                "hovermode": "closest",
            ].merging(Trace.legend) { $1 },
            table: table(lines),
            summary: summary(lines),
            answer: answer(lines),
            input: input
        )
    }

    /// Runs that differ in nothing but what a sweep varies: rates, by far most often.
    private static func key(_ run: ForecastRequest.Peer) -> String {
        let roles: [Role] = [.parameterCount, .tokenCount, .batchTokens]
        return roles.map { run.settings[$0].map { String($0) } ?? "?" }.joined(separator: " ")
    }

    /// Whole sweeps at even distances.
    private static func sweeps(_ runs: [ForecastRequest.Peer]) -> [ForecastRequest.Peer] {
        let all = Dictionary(grouping: runs.filter { $0.finalLossNats.isFinite }, by: key)
            .filter { $0.value.count >= fewestRuns }.sorted { $0.key < $1.key }
        let stride = max(1, (all.count + sweepLimit - 1) / sweepLimit)
        return all.enumerated().filter { $0.offset % stride == 0 }.flatMap { $0.element.value }
    }

    private static func traces(_ line: Line, index: Int) -> [FigureValue] {
        let at = "at \(FigureText.percent(100 * line.share)) of the steps"
        let allowed = errorRates.map { 100 * $0 }
        let text = line.advice.map(describe)
        return [
            Trace.lines(
                "steps saved, asked \(at)",
                x: allowed,
                y: line.advice.map { 100 * $0.savedShare },
                role: "fit",
                index: index
            ).merging(["mode": "lines+markers"]).merging(Trace.hover(text, then: "allowed %{x} %")),
            Trace.lines(
                "best run ended, asked \(at)",
                x: allowed,
                y: line.advice.map { 100 * $0.bestStoppedShare },
                role: "cell",
                index: index
            ).merging(["mode": "lines+markers", "line": ["dash": "dot"]])
                .merging(Trace.hover(text, then: "allowed %{x} %")),
            Trace.markers(
                "halving \(at)",
                x: [max(100 * line.halving.bestStoppedShare, 100 * errorRates[0])],
                y: [100 * line.halving.savedShare],
                role: "baseline",
                index: index
            ).merging(["marker": ["symbol": "diamond", "size": 10]])
                .merging(Trace.hover([describe(line.halving)], then: "the worse half ended")),
        ]
    }

    private static func describe(_ score: StopScorer.Score) -> String {
        "\(score.stopped) of \(score.jobs) jobs ended,"
            + " \(FigureText.percent(100 * score.savedShare)) of the steps saved<br>best run ended"
            + " in \(score.bestStopped) of \(score.sweeps) sweeps, loss lost"
            + " \(FigureText.percent(score.regretPercent))"
    }

    private static func table(_ lines: [Line]) -> FigureTable {
        FigureTable(
            columns: [
                "rule", "done_percent", "allowed_percent", "sweeps", "jobs", "ended",
                "best_run_ended", "saved_percent", "loss_lost_percent",
            ],
            rows: lines.flatMap { line in
                zip(errorRates, line.advice).map { rate, score in
                    row("advice", line.share, .number(100 * rate), score)
                } + [row("halving", line.share, "", line.halving)]
            }
        )
    }

    private static func row(
        _ rule: FigureValue,
        _ share: Double,
        _ allowed: FigureValue,
        _ score: StopScorer.Score
    ) -> [FigureValue] {
        [
            rule, .number(100 * share), allowed, .number(Double(score.sweeps)),
            .number(Double(score.jobs)), .number(Double(score.stopped)),
            .number(Double(score.bestStopped)), .number(100 * score.savedShare),
            .number(score.regretPercent),
        ]
    }

    private static func summary(_ lines: [Line]) -> String {
        let words = lines.compactMap { line -> String? in
            guard let place = errorRates.firstIndex(of: 0.05) else { return nil }
            let (own, half) = (line.advice[place], line.halving)
            return "asked at \(FigureText.percent(100 * line.share)) of the steps, allowing 5 %,"
                + " it saves \(FigureText.percent(100 * own.savedShare)) and ends the best run of"
                + " \(own.bestStopped) of \(own.sweeps) sweeps; ending the worse half saves"
                + " \(FigureText.percent(100 * half.savedShare)) and ends \(half.bestStopped)"
        }
        return "Stop advice on finished sweeps: " + words.joined(separator: "; ") + "."
    }

    private static func answer(_ lines: [Line]) -> String {
        guard let line = lines.first, let place = errorRates.firstIndex(of: 0.05) else { return "" }
        let score = line.advice[place]
        return "half way, allowing 5 %: \(FigureText.percent(100 * score.savedShare)) of the steps"
            + " saved, best run ended in \(score.bestStopped) of \(score.sweeps) sweeps"
    }
}
