import Foundation

/// How weight decay of a matrix follows width, batch, tokens and its own learning rate.
struct WeightDecayScaling: Sendable {
    static let timescaleSource = "tau = B/(LR*lambda*D), Wang and Aitchison (second-hand)"
    static let powerLinesSource = "Power Lines, arXiv 2505.13738 (second-hand)"
    static let layerwiseSource = "robust layerwise weight decay, arXiv 2510.15262 (second-hand)"
    static let completepSource = "CompleteP, arXiv 2505.01618, table 1 (second-hand)"
    static let timescaleExponent = -0.527

    private let rule: TransferQuestion.WeightDecayRule
    private let ratios: TransferTable.Ratios
    /// Target tau over base tau.
    private let timescale: Double

    init(
        _ question: TransferQuestion,
        _ ratios: TransferTable.Ratios
    ) throws(RecommendError) {
        rule = question.weightDecayRule
        self.ratios = ratios
        guard rule == .powerLines else {
            timescale = 1
            return
        }
        let base = try question.base.parameterCount.orMissing(
            "base.parameterCount",
            "tokens per parameter give tau by this rule"
        )
        _ = try question.base.tokenCount.orMissing(
            "base.tokenCount",
            "tokens per parameter give tau by this rule"
        )
        let target = try question.targetParameterCount.orMissing(
            "target.parameterCount",
            "tokens per parameter give tau by this rule, and the shape differs from the base's"
        )
        timescale = pow(ratios.tokens * base / target, Self.timescaleExponent)
    }

    /// tau of published trainings at this many tokens per parameter.
    static func publishedTimescale(_ tokensPerParameter: Double) -> Double {
        1.084 * pow(tokensPerParameter, timescaleExponent)
    }

    /// - Parameter learningRateFactor: of the same group.
    func factor(
        _ group: TransferTable.Group,
        learningRateFactor: Double
    ) -> (factor: Double, formula: String, source: String) {
        let kept = ratios.batch / (learningRateFactor * ratios.tokens)
        switch rule {
        case .constantTimescale:
            return (kept, "base * (B'/B) * (LR/LR') * (D/D')", Self.timescaleSource)
        case .powerLines:
            return (
                kept / timescale, "base * (B'/B) * (LR/LR') * (D/D') * (TPP'/TPP)^0.527",
                Self.powerLinesSource
            )
        case .robustLayerwise where group == .embedding:
            return (0, "0", Self.layerwiseSource)
        case .robustLayerwise:
            return (ratios.width.squareRoot(), "base * sqrt(m_N)", Self.layerwiseSource)
        case .completep where group == .hidden:
            return (ratios.width, "base * m_N", Self.completepSource)
        case .completep:
            return (1, "base", Self.completepSource)
        case .none:
            return (1, "base", "no rule was asked for")
        }
    }
}

extension Double? {
    fileprivate func orMissing(
        _ field: String,
        _ meaning: String
    ) throws(RecommendError) -> Double {
        guard let self else { throw .missing(field: field, meaning: meaning) }
        return self
    }
}
