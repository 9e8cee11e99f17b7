import Foundation
import Runs

/// The gradient noise scale B_simple = tr(Sigma)/|G|^2 from mean squared gradient norms at two
/// batch sizes. An Empirical Model of Large-Batch Training, arXiv 1812.06162, appendix A.1.
///
/// E|g_B|^2 = |G|^2 + tr(Sigma)/B, so two batches give both unknowns of one run without bias. Both
/// are averaged over runs before they are divided: the ratio of each run by itself is biased.
package enum GradientNoiseScale: AdvisingLaw {
    package static let card = LawCard(
        id: "gradient-noise-scale",
        title: "Gradient noise scale",
        family: .batchTradeOff,
        equation: "B_simple = tr(Sigma) / |G|^2;  |g_B|^2 = |G|^2 + tr(Sigma)/B",
        citation: "An Empirical Model of Large-Batch Training, arXiv 1812.06162",
        symbols: [
            .init(symbol: "|g_B|^2", name: "mean squared gradient norm at batch B", unit: "1"),
            .init(symbol: "B", name: "batch", unit: "tokens per step"),
        ],
        parameters: [
            .init(symbol: "B_simple", name: "noise scale", unit: "tokens per step"),
            .init(symbol: "|G|^2", name: "squared norm of the true gradient", unit: "1"),
            .init(symbol: "tr(Sigma)", name: "variance of one token's gradient", unit: "tokens"),
        ],
        inputs: [
            .smallGradientNormSquared, .gradientNormSquared, .smallBatchTokens, .batchTokens,
        ],
        optionalInputs: [.parameterCount],
        answers: ["batch from the gradients of runs, without a sweep over batches"],
        validity:
            "The moment of training at which the norms were taken; it grows as the loss falls."
            + " B_simple leaves curvature out and lies within a factor of B_crit, not on it.",
        note: "No public data has tested it here: planted gradients only. gradientNormSquared is"
            + " taken at batchTokens, smallGradientNormSquared at smallBatchTokens (one device's"
            + " share, for example), both as means over many steps."
    )

    package static func fit(_ request: FitRequest) throws(FitError) -> GradientNoiseScaleFit {
        try GradientNoiseFitter(request).run()
    }

    package static var reads: Set<Question.Field> { BatchAdvisor.reads }

    /// Answers with B_simple in the place of B_crit.
    package static func advise(
        _ question: Question,
        from fit: GradientNoiseScaleFit
    ) throws(RecommendError) -> Advice {
        try BatchAdvisor.check(question)
        let group = try choose(question, fit)
        let size = group.parameters.map { " of N = " + BatchText.number($0) } ?? ""
        let tradeOff = BatchTradeOff(
            criticalBatch: group.noiseScaleTokens,
            logDraws: group.draws,
            tokens: question[.tokens],
            origin: "gradients of \(group.points.count) runs" + size
        )
        let advisor = try BatchAdvisor(tradeOff, question)
        return Advice(
            law: card.id,
            question: advisor.question,
            statement: advisor.statement,
            quantities: advisor.quantities(),
            tables: advisor.tables(),
            extrapolation: Advice.Reach(
                inside: true,
                distance: [:],
                note: "At the moment of training at which the gradients were taken."
            ),
            rivals: BatchRivals(tradeOff: tradeOff, question: advisor.question).all(),
            warnings: [
                "B_simple stands in for B_crit: it leaves the curvature out and is right within a"
                    + " factor, not on the spot. Steps to a target loss at several batches measure"
                    + " B_crit itself (law critical-batch)."
            ] + advisor.warnings()
        )
    }

    private static func choose(
        _ question: Question,
        _ fit: GradientNoiseScaleFit
    ) throws(RecommendError) -> GradientNoiseScaleFit.Group {
        let known = fit.groups.compactMap(\.parameters).map(BatchText.number)
            .joined(separator: ", ")
        guard let size = question[.parameters] else {
            guard fit.groups.count == 1, let only = fit.groups.first else {
                throw .missing(
                    field: "parameters",
                    meaning: "which of the sizes \(known) is meant"
                )
            }
            return only
        }
        let near = fit.groups.first { group in
            group.parameters.map { abs(log($0 / size)) < 0.02 } ?? (fit.groups.count == 1)
        }
        guard let near else {
            throw .refused(
                field: "parameters",
                reason: "The noise scale was measured at N = \(known) and follows no law in N; ask"
                    + " for one of these sizes, or measure gradients at this one."
            )
        }
        return near
    }
}
