import Foundation
import Mixtures
import ScalingLaws

/// The predicted loss over a triangle of three domains; the others keep the shares of one mixture.
package enum MixtureTernary: Figure {
    package typealias Fit = MixtureQuestion
    package static let kind = "mixture-ternary"
    package static let title = "Loss on a triangle"
    package static let parameters = ["target", "domains", "mixture"]
    /// Steps along each side; the hexagons then touch each other.
    private static let sideSteps = 44
    /// A triangle of less than this share says nothing.
    private static let leastRoom = 0.02

    package static func make(
        _ input: FigureInput<MixtureQuestion>
    ) throws(FigureError) -> PlotlyFigure {
        let fit = input.fit.fits[0]
        guard fit.domains.count >= 3, let best = fit.runs.min(by: { $0.loss < $1.loss }) else {
            throw .nothingToShow("a triangle needs three domains and a run")
        }
        let base = input.fit.mixture ?? best.proportions
        let corners = try corners(input.fit.domains, fit, base)
        let room = corners.reduce(0) { $0 + base[$1] }
        guard room >= leastRoom else {
            throw .nothingToShow(
                "these three domains share \(FigureText.percent(100 * room)) of the mixture, the"
                    + " others the rest; choose domains with larger shares"
            )
        }
        let words = FigureText.distinct(fit.domains)
        let names = corners.map { FigureText.plain(words[$0]) }
        let grid = Grid(fit, base, corners, room)
        let range = scale(fit, grid)
        let isOfRun = input.fit.mixture == nil
        let place = isOfRun ? "the best run" : "the mixture at the star"
        let rest = fit.domains.count - 3
        return PlotlyFigure(
            data: [
                grid.trace(names, range, FigureText.plain(fit.target)),
                runs(fit, corners, room, range),
                mark(isOfRun ? "best run" : "asked about", corners.map { base[$0] }),
            ],
            layout: [
                "title": ["text": .text(title)], "showlegend": false, "hovermode": "closest",
                "ternary": triangle(room, names),
            ],
            table: FigureTable(
                columns: corners.map { fit.domains[$0] } + ["predicted", "extrapolates"],
                rows: grid.points.map { point in
                    point.shares.map { .number($0) }
                        + [.number(point.loss), .bool(point.isOutside)]
                }
            ),
            summary:
                "Predicted loss over the shares of \(names.joined(separator: ", ")), which have"
                + " \(FigureText.percent(100 * room)) together"
                + (rest > 0 ? "; the others as in \(place)." : "."),
            answer: held(fit.domains, corners, room, place) + "pale: beyond the runs",
            input: input
        )
    }

    /// Colours span what runs measured, so that nonsense at a corner does not flatten the rest.
    private static func scale(_ fit: MixtureFit, _ grid: Grid) -> ClosedRange<Double> {
        let losses = grid.points.map(\.loss).filter(\.isFinite)
        let seen = fit.runs.map(\.loss)
        let low = min(losses.min() ?? 0, seen.min() ?? 0)
        let high = min(losses.max() ?? 1, seen.max() ?? 1)
        return low...max(high, low + 1e-9)
    }

    /// What the other domains do.
    private static func held(
        _ domains: [String],
        _ corners: [Int],
        _ room: Double,
        _ place: String
    ) -> String {
        let others = domains.indices.filter { !corners.contains($0) }
        guard let first = others.first else { return "" }
        let share = FigureText.percent(100 * (1 - room))
        return others.count == 1
            ? "\(FigureText.plain(domains[first])) has \(share), as in \(place) · "
            : "the other \(others.count) have \(share), as in \(place) · "
    }

    private static func triangle(_ room: Double, _ names: [String]) -> FigureValue {
        let axes = names.map { name -> FigureValue in
            // A longer name would leave the figure; hovering has it whole.
            let short = name.count > 18 ? "\(name.prefix(16))…" : name
            return ["title": ["text": .text("\(short) (%)")], "tickformat": ".0%", "nticks": 6]
        }
        return ["sum": .number(room), "aaxis": axes[0], "baxis": axes[1], "caxis": axes[2]]
    }

    /// Runs of which these domains are a good part, where their three shares are to each other.
    private static func runs(
        _ fit: MixtureFit,
        _ corners: [Int],
        _ room: Double,
        _ range: ClosedRange<Double>
    ) -> FigureValue {
        let shown = fit.runs.filter { run in
            corners.reduce(0) { $0 + run.proportions[$1] } >= 0.5 * room
        }
        let column = { (corner: Int) in
            FigureValue.column(shown.map { $0.proportions[corners[corner]] })
        }
        let trace: FigureValue = [
            "type": "scatterternary", "mode": "markers", "name": "runs",
            "a": column(0), "b": column(1), "c": column(2),
            "marker": [
                "color": .column(shown.map(\.loss)), "cmin": .number(range.lowerBound),
                "cmax": .number(range.upperBound),
            ],
            "meta": ["role": "run"],
        ]
        let words = shown.map {
            "\(FigureText.plain($0.name))<br>" + FigureText.shares(fit.domains, $0.proportions)
                + "<br>measured \(FigureText.loss($0.loss))"
        }
        return trace.merging(Trace.hover(words, then: ""))
    }

    private static func mark(_ name: String, _ shares: [Double]) -> FigureValue {
        [
            "type": "scatterternary", "mode": "markers", "name": .text(name),
            "a": .column([shares[0]]), "b": .column([shares[1]]), "c": .column([shares[2]]),
            "hovertemplate": .text("\(name)<extra></extra>"), "cliponaxis": false,
            "meta": ["role": "optimum"],
        ]
    }

    /// The domains asked for, else the three that move the loss most among those with some share.
    private static func corners(
        _ names: [String],
        _ fit: MixtureFit,
        _ base: [Double]
    ) throws(FigureError) -> [Int] {
        let asked = names.compactMap { fit.domains.firstIndex(of: $0) }
        if asked.count == 3, Set(asked).count == 3 { return asked }
        guard names.isEmpty else {
            throw .nothingToShow(
                "domains must name three different ones of "
                    + fit.domains.prefix(40).joined(separator: ", ")
            )
        }
        let effects = fit.domains.indices.map { domain -> Double in
            let tried = fit.runs.map { $0.proportions[domain] }
            let ends = [tried.min() ?? 0, tried.max() ?? 0].map { share in
                fit.model.loss(at: moved(base, domain, to: share))
            }
            let span = abs(ends[1] - ends[0])
            return span.isFinite ? span : 0
        }
        let order = fit.domains.indices.sorted { effects[$0] > effects[$1] }
        let most = Array(order.prefix(3))
        let room = most.reduce(0) { $0 + base[$1] }
        if room >= 0.2 { return most }
        return Array(fit.domains.indices.sorted { base[$0] > base[$1] }.prefix(3))
    }

    private static func moved(_ base: [Double], _ domain: Int, to share: Double) -> [Double] {
        let rest = 1 - base[domain]
        let even = (1 - share) / Double(max(1, base.count - 1))
        return base.indices.map { index in
            if index == domain { return share }
            return rest > 1e-9 ? base[index] * (1 - share) / rest : even
        }
    }

    /// Predictions all over the triangle.
    private struct Grid {
        struct Point {
            var shares: [Double]
            var loss: Double
            var isOutside: Bool
        }

        var points: [Point] = []

        init(_ fit: MixtureFit, _ base: [Double], _ corners: [Int], _ room: Double) {
            let reach = fit.reach
            let steps = MixtureTernary.sideSteps
            for first in 0...steps {
                for second in 0...(steps - first) {
                    let parts = [first, second, steps - first - second]
                    let shares = parts.map { room * Double($0) / Double(steps) }
                    var mixture = base
                    for (corner, share) in zip(corners, shares) { mixture[corner] = share }
                    let distance = fit.nearest(mixture)?.distance ?? 2
                    points.append(
                        Point(
                            shares: shares,
                            loss: fit.model.loss(at: mixture),
                            isOutside: distance > reach
                        )
                    )
                }
            }
        }

        func trace(
            _ names: [String],
            _ range: ClosedRange<Double>,
            _ target: String
        ) -> FigureValue {
            let column = { (corner: Int) in FigureValue.column(points.map { $0.shares[corner] }) }
            let shares = zip(["a", "b", "c"], names).map { "\($1) %{\($0):.3f}" }
            return [
                "type": "scatterternary", "mode": "markers", "name": "predicted",
                "a": column(0), "b": column(1), "c": column(2),
                "marker": [
                    "symbol": "hexagon", "color": .column(points.map(\.loss)),
                    "opacity": .column(points.map { $0.isOutside ? 0.35 : 1 }),
                    "cmin": .number(range.lowerBound), "cmax": .number(range.upperBound),
                    "showscale": true, "colorbar": ["title": ["text": .text(target)]],
                ],
                "hovertemplate": .text(
                    shares.joined(separator: ", ") + ": %{marker.color:.4f}<extra></extra>"
                ),
                "meta": ["role": "hexagons"],
            ]
        }
    }
}
