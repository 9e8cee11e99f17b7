import Foundation
package import Mixtures
import ScalingLaws

extension MixtureFit: FigureBody {
    package var provenance: FigureProvenance {
        FigureProvenance(law: model.lawID, runs: runs.count, dataHash: dataHash, lossName: target)
    }
}

extension Figure where Fit == MixtureFit {
    package static var laws: [String] { MixtureFitJob.laws }
    package static var parameters: [String] { ["target"] }
}

/// What the law said of each run when it had not seen it, over what the run measured.
package enum MixturePredicted: Figure {
    package typealias Fit = MixtureFit
    package static let kind = "mixture-predicted"
    package static let title = "Predicted and measured"

    package static func make(_ input: FigureInput<MixtureFit>) throws(FigureError) -> PlotlyFigure {
        let fit = input.fit
        let runs = fit.runs.filter { $0.outOfFold?.isFinite == true }
        guard let low = runs.map(\.loss).min(), let high = runs.map(\.loss).max() else {
            throw .nothingToShow("no run was left out of a fit")
        }
        let score = fit.scores.first { $0.law == fit.model.lawID }
        let rank = score?.spearman.map { "rank correlation \(FigureText.loss($0))" }
        let error = score?.meanAbsoluteError.map { "mean error \(FigureText.loss($0))" }
        let words = [rank, error].compactMap { $0 }.joined(separator: " · ")
        return PlotlyFigure(
            data: [
                Trace.lines("exact", x: [low, high], y: [low, high], role: "baseline")
                    .merging(["hoverinfo": "skip"]),
                Trace.markers(
                    "runs",
                    x: runs.map(\.loss),
                    y: runs.map { $0.outOfFold ?? .nan },
                    role: "run"
                ).merging(
                    Trace.hover(
                        runs.map { FigureText.plain($0.name) + "<br>" + Self.shares(fit, $0) },
                        then: "measured %{x:.4f}, predicted %{y:.4f}"
                    )
                ),
            ],
            layout: [
                "title": ["text": .text(title)],
                "xaxis": Trace.axis("measured \(FigureText.plain(fit.target)) (its unit)"),
                "yaxis": Trace.axis("predicted without the run (its unit)"),
                "showlegend": false, "hovermode": "closest",
            ],
            table: FigureTable(
                columns: ["run", "measured", "predicted"] + fit.domains,
                rows: runs.map { run in
                    [.text(run.name), .number(run.loss), .optional(run.outOfFold)]
                        + run.proportions.map { .number($0) }
                }
            ),
            summary: "Predictions of \(runs.count) runs that the fit had not seen: \(words).",
            answer: words,
            input: input
        )
    }

    /// The largest shares of a run, in words.
    private static func shares(_ fit: MixtureFit, _ run: MixtureFit.Run) -> String {
        zip(fit.domains, run.proportions).filter { $0.1 > 0 }.sorted { $0.1 > $1.1 }.prefix(4)
            .map { "\(FigureText.plain($0.0)) \(FigureText.percent(100 * $0.1))" }
            .joined(separator: ", ")
    }
}
