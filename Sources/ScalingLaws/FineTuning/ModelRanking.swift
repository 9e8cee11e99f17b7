import Foundation

/// How well rules rank base models at a size of data that they did not see.
enum ModelRanking {
    static let rules: [(id: String, title: String)] = [
        ("rectified", "rectified law"),
        ("last-three", "line through the last three sizes"),
        ("constant", "mean of the sizes"),
    ]

    /// Every model without its largest size, asked for that size.
    static func scores(_ models: [RectifiedFamily.Points]) -> [ModelSelectionFit.Score] {
        let known = models.map { Array($0.dropLast()) }
        guard let family = RectifiedFamily.fit(known) else { return [] }
        let asked = models.compactMap(\.last)
        let curves = known.map { points in NaiveCurve(points.map { ($0.x, log($0.y)) }) }
        let predictions: [[Double]] = [
            zip(family.curves, asked).map { $0.loss(exp($1.x + RectifiedCurve.pivot)) },
            zip(curves, asked).map { exp($0.line($1.x) ?? .nan) },
            curves.map { exp($0.constant ?? .nan) },
        ]
        let observed = asked.map(\.y)
        return zip(rules, predictions).map { rule, predicted in
            score(rule, predicted, observed)
        }
    }

    private static func score(
        _ rule: (id: String, title: String),
        _ predicted: [Double],
        _ observed: [Double]
    ) -> ModelSelectionFit.Score {
        let errors = zip(predicted, observed).map { 100 * abs($0 / $1 - 1) }
        let pick = predicted.indices.min { predicted[$0] < predicted[$1] } ?? 0
        let least = observed.min() ?? 1
        return ModelSelectionFit.Score(
            id: rule.id,
            title: rule.title,
            models: observed.count,
            rankCorrelation: rankCorrelation(predicted, observed),
            meanAbsolutePercent: errors.reduce(0, +) / Double(max(errors.count, 1)),
            regretPercent: 100 * (observed[pick] / least - 1)
        )
    }

    /// The law where it errs less than both naive rules and ranks no worse; else the naive rule
    /// that errs least.
    static func recommended(_ scores: [ModelSelectionFit.Score]) -> String {
        guard let law = scores.first(where: { $0.id == "rectified" }) else { return "last-three" }
        let naive = scores.filter { $0.id != "rectified" }
        let wins = naive.allSatisfy {
            law.meanAbsolutePercent < $0.meanAbsolutePercent
                && law.rankCorrelation >= $0.rankCorrelation
        }
        if wins { return law.id }
        return naive.min { $0.meanAbsolutePercent < $1.meanAbsolutePercent }?.id ?? "last-three"
    }

    /// Spearman's, with mean ranks for ties; 0 when one side does not vary.
    static func rankCorrelation(_ first: [Double], _ second: [Double]) -> Double {
        let (a, b) = (ranks(first), ranks(second))
        let middle = Double(a.count + 1) / 2
        var (aa, bb, ab) = (0.0, 0.0, 0.0)
        for (x, y) in zip(a, b) {
            aa += (x - middle) * (x - middle)
            bb += (y - middle) * (y - middle)
            ab += (x - middle) * (y - middle)
        }
        guard aa > 0, bb > 0 else { return 0 }
        return ab / (aa * bb).squareRoot()
    }

    private static func ranks(_ values: [Double]) -> [Double] {
        values.map { value in
            let below = values.count { $0 < value }
            let equal = values.count { $0 == value }
            return Double(below) + Double(equal + 1) / 2
        }
    }
}
