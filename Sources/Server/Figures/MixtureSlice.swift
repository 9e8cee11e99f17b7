import Foundation
package import Mixtures
import ScalingLaws

/// The predicted loss over the shares of the two domains that matter most, the others keeping the
/// proportions that the best run gave them; every run is drawn where its two shares are.
package enum MixtureSlice: Figure {
    package typealias Fit = MixtureFit
    package static let kind = "mixture-slice"
    package static let title = "Loss over two domains"

    package static func make(_ input: FigureInput<MixtureFit>) throws(FigureError) -> PlotlyFigure {
        let fit = input.fit
        guard fit.domains.count >= 2, let base = fit.runs.min(by: { $0.loss < $1.loss }) else {
            throw .nothingToShow("a slice needs two domains and a run")
        }
        let (first, second) = pair(fit, base.proportions)
        let count = input.options.gridCount
        let axis = (0..<count).map { Double($0) / Double(count - 1) }
        let grid = axis.map { y in
            axis.map { x -> Double in
                guard x + y <= 1 + 1e-9 else { return .nan }
                return fit.model.loss(at: mixture(base.proportions, first, x, second, y))
            }
        }
        let names = [first, second].map { FigureText.plain(fit.domains[$0]) }
        return PlotlyFigure(
            data: [
                surface(axis, grid, names, fit.target), runs(fit, (first, second), names),
            ],
            layout: [
                "title": ["text": .text(title)],
                "xaxis": Trace.axis("share of \(names[0]) (%)").merging(["tickformat": ".0%"]),
                "yaxis": Trace.axis("share of \(names[1]) (%)").merging(["tickformat": ".0%"]),
                "showlegend": false, "hovermode": "closest",
            ],
            table: FigureTable(
                columns: [fit.domains[first], fit.domains[second], "predicted"],
                rows: axis.indices.flatMap { row in
                    axis.indices.filter { grid[row][$0].isFinite }.map { column in
                        [.number(axis[column]), .number(axis[row]), .number(grid[row][column])]
                    }
                }
            ),
            summary: "Predicted loss over the shares of \(names[0]) and \(names[1]), the others in"
                + " proportion to the best run.",
            answer: fit.domains.count > 2
                ? "the other \(fit.domains.count - 2) domains as in the best run, in proportion"
                : "the whole of two domains",
            input: input
        )
    }

    private static func surface(
        _ axis: [Double],
        _ grid: [[Double]],
        _ names: [String],
        _ target: String
    ) -> FigureValue {
        [
            "type": "contour", "name": "predicted", "x": .column(axis),
            "y": .column(axis), "z": .list(grid.map { .column($0) }),
            "contours": ["coloring": "heatmap"],
            "colorbar": ["title": ["text": .text(FigureText.plain(target))]],
            "hovertemplate": .text(
                "\(names[0]) %{x:.3f}, \(names[1]) %{y:.3f}: %{z:.4f}<extra></extra>"
            ),
            "meta": ["role": "surface"],
        ]
    }

    private static func runs(
        _ fit: MixtureFit,
        _ pair: (Int, Int),
        _ names: [String]
    ) -> FigureValue {
        Trace.markers(
            "runs",
            x: fit.runs.map { $0.proportions[pair.0] },
            y: fit.runs.map { $0.proportions[pair.1] },
            role: "run"
        ).merging(["marker": ["color": .column(fit.runs.map(\.loss))]]).merging(
            Trace.hover(
                fit.runs.map {
                    "\(FigureText.plain($0.name))<br>measured \(FigureText.loss($0.loss))"
                },
                then: "\(names[0]) %{x:.3f}, \(names[1]) %{y:.3f}"
            )
        )
    }

    /// The two domains along which the loss moves most between the shares that were tried.
    private static func pair(_ fit: MixtureFit, _ base: [Double]) -> (Int, Int) {
        let spans = fit.domains.indices.map { domain -> Double in
            let tried = fit.runs.map { $0.proportions[domain] }
            let ends = [tried.min() ?? 0, tried.max() ?? 0].map { share -> Double in
                let other = domain == 0 ? 1 : 0
                let rest = max(0, 1 - share)
                let kept = min(base[other], rest)
                return fit.model.loss(at: mixture(base, domain, share, other, kept))
            }
            return abs(ends[1] - ends[0])
        }
        let order = fit.domains.indices.sorted { spans[$0] > spans[$1] }
        return (order[0], order[1])
    }

    /// The base with two shares set and the rest scaled to fill what is left.
    private static func mixture(
        _ base: [Double],
        _ first: Int,
        _ x: Double,
        _ second: Int,
        _ y: Double
    ) -> [Double] {
        let left = max(0, 1 - x - y)
        let others = base.indices.filter { $0 != first && $0 != second }
        let sum = others.reduce(0) { $0 + base[$1] }
        var mixture = base
        for index in others {
            mixture[index] =
                sum > 1e-9 ? base[index] * left / sum : left / Double(max(1, others.count))
        }
        mixture[first] = x
        mixture[second] = others.isEmpty ? 1 - x : y
        return mixture
    }
}
