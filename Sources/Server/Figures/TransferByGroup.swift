import Foundation
package import ScalingLaws

/// What a rule makes of each group's hyperparameters from the narrowest to the widest model of a
/// sweep: target over base, in doublings.
package enum TransferByGroup: Figure {
    package typealias Fit = TransferCheckFit
    package static let kind = "transfer-by-group"
    package static let title = "Hyperparameters carried over width, group by group"
    package static var laws: [String] { [TransferCheck.card.id] }
    private static let depth = 1.0

    package static func make(
        _ input: FigureInput<TransferCheckFit>
    ) throws(FigureError) -> PlotlyFigure {
        let widths = input.fit.widths.map(\.modelWidth)
        guard let range = SizeAndTokens.range(widths), range.upperBound > range.lowerBound else {
            throw .nothingToShow("the fit has one width only")
        }
        var question = TransferQuestion(
            base: .init(width: range.lowerBound, depth: depth),
            target: .init()
        )
        question.target.width = range.upperBound
        let table = try table(question)
        let names = table.rows.flatMap(\.settings).map(\.name).reduce(into: [String]()) {
            if !$0.contains($1) { $0.append($1) }
        }
        let span =
            "width \(FigureText.count(range.lowerBound)) to"
            + " \(FigureText.count(range.upperBound))"
        return PlotlyFigure(
            data: names.enumerated().map { bars(table, $1, $0) },
            layout: [
                "title": ["text": .text(title)],
                "xaxis": axis(table),
                "yaxis": [
                    "type": "category", "automargin": true, "ticks": "", "autorange": "reversed",
                ],
                "barmode": "group", "hovermode": "closest",
                "margin": ["l": 10, "r": 12, "t": 8, "b": 38],
            ].merging(Trace.legend) { $1 },
            table: rows(table),
            summary: "Factors of initial values, learning rate, weight decay, epsilon and"
                + " multipliers by group of parameters from \(span) by the rule"
                + " \(question.rule.rawValue), with weight decay at a constant timescale.",
            answer: "\(span) by \(question.rule.rawValue)",
            input: input
        )
    }

    private static func table(
        _ question: TransferQuestion
    ) throws(FigureError) -> TransferTable {
        do throws(RecommendError) {
            return try TransferRules.table(question)
        } catch {
            throw .target(error)
        }
    }

    private static let titles = [
        "initStandardDeviation": "initial values", "peakLearningRate": "learning rate",
        "weightDecay": "weight decay", "epsilon": "epsilon", "multiplier": "multiplier",
    ]

    private static func bars(_ table: TransferTable, _ name: String, _ index: Int) -> FigureValue {
        let settings = table.rows.map { row in row.settings.first { $0.name == name } }
        return [
            "type": "bar", "orientation": "h", "name": .text(titles[name] ?? name),
            "x": .column(settings.map { log2($0?.factor ?? .nan) }),
            "y": .texts(table.rows.map(\.title)),
            "text": .texts(settings.map { $0.map { "\($0.formula), \($0.source)" } ?? "" }),
            "textposition": "none",
            "hovertemplate": .text(
                "%{y}, \(titles[name] ?? name)<br>%{x:.2f} doublings<br>%{text}<extra></extra>"
            ),
            "meta": ["role": "bar", "index": .number(Double(index))],
        ]
    }

    /// Marks at powers of two, written as factors.
    private static func axis(_ table: TransferTable) -> FigureValue {
        let values = table.rows.flatMap(\.settings).compactMap(\.factor).map { log2($0) }
            .filter(\.isFinite)
        let reach = min(max(values.map { abs($0) }.max() ?? 1, 1), 60).rounded(.up)
        let step = max(1, (reach / 4).rounded())
        let marks = stride(from: -reach, through: reach, by: step).map { $0 }
        return [
            "title": ["text": "target over base (factor)"], "tickmode": "array",
            "range": [.number(-reach - 0.3), .number(reach + 0.3)],
            "tickvals": .list(marks.map(FigureValue.number)),
            "ticktext": .texts(
                marks.map { mark in
                    let factor = FigureText.count(exp2(abs(mark)))
                    return mark == 0 ? "same" : mark < 0 ? "÷\(factor)" : "×\(factor)"
                }
            ),
        ]
    }

    private static func rows(_ table: TransferTable) -> FigureTable {
        FigureTable(
            columns: ["group", "setting", "factor", "formula", "source"],
            rows: table.rows.flatMap { row in
                row.settings.map { setting in
                    [
                        .text(row.group.rawValue), .text(setting.name), .optional(setting.factor),
                        .text(setting.formula), .text(setting.source),
                    ]
                }
            }
        )
    }
}
