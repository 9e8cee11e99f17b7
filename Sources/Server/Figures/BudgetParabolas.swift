import Foundation
package import ScalingLaws

/// The runs of every compute budget, the parabola through them over ln N, and its minimum with the
/// interval of resampled runs. Laws of size and tokens are drawn by `iso-flop` instead.
package enum BudgetParabolas: Figure {
    package typealias Fit = IsoFLOPFit
    package static let kind = "isoflop-profiles"
    package static let title = "Loss over model size, budget by budget"
    package static let parameters = ["flops"]
    package static var laws: [String] { [IsoFLOP.card.id] }
    private static let profileCount = 8

    package static func make(_ input: FigureInput<IsoFLOPFit>) throws(FigureError) -> PlotlyFigure {
        let all = input.fit.profiles
        let places = spread(all.indices.map(Double.init), count: profileCount).map { Int($0) }
        let profiles = places.map { all[$0] }
        let optima = profiles.filter { $0.optimum != nil }
        let answer = "best N ∝ C^\(FigureText.loss(input.fit.best.exponent))"
        let asked = asked(input)
        return PlotlyFigure(
            data: profiles.enumerated().flatMap { traces($1, $0) } + [stars(optima)] + asked,
            layout: try layout(profiles),
            table: table(all),
            summary: "Loss over model size at \(profiles.count) compute budgets, with a parabola"
                + " through the runs of each; \(optima.count) have a minimum. \(answer).",
            answer: answer
                + (all.count > profiles.count
                    ? " · \(all.count - profiles.count) more budgets are in the table" : ""),
            input: input
        )
    }

    /// ln of sizes, from the least to the largest run of a budget and its optimum.
    private static func curve(_ profile: IsoFLOPFit.Profile) -> (x: [Double], y: [Double]) {
        guard let best = profile.optimum,
            let range = SizeAndTokens.range(profile.points.map(\.parameterCount))
        else { return ([], []) }
        let sizes = logSpaced((range.lowerBound / 1.1)...(range.upperBound * 1.1), count: 41)
        return (
            sizes,
            sizes.map { size in
                let offset = log(size / best.parameterCount.value)
                return best.lossNats + best.curvature / 2 * offset * offset
            }
        )
    }

    private static func traces(_ profile: IsoFLOPFit.Profile, _ index: Int) -> [FigureValue] {
        let name = "C = \(FigureText.rate(profile.budgetFLOPs))"
        let line = curve(profile)
        let runs = Trace.markers(
            "runs at \(name)",
            x: profile.points.map(\.parameterCount),
            y: profile.points.map(\.lossNats),
            role: "run",
            index: index
        ).merging(["showlegend": false]).merging(
            Trace.hover(
                profile.points.map {
                    FigureText.plain($0.runName) + "<br>N \(FigureText.count($0.parameterCount)),"
                        + " D \(FigureText.count($0.tokenCount))"
                },
                then: "loss %{y:.4f}"
            )
        )
        guard !line.x.isEmpty else { return [runs] }
        return [
            Trace.lines(name, x: line.x, y: line.y, role: "fit", index: index)
                .merging(["hovertemplate": .text("\(name)<br>N %{x:.3s}, loss %{y:.4f}")]),
            runs,
        ]
    }

    private static func stars(_ profiles: [IsoFLOPFit.Profile]) -> FigureValue {
        let sizes = profiles.compactMap(\.optimum?.parameterCount)
        return Trace.path(
            "minimum of each budget",
            x: sizes.map(\.value),
            y: profiles.compactMap(\.optimum?.lossNats),
            role: "vertex"
        ).merging([
            "error_x": [
                "type": "data", "symmetric": false,
                "array": .column(sizes.map { $0.high - $0.value }),
                "arrayminus": .column(sizes.map { $0.value - $0.low }),
            ]
        ]).merging(
            Trace.hover(
                zip(profiles, sizes).map { profile, size in
                    "best for \(FigureText.rate(profile.budgetFLOPs)) FLOPs<br>"
                        + FigureText.interval(low: size.low, high: size.high, FigureText.count)
                },
                then: "N %{x:.3s}, loss %{y:.4f}"
            )
        )
    }

    /// Where the frontier puts the budget that was asked about.
    private static func asked(_ input: FigureInput<IsoFLOPFit>) -> [FigureValue] {
        guard let flops = input.question[.flops],
            let (size, loss) = input.fit.frontier(flops: flops)
        else { return [] }
        return [
            Trace.markers("your budget", x: [size], y: [loss], role: "optimum")
                .merging(["hovertemplate": "N %{x:.3s}, loss %{y:.4f}<extra></extra>"])
        ]
    }

    private static func layout(
        _ profiles: [IsoFLOPFit.Profile]
    ) throws(FigureError) -> [String: FigureValue] {
        let points = profiles.flatMap(\.points)
        guard let sizes = SizeAndTokens.range(points.map(\.parameterCount)),
            let losses = SizeAndTokens.range(points.map(\.lossNats))
        else { throw .nothingToShow("no budget of the fit has a run") }
        return [
            "title": ["text": .text(title)],
            "xaxis": Trace.logAxis(
                "model size N (parameters)",
                over: (sizes.lowerBound / 1.3)...(sizes.upperBound * 1.3),
                write: FigureText.count
            ),
            "yaxis": Trace.logAxis(
                "final loss (nats per token)",
                over: (losses.lowerBound / 1.01)...(losses.upperBound * 1.01),
                write: FigureText.loss
            ),
            "hovermode": "closest",
        ].merging(Trace.legend) { $1 }
    }

    private static func table(_ profiles: [IsoFLOPFit.Profile]) -> FigureTable {
        FigureTable(
            columns: ["kind", "flops", "parameters", "low_90", "high_90", "loss_nats", "run"],
            rows: profiles.flatMap { profile -> [[FigureValue]] in
                let flops = FigureValue.number(profile.budgetFLOPs)
                let runs: [[FigureValue]] = profile.points.map {
                    [
                        "run", flops, .number($0.parameterCount), .null, .null,
                        .number($0.lossNats), .text($0.runName),
                    ]
                }
                guard let best = profile.optimum else { return runs }
                let size = best.parameterCount
                return runs + [
                    [
                        "minimum", flops, .number(size.value), .number(size.low),
                        .number(size.high), .number(best.lossNats), "",
                    ]
                ]
            }
        )
    }
}

extension IsoFLOPFit: FigureBody {
    package var provenance: FigureProvenance {
        FigureProvenance(
            law: law,
            runs: profiles.reduce(0) { $0 + $1.points.count },
            dataHash: dataHash,
            lossName: lossName,
            parameterConvention: parameterConvention
        )
    }

    /// Best size and its loss at a budget; nil where the frontier gives no number.
    func frontier(flops: Double) -> (size: Double, loss: Double)? {
        let size = exp(best.logSize(log(flops)))
        let loss = best.loss(log(flops))
        guard size.isNormal, loss.isNormal, loss > 0 else { return nil }
        return (size, loss)
    }
}
