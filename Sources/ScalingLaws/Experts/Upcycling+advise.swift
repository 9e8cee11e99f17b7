import Foundation
import Runs

extension Upcycling: AdvisingLaw {
    package static var reads: Set<Question.Field> { [.denseTokens, .tokens] }

    /// Whether to turn a dense model of `denseTokens` into a mixture and train it for `tokens`, or
    /// to train the mixture for those tokens from scratch.
    package static func advise(
        _ question: Question,
        from fit: NonlinearFit
    ) throws(RecommendError) -> Advice {
        let dense = try question.required(.denseTokens)
        let tokens = try question.required(.tokens)
        for (field, value) in [(Question.Field.denseTokens, dense), (.tokens, tokens)]
        where !(1...1e18 ~= value) {
            throw .invalidTarget(
                field: field.rawValue,
                given: value,
                expected: "a number from 1 to 1e18"
            )
        }
        let values = [Role.tokenCount: tokens, .denseTokenCount: dense]
        guard let upcycled = predict(values, from: fit),
            let scratch = predict([.tokenCount: tokens], from: fit)
        else { throw .outOfRange(field: "tokens", value: tokens) }
        let comparison = UpcyclingComparison(fit: fit, dense: dense)
        let wins = comparison.winShare(tokens)
        let breakEven = comparison.breakEven(fit.theta)
        let better = upcycled.value <= scratch.value ? "Upcycle" : "Train from scratch"
        return Advice(
            law: card.id,
            question: question,
            statement:
                "\(better): after \(ExpertText.number(tokens)) tokens the upcycled mixture is"
                + " expected at \(loss(upcycled.value)), the one from scratch at"
                + " \(loss(scratch.value)).",
            quantities: [
                quantity("upcycledLossNats", "loss when upcycled", upcycled),
                quantity("scratchLossNats", "loss from scratch", scratch),
                .init(
                    "upcyclingWinsProbability",
                    "resampled fits in which upcycling has the lower loss",
                    unit: "1",
                    value: wins
                ),
            ] + comparison.quantity(breakEven),
            tables: [comparison.table(tokens)],
            extrapolation: fit.reach(values),
            warnings: comparison.warnings(breakEven, wins)
        )
    }

    private static func quantity(
        _ name: String,
        _ title: String,
        _ prediction: NonlinearPrediction
    ) -> Advice.Quantity {
        Advice.Quantity(
            name,
            title,
            unit: "nats per token",
            value: prediction.value,
            low: prediction.low,
            high: prediction.high
        )
    }

    private static func loss(_ value: Double) -> String { String(format: "%.4f", value) }
}

/// Both ways to a mixture over tokens, for one dense model.
struct UpcyclingComparison {
    let fit: NonlinearFit
    let dense: Double

    /// ln upcycled − ln from scratch; negative where upcycling is better.
    func gap(_ tokens: Double, _ theta: [Double]) -> Double {
        let t = log(tokens) - Upcycling.pivot
        var gradient = Coordinates<Upcycling.Coordinate>()
        guard theta.count == gradient.values.count else { return .nan }
        let point = Coordinates<Upcycling.Coordinate>(theta)
        let upcycled = Upcycling.Input(dense: log(dense) - Upcycling.pivot, tokens: t)
        let scratch = Upcycling.Input(dense: nil, tokens: t)
        return Upcycling.logPrediction(upcycled, point, &gradient)
            - Upcycling.logPrediction(scratch, point, &gradient)
    }

    func winShare(_ tokens: Double) -> Double {
        let gaps = fit.draws.map { gap(tokens, $0) }.filter(\.isFinite)
        guard !gaps.isEmpty else { return gap(tokens, fit.theta) <= 0 ? 1 : 0 }
        return Double(gaps.count { $0 <= 0 }) / Double(gaps.count)
    }

    private var range: Bounds {
        let range = fit.domain[Role.tokenCount.rawValue] ?? Bounds(low: 1e9, high: 1e12)
        return Bounds(low: range.low / 10, high: range.high * 10)
    }

    /// Tokens at which from scratch catches up, within ten times the runs; nil when it does not.
    func breakEven(_ theta: [Double]) -> Double? {
        let steps = 200
        let stretch = log(range.high / range.low) / Double(steps)
        var last = gap(range.low, theta)
        for step in 1...steps {
            let tokens = range.low * exp(stretch * Double(step))
            let next = gap(tokens, theta)
            if last < 0, next >= 0 {
                return tokens * exp(-stretch * next / (next - last))
            }
            last = next
        }
        return nil
    }

    func quantity(_ breakEven: Double?) -> [Advice.Quantity] {
        guard let breakEven else { return [] }
        let sample = fit.draws.compactMap { self.breakEven($0) }.map { log($0) }
        let interval = Quantiles.interval(log(breakEven), sample)
        return [
            .init(
                "breakEvenTokens",
                "tokens beyond which training from scratch is better",
                unit: "tokens",
                value: breakEven,
                low: interval.map { exp($0.low) },
                high: interval.map { exp($0.high) }
            )
        ]
    }

    func table(_ tokens: Double) -> Advice.Table {
        Advice.Table(
            title: "Loss (nats per token) by tokens of the mixture",
            columns: ["tokens", "upcycled", "from scratch"],
            rows: (-3...3).map { step -> [Advice.Cell] in
                let length = tokens * exp2(Double(step))
                let values = [Role.tokenCount: length]
                let upcycled = Upcycling.predict(
                    values.merging([.denseTokenCount: dense]) { $1 },
                    from: fit
                )
                let scratch = Upcycling.predict(values, from: fit)
                return [
                    .number(length), upcycled.map { .number($0.value) } ?? .text("none"),
                    scratch.map { .number($0.value) } ?? .text("none"),
                ]
            }
        )
    }

    func warnings(_ breakEven: Double?, _ wins: Double) -> [String] {
        var warnings: [String] = []
        if breakEven == nil {
            warnings.append(
                "From \(ExpertText.number(range.low)) to \(ExpertText.number(range.high)) tokens, ten"
                    + " times beyond the runs, one way is better throughout."
            )
        }
        if 0.1...0.9 ~= wins {
            warnings.append("The runs do not settle it: the two losses are within their intervals.")
        }
        return warnings
    }
}
