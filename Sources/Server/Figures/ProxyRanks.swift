import Foundation
import Mixtures
import Runs

/// How well runs at smaller scales rank the mixtures of the largest one: how cheap may proxies be?
package enum ProxyRanks: Figure {
    package typealias Fit = ProjectRuns
    package static let kind = "proxy-ranks"
    package static let title = "Do small runs rank mixtures as large ones do?"
    package static let parameters = ["target"]
    package static let laws: [String] = []
    package static let subject = FigureSubject.runs

    /// Two mixtures closer than this in L1 are the same one, rounded.
    private static let sameDistance = 0.02
    private static let leastPairs = 4

    private struct Point {
        var parameters: Double
        var tokens: Double
        var pairs: Int
        var rank: Double
        var low: Double
        var high: Double
    }

    package static func make(_ input: FigureInput<ProjectRuns>) throws(FigureError) -> PlotlyFigure
    {
        let table = MixtureTable(input.fit.runs, input.fit.viewer.resolver)
        guard let target = input.fit.target else {
            let known = table.targets.prefix(10).map(\.name).joined(separator: ", ")
            throw .nothingToShow("name a target; runs with mixtures have \(known)")
        }
        let (points, largest) = try points(table, target)
        let axis = points.map(\.parameters) + [largest.parameters]
        let isBySize = Set(axis).count > 1
        let places = isBySize ? points.map(\.parameters) : points.map(\.tokens)
        let end = isBySize ? largest.parameters : largest.tokens
        guard let range = SizeAndTokens.range(places + [end]) else {
            throw .nothingToShow("the runs do not say their model size or tokens")
        }
        let best = points.max { $0.rank < $1.rank }
        return PlotlyFigure(
            data: [dots(places, points)],
            layout: [
                "title": ["text": .text(title)],
                "xaxis": Trace.logAxis(
                    isBySize ? "model size of the proxies (parameters)" : "training (tokens)",
                    over: (range.lowerBound / 1.5)...(range.upperBound * 1.5),
                    write: FigureText.count
                ),
                "yaxis": [
                    "title": ["text": "rank correlation with the largest runs (−1 to 1)"],
                    "range": [-1.05, 1.05],
                ],
                "showlegend": false, "hovermode": "closest",
            ],
            table: Self.table(points),
            summary: "Rank correlation of \(FigureText.plain(target)) between runs of"
                + " \(points.count) smaller scales and those of N"
                + " \(FigureText.count(largest.parameters)), on the same mixtures: at most"
                + " \(FigureText.loss(best?.rank ?? .nan)).",
            answer: points.map {
                "N \(FigureText.count($0.parameters)): \(FigureText.loss($0.rank))"
            }.joined(separator: " · "),
            input: input
        )
    }

    private static func dots(_ places: [Double], _ points: [Point]) -> FigureValue {
        Trace.markers("rank correlation", x: places, y: points.map(\.rank), role: "cell")
            .merging([
                "error_y": [
                    "type": "data", "symmetric": false,
                    "array": .column(points.map { $0.high - $0.rank }),
                    "arrayminus": .column(points.map { $0.rank - $0.low }),
                ]
            ]).merging(
                Trace.hover(
                    points.map {
                        "N \(FigureText.count($0.parameters)), D"
                            + " \(FigureText.count($0.tokens)), \($0.pairs) mixtures"
                    },
                    then: "rank correlation %{y:.3f}"
                )
            )
    }

    private static func table(_ points: [Point]) -> FigureTable {
        FigureTable(
            columns: [
                "parameters", "tokens", "mixtures", "rank_correlation", "low_90", "high_90",
            ],
            rows: points.map {
                [
                    .number($0.parameters), .number($0.tokens), .number(Double($0.pairs)),
                    .number($0.rank), .number($0.low), .number($0.high),
                ]
            }
        )
    }

    private struct Scale: Hashable {
        var parameters: Double
        var tokens: Double
    }

    private static func points(
        _ table: MixtureTable,
        _ target: String
    ) throws(FigureError) -> ([Point], Scale) {
        let rows = table.rows.filter { $0.values[target] != nil }
        let scales = Dictionary(grouping: rows) {
            Scale(
                parameters: $0.roles[.parameterCount] ?? 1,
                tokens: $0.roles[.tokenCount] ?? 1
            )
        }
        let order = scales.keys.sorted {
            ($0.parameters * $0.tokens, $0.parameters) < ($1.parameters * $1.tokens, $1.parameters)
        }
        guard let largest = order.last(where: { (scales[$0]?.count ?? 0) >= leastPairs }),
            let references = scales[largest]
        else { throw .nothingToShow("no scale has \(leastPairs) mixtures with a \(target)") }
        let points = order.filter { $0 != largest }.compactMap { scale in
            point(scale, scales[scale] ?? [], references, target)
        }
        guard !points.isEmpty else {
            throw .nothingToShow("no two scales share \(leastPairs) mixtures with a \(target)")
        }
        return (points, largest)
    }

    private static func point(
        _ scale: Scale,
        _ rows: [MixtureTable.Row],
        _ references: [MixtureTable.Row],
        _ target: String
    ) -> Point? {
        var own: [Double] = []
        var large: [Double] = []
        for reference in references {
            let near = rows.map { ($0, $0.shares.distance(to: reference.shares)) }
                .min { $0.1 < $1.1 }
            guard let near, near.1 < sameDistance, let a = near.0.values[target],
                let b = reference.values[target]
            else { continue }
            own.append(a)
            large.append(b)
        }
        guard own.count >= leastPairs, let rank = MixtureScores.spearman(own, large) else {
            return nil
        }
        // Fisher's transformation, with Bonett and Wright's variance for ranks.
        let clipped = min(max(rank, -0.9999), 0.9999)
        let spread =
            1.645 * ((1 + clipped * clipped / 2) / max(1, Double(own.count) - 3)).squareRoot()
        return Point(
            parameters: scale.parameters,
            tokens: scale.tokens,
            pairs: own.count,
            rank: rank,
            low: min(rank, tanh(atanh(clipped) - spread)),
            high: max(rank, tanh(atanh(clipped) + spread))
        )
    }
}
