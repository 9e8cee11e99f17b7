import Foundation
package import Mixtures
import ScalingLaws

/// How the loss moves along each domain's share from the best run of the fit, the others keeping
/// their proportions to each other.
package enum MixtureSensitivity: Figure {
    package typealias Fit = MixtureFit
    package static let kind = "mixture-sensitivity"
    package static let title = "Loss over the share of each domain"
    private static let shownDomains = 8
    private static let pointCount = 61

    package static func make(_ input: FigureInput<MixtureFit>) throws(FigureError) -> PlotlyFigure {
        let fit = input.fit
        guard let base = fit.runs.min(by: { $0.loss < $1.loss }) else {
            throw .nothingToShow("the fit holds no run")
        }
        let curves = fit.domains.indices.map { Curve(fit, base.proportions, domain: $0) }
            .filter { $0.x.count > 1 }
            .sorted { $0.span > $1.span }
        let shown = curves.prefix(shownDomains)
        guard let first = shown.first else {
            throw .nothingToShow("no domain was tried at two shares")
        }
        var data = shown.enumerated().map { index, curve in
            Trace.lines(curve.name, x: curve.x, y: curve.y, role: "fit", index: index).merging([
                "hovertemplate": .text(
                    "\(FigureText.plain(curve.name)) %{x:.3f}: %{y:.4f}<extra></extra>"
                )
            ])
        }
        data.append(
            Trace.markers(
                "best run",
                x: shown.map(\.own),
                y: shown.map { _ in fit.model.loss(at: base.proportions) },
                role: "run"
            ).merging(Trace.hover(shown.map { FigureText.plain($0.name) }, then: "share %{x:.1%}"))
        )
        return PlotlyFigure(
            data: data,
            layout: [
                "title": ["text": .text(title)],
                "xaxis": Trace.axis("share of the domain, the others in proportion (%)")
                    .merging(["tickformat": ".0%"]),
                "yaxis": Trace.axis("predicted \(FigureText.plain(fit.target)) (its unit)"),
                "hovermode": "closest",
            ].merging(Trace.legend) { $1 },
            table: FigureTable(
                columns: ["domain", "share", "predicted"],
                rows: curves.flatMap { curve in
                    zip(curve.x, curve.y).map {
                        [.text(curve.name), .number($0.0), .number($0.1)]
                    }
                }
            ),
            summary: "Predicted loss over the share of each of \(curves.count) domains, from the"
                + " best run; \(first.name) moves it most.",
            answer: "from the best run · shares as far as runs tried",
            input: input
        )
    }

    /// One domain's share moved from the least to the greatest that any run tried.
    private struct Curve {
        var name: String
        var own: Double
        var x: [Double] = []
        var y: [Double] = []

        var span: Double { (y.max() ?? 0) - (y.min() ?? 0) }

        init(_ fit: MixtureFit, _ base: [Double], domain: Int) {
            name = fit.domains[domain]
            own = base[domain]
            let tried = fit.runs.map { $0.proportions[domain] }
            guard let low = tried.min(), let high = tried.max(), low < high else { return }
            let rest = 1 - own
            for step in 0..<MixtureSensitivity.pointCount {
                let share =
                    low + (high - low) * Double(step)
                    / Double(MixtureSensitivity.pointCount - 1)
                var mixture = base
                for index in mixture.indices where index != domain {
                    mixture[index] =
                        rest > 1e-9
                        ? base[index] * (1 - share) / rest
                        : (1 - share) / Double(base.count - 1)
                }
                mixture[domain] = share
                let loss = fit.model.loss(at: mixture)
                guard loss.isFinite else { continue }
                x.append(share)
                y.append(loss)
            }
        }
    }
}
