import Foundation
package import ScalingLaws

/// Loss over model size at one compute budget each, and the sizes where each budget is best spent.
package enum IsoFLOPProfiles: Figure {
    package typealias Fit = NonlinearFit
    package static let kind = "iso-flop"
    package static let title = "Loss over model size at equal compute"
    package static let parameters = ["flops"]
    package static var laws: [String] { LawPredictor.lossLaws }
    private static let profileCount = 6
    /// Runs whose compute is within this factor of a budget are drawn on its profile.
    private static let nearby = 1.3

    package static func make(_ input: FigureInput<NonlinearFit>) throws(FigureError) -> PlotlyFigure
    {
        let data = try SizeAndTokens(input.fit)
        let budgets = self.budgets(data, asked: input.question[.flops])
        let profiles = budgets.enumerated().map { profile(data, $1, $0) }
        let optima = profiles.filter { $0.best != nil }
        let frontier = Trace.path(
            "best size",
            x: optima.map { $0.best?.size ?? .nan },
            y: optima.map { $0.best?.loss ?? .nan },
            role: "vertex"
        ).merging(
            Trace.hover(
                optima.map { "best for \(FigureText.rate($0.flops)) FLOPs" },
                then: "N %{x:.3s}, loss %{y:.4f}"
            )
        )
        let slope = exponent(optima)
        return PlotlyFigure(
            data: profiles.flatMap(\.traces) + (optima.isEmpty ? [] : [frontier]),
            layout: try layout(profiles),
            table: table(profiles),
            summary: "Loss over model size at \(budgets.count) compute budgets; the best size"
                + (slope.map { " grows as C^\(FigureText.loss($0))." }
                    ?? " lies outside the sizes searched."),
            answer: slope.map { "best N ∝ C^\(FigureText.loss($0)) between these budgets" } ?? "",
            input: input
        )
    }

    private struct Profile {
        var flops: Double
        var sizes: [Double]
        var losses: [Double]
        var runs: [NonlinearFit.Residual]
        var best: (size: Double, tokens: Double, loss: Double)?
        var traces: [FigureValue]
    }

    /// Budgets at which several sizes were trained, else budgets evenly spaced over the runs.
    private static func budgets(_ data: SizeAndTokens, asked: Double?) -> [Double] {
        let sorted = data.runs.map { log(data.flops($0)) }.sorted()
        var groups: [[Double]] = []
        for value in sorted {
            if let last = groups.last?.last, value - last < 0.08 {
                groups[groups.count - 1].append(value)
            } else {
                groups.append([value])
            }
        }
        let shared = groups.filter { $0.count >= 4 && $0.count * 4 < max(sorted.count, 9) * 3 }
            .map { exp($0.reduce(0, +) / Double($0.count)) }
        let chosen =
            shared.count >= 3
            ? spread(shared, count: profileCount)
            : Array(Set(logSpaced(data.flops, count: profileCount))).sorted()
        return (chosen + (asked.map { [$0] } ?? [])).sorted()
    }

    private static func profile(_ data: SizeAndTokens, _ flops: Double, _ index: Int) -> Profile {
        let runs = data.runs.filter { abs(log(data.flops($0) / flops)) < log(nearby) }
        let best = data.optimum(flops)
        let own = runs.map(\.size) + (best.map { [$0.size / 3, $0.size * 3] } ?? [])
        let range = SizeAndTokens.range(own) ?? data.sizes
        let sizes = logSpaced((range.lowerBound / 1.2)...(range.upperBound * 1.2), count: 41)
        let losses = sizes.map { data.loss($0, data.tokens(flops, $0)) }
        let name = "C = \(FigureText.rate(flops))"
        var traces = [
            Trace.lines(name, x: sizes, y: losses, role: "fit", index: index)
                .merging(["hovertemplate": .text("\(name)<br>N %{x:.3s}, loss %{y:.4f}")])
        ]
        if !runs.isEmpty {
            traces.append(
                Trace.markers(
                    "runs near \(FigureText.rate(flops))",
                    x: runs.map(\.size),
                    y: runs.map(\.observed),
                    role: "run",
                    index: index
                ).merging(Trace.hover(runs.map(\.label), then: "loss %{y:.4f}"))
            )
        }
        return Profile(
            flops: flops,
            sizes: sizes,
            losses: losses,
            runs: runs,
            best: best,
            traces: traces
        )
    }

    /// Slope of ln N over ln C between the outer profiles.
    private static func exponent(_ profiles: [Profile]) -> Double? {
        guard let first = profiles.first, let last = profiles.last, let low = first.best,
            let high = last.best, last.flops > first.flops * 1.01
        else { return nil }
        return log(high.size / low.size) / log(last.flops / first.flops)
    }

    private static func layout(
        _ profiles: [Profile]
    ) throws(FigureError) -> [String: FigureValue] {
        let seen =
            profiles.flatMap { $0.runs.map(\.observed) + [$0.best?.loss ?? .nan] }
            + profiles.flatMap(\.losses).filter { $0.isFinite }.sorted().prefix(1)
        guard let sizes = SizeAndTokens.range(profiles.flatMap(\.sizes)),
            let losses = SizeAndTokens.range(seen.filter(\.isFinite)), sizes.lowerBound > 0
        else { throw .nothingToShow("the law gives no usable loss at these budgets") }
        let labels = profiles.enumerated().compactMap { index, profile -> FigureValue? in
            guard let end = profile.sizes.last, let loss = profile.losses.last, loss.isFinite,
                loss < losses.upperBound * 1.03
            else { return nil }
            return [
                "name": .text("series-\(index)"),
                "text": .text(FigureText.shortRate(profile.flops)),
                "x": .number(log10(end)), "y": .number(log10(loss)), "xanchor": "left",
                "showarrow": false,
            ]
        }
        return [
            "title": ["text": .text(title)],
            "xaxis": Trace.logAxis(
                "model size N (parameters)",
                over: sizes,
                write: FigureText.count
            ),
            "yaxis": Trace.logAxis(
                "final loss (nats per token)",
                over: (losses.lowerBound / 1.01)...(losses.upperBound * 1.03),
                write: FigureText.loss
            ),
            "annotations": .list(labels), "showlegend": false, "hovermode": "closest",
            "margin": ["l": 52, "r": 40, "t": 8, "b": 38],
        ]
    }

    private static func table(_ profiles: [Profile]) -> FigureTable {
        FigureTable(
            columns: ["kind", "flops", "parameters", "loss_nats", "run"],
            rows: profiles.flatMap { profile in
                profile.runs.map {
                    [
                        "run", FigureValue.number(profile.flops), .number($0.size),
                        .number($0.observed), .text($0.runName),
                    ]
                }
                    + zip(profile.sizes, profile.losses).map {
                        ["law", .number(profile.flops), .number($0), .number($1), ""]
                    }
                    + (profile.best.map {
                        [
                            [
                                "best size", .number(profile.flops), .number($0.size),
                                .number($0.loss), "",
                            ]
                        ]
                    } ?? [])
            }
        )
    }
}
