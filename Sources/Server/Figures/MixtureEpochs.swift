import Foundation
import Mixtures
import ScalingLaws

/// A mixture in tokens: share of each domain beside what there is of it, and how often the domain's
/// tokens would be passed over in a run of a given length.
package enum MixtureEpochs: Figure {
    package typealias Fit = MixtureQuestion
    package static let kind = "mixture-epochs"
    package static let title = "Shares, tokens and passes over each domain"
    package static let parameters = ["target", "mixture", "constraints", "tokens"]

    /// Up to four passes are about as good as fresh tokens: Muennighoff et al., Scaling
    /// data-constrained language models (arXiv 2305.16264).
    private static let harmlessEpochs = 4.0

    private struct Row {
        var domain: String
        var share: Double
        var meanShare: Double
        /// nil where nobody says how long the run is.
        var tokens: Double?
        /// nil where nobody says how much there is.
        var available: Double?

        var epochs: Double? {
            guard let tokens, let available else { return nil }
            return available > 0 ? tokens / available : tokens > 0 ? .infinity : 0
        }
    }

    package static func make(
        _ input: FigureInput<MixtureQuestion>
    ) throws(FigureError) -> PlotlyFigure {
        let question = input.fit
        guard let fit = question.fits.first else { throw .nothingToShow("no target was named") }
        let tokens = tokens(question, fit)
        let rows = rows(question, fit, tokens)
        let limit = question.constraints.maximumEpochs ?? harmlessEpochs
        let words = words(rows, limit)
        let total = tokens.map { "\(FigureText.count($0)) tokens of " } ?? ""
        return PlotlyFigure(
            data: shares(rows) + epochs(rows),
            layout: layout(rows, limit),
            table: table(rows),
            summary:
                "\(total)\(FigureText.shares(rows.map(\.domain), rows.map(\.share))): \(words).",
            answer: words,
            input: input
        )
    }

    private static func tokens(_ question: MixtureQuestion, _ fit: MixtureFit) -> Double? {
        question.tokens ?? question.constraints.targetTokens
            ?? fit.runs.compactMap(\.tokenCount).max()
    }

    private static func rows(
        _ question: MixtureQuestion,
        _ fit: MixtureFit,
        _ tokens: Double?
    ) -> [Row] {
        let best = fit.runs.min { $0.loss < $1.loss }?.proportions ?? []
        let mixture = question.mixture ?? best
        let count = Double(max(fit.runs.count, 1))
        return fit.domains.enumerated().map { index, domain in
            Row(
                domain: FigureText.plain(domain),
                share: mixture[index],
                meanShare: fit.runs.reduce(0) { $0 + $1.proportions[index] } / count,
                tokens: tokens.map { mixture[index] * $0 },
                available: question.constraints.availableTokens[domain]
                    ?? fit.availableTokens?[index]
            )
        }.sorted { $0.share > $1.share }
    }

    private static func words(_ rows: [Row], _ limit: Double) -> String {
        guard rows.contains(where: { $0.epochs != nil }) else {
            return rows.contains { $0.tokens != nil }
                ? "passes are unknown until runs log availableTokens/DOMAIN, or constraints say"
                    + " availableTokens"
                : "passes are unknown until tokens says how long the run is"
        }
        let over = rows.filter { $0.epochs ?? 0 > limit }
        guard !over.isEmpty else {
            let most = rows.max { $0.epochs ?? 0 < $1.epochs ?? 0 }
            return "no domain is passed over more than \(FigureText.short(limit)) times; most"
                + " often \(most?.domain ?? ""), \(FigureText.short(most?.epochs ?? 0))"
        }
        let named = over.prefix(4).map { "\($0.domain) \(FigureText.short($0.epochs ?? 0)) times" }
        return "passed over more than \(FigureText.short(limit)) times: "
            + named.joined(separator: ", ") + (over.count > 4 ? ", …" : "")
    }

    private static func shares(_ rows: [Row]) -> [FigureValue] {
        let there = rows.reduce(0) { $0 + ($1.available ?? 0) }
        var bars = [
            bar("this mixture", rows, rows.map { 100 * $0.share }, 0),
            bar("mean of the runs", rows, rows.map { 100 * $0.meanShare }, 1),
        ]
        if there > 0, rows.allSatisfy({ $0.available != nil }) {
            bars.append(
                bar("what there is", rows, rows.map { 100 * ($0.available ?? 0) / there }, 2)
            )
        }
        return bars
    }

    private static func bar(
        _ name: String,
        _ rows: [Row],
        _ values: [Double],
        _ index: Int
    ) -> FigureValue {
        [
            "type": "bar", "name": .text(name), "x": .texts(rows.map(\.domain)),
            "y": .list(values.map(FigureValue.number)),
            "hovertemplate": "%{x}: %{y:.1f} % of the tokens<extra>%{fullData.name}</extra>",
            "meta": ["role": "bar", "index": .number(Double(index))],
        ]
    }

    private static func epochs(_ rows: [Row]) -> [FigureValue] {
        let known = rows.filter { $0.epochs?.isFinite == true }
        guard !known.isEmpty else { return [] }
        let trace: FigureValue = [
            "type": "bar", "name": "passes", "x": .texts(known.map(\.domain)), "yaxis": "y2",
            "y": .list(known.map { .number($0.epochs ?? 0) }), "showlegend": false,
            "text": .texts(known.map { FigureText.short($0.epochs ?? 0) + "×" }),
            "textposition": "auto", "cliponaxis": false,
            "customdata": .texts(
                known.map {
                    "\(FigureText.count($0.tokens ?? 0)) tokens of"
                        + " \(FigureText.count($0.available ?? 0))"
                }
            ),
            "hovertemplate": "%{x}: %{customdata}, %{y:.2f} passes<extra></extra>",
            "meta": ["role": "bar", "index": 3],
        ]
        return [trace]
    }

    private static func layout(_ rows: [Row], _ limit: Double) -> [String: FigureValue] {
        guard rows.contains(where: { $0.epochs != nil }) else {
            return [
                "title": ["text": .text(title)], "barmode": "group",
                "xaxis": Trace.axis("domain (by share)"),
                "yaxis": Trace.axis("share of tokens (%)"), "hovermode": "closest",
            ].merging(Trace.legend) { $1 }
        }
        return [
            "title": ["text": .text(title)], "barmode": "group",
            "xaxis": ["title": ["text": "domain (by share)"], "anchor": "y2"],
            "yaxis": ["title": ["text": "share of tokens (%)"], "domain": [0.46, 1]],
            "yaxis2": ["title": ["text": "passes (epochs)"], "domain": [0, 0.36]],
            "shapes": [
                [
                    "type": "line", "name": "limit", "xref": "paper", "x0": 0, "x1": 1,
                    "yref": "y2", "y0": .number(limit), "y1": .number(limit),
                ]
            ],
            "hovermode": "closest",
        ].merging(Trace.legend) { $1 }
    }

    private static func table(_ rows: [Row]) -> FigureTable {
        FigureTable(
            columns: [
                "domain", "share", "mean_share_of_runs", "tokens", "available_tokens", "epochs",
            ],
            rows: rows.map {
                [
                    .text($0.domain), .number($0.share), .number($0.meanShare),
                    .optional($0.tokens), .optional($0.available), .optional($0.epochs),
                ]
            }
        )
    }
}
