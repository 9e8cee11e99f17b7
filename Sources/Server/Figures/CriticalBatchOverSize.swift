import Foundation
package import ScalingLaws

/// The critical batch of every group over model size, by both definitions, with their power laws.
package enum CriticalBatchOverSize: Figure {
    package typealias Fit = CriticalBatchFit
    package static let kind = "critical-batch-over-size"
    package static let title = "Critical batch over model size"
    package static var laws: [String] { [CriticalBatch.card.id] }

    package static func make(
        _ input: FigureInput<CriticalBatchFit>
    ) throws(FigureError) -> PlotlyFigure {
        let groups = input.fit.groups.filter { ($0.parameters ?? 0) > 0 }
        let kinds = CriticalBatchFit.Definition.Kind.allCases
        guard let sizes = SizeAndTokens.range(groups.compactMap(\.parameters)),
            let values = SizeAndTokens.range(
                groups.flatMap { group in
                    kinds.flatMap { [group.batch($0).low, group.batch($0).high] }
                }.filter { $0 > 0 && $0.isFinite }
            )
        else { throw .nothingToShow("no group of the fit says its model size") }
        let wide = (sizes.lowerBound / 1.4)...(sizes.upperBound * 1.4)
        let exponents = kinds.compactMap { kind in
            input.fit.powerLaw(kind, over: .parameters)?.exponent.map {
                "\(name(kind, input.fit)): N^\(LawLines.exponent($0))"
            }
        }
        return PlotlyFigure(
            data: kinds.enumerated().flatMap { index, kind in
                law(input.fit, kind, wide, index) + [dots(input.fit, groups, kind, index)]
            },
            layout: [
                "title": ["text": .text(title)],
                "xaxis": Trace.logAxis(
                    "model size N (parameters)",
                    over: wide,
                    write: FigureText.count
                ),
                "yaxis": Trace.logAxis(
                    "critical batch (tokens per step)",
                    over: (values.lowerBound / 1.3)...(values.upperBound * 1.3),
                    write: FigureText.count
                ),
                "hovermode": "closest",
            ].merging(Trace.legend) { $1 },
            table: table(groups, kinds),
            summary: "Critical batch of \(groups.count) groups over model size by two definitions"
                + (exponents.isEmpty ? "; " + refusal(input.fit) : ". ")
                + exponents.joined(separator: "; "),
            answer: exponents.isEmpty ? refusal(input.fit) : exponents.joined(separator: " · "),
            input: input
        )
    }

    private static func refusal(_ fit: CriticalBatchFit) -> String {
        fit.powerLaws.first { $0.input == .parameters }?.refused
            ?? "no power law over model size was fitted"
    }

    private static func name(
        _ kind: CriticalBatchFit.Definition.Kind,
        _ fit: CriticalBatchFit
    ) -> String {
        fit.definitions.first { $0.kind == kind }?.title ?? kind.rawValue
    }

    private static func law(
        _ fit: CriticalBatchFit,
        _ kind: CriticalBatchFit.Definition.Kind,
        _ range: ClosedRange<Double>,
        _ index: Int
    ) -> [FigureValue] {
        guard let law = fit.powerLaw(kind, over: .parameters) else { return [] }
        let sizes = logSpaced(range, count: 21)
        let points = sizes.compactMap { size in law.batch(at: size).map { (size, $0) } }
        return [
            Trace.band(
                "90 %",
                x: points.map(\.0),
                low: points.map(\.1.low),
                high: points.map(\.1.high),
                index: index
            ).merging(["showlegend": false]),
            Trace.lines(
                name(kind, fit),
                x: points.map(\.0),
                y: points.map(\.1.value),
                role: "fit",
                index: index
            ),
        ]
    }

    private static func dots(
        _ fit: CriticalBatchFit,
        _ groups: [CriticalBatchFit.Group],
        _ kind: CriticalBatchFit.Definition.Kind,
        _ index: Int
    ) -> FigureValue {
        let batches = groups.map { $0.batch(kind) }
        return Trace.markers(
            "groups, \(name(kind, fit))",
            x: groups.map { $0.parameters ?? .nan },
            y: batches.map(\.value),
            role: "cell",
            index: index
        ).merging([
            "showlegend": false,
            "error_y": [
                "type": "data", "symmetric": false,
                "array": .column(batches.map { $0.high - $0.value }),
                "arrayminus": .column(batches.map { $0.value - $0.low }),
            ],
        ]).merging(Trace.hover(groups.map(\.label), then: "%{y:.3s} tokens per step"))
    }

    private static func table(
        _ groups: [CriticalBatchFit.Group],
        _ kinds: [CriticalBatchFit.Definition.Kind]
    ) -> FigureTable {
        FigureTable(
            columns: [
                "parameters", "target_loss", "definition", "critical_batch_tokens", "low_90",
                "high_90",
            ],
            rows: groups.flatMap { group in
                kinds.map { kind in
                    let batch = group.batch(kind)
                    return [
                        .optional(group.parameters), .number(group.targetLoss),
                        .text(kind.rawValue), .number(batch.value), .number(batch.low),
                        .number(batch.high),
                    ]
                }
            }
        )
    }
}

extension CriticalBatchFit: FigureBody {
    package var provenance: FigureProvenance {
        FigureProvenance(
            law: law,
            runs: groups.reduce(0) { $0 + $1.points.count },
            dataHash: dataHash,
            lossName: lossName,
            parameterConvention: parameterConvention
        )
    }

    /// At most `count` groups, spread over model size and target loss.
    func spreadGroups(count: Int) -> [Group] {
        let sorted = groups.sorted {
            ($0.parameters ?? 0, -$0.targetLoss) < ($1.parameters ?? 0, -$1.targetLoss)
        }
        guard sorted.count > count else { return sorted }
        return (0..<count).map { sorted[$0 * (sorted.count - 1) / (count - 1)] }
    }
}

extension CriticalBatchFit.Group {
    var label: String {
        let size = parameters.map { "N \(FigureText.count($0)), " } ?? ""
        return size + "loss \(FigureText.loss(targetLoss))"
    }
}
