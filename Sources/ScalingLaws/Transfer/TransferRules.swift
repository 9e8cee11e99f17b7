import Foundation

/// Hyperparameters of a training from those of a smaller or shorter one, by published rules.
package enum TransferRules {
    /// The table of the question. Rules are powers of ratios, so that base to target by way of a
    /// third training is the same as straight away.
    package static func table(
        _ question: TransferQuestion
    ) throws(RecommendError) -> TransferTable {
        try question.check()
        let ratios = try question.ratios()
        let decay = try WeightDecayScaling(question, ratios)
        let builder = Builder(question: question, ratios: ratios, decay: decay)
        var table = TransferTable(
            question: question,
            ratios: ratios,
            rows: TransferTable.Group.allCases.map { builder.row($0) },
            global: builder.global,
            warnings: []
        )
        table.warnings = TransferWarnings(question: question, table: table).all
        return table
    }

    private struct Builder {
        let question: TransferQuestion
        let ratios: TransferTable.Ratios
        let decay: WeightDecayScaling
        let rules: Parameterization
        let rateFactor: Double

        init(
            question: TransferQuestion,
            ratios: TransferTable.Ratios,
            decay: WeightDecayScaling
        ) {
            self.question = question
            self.ratios = ratios
            self.decay = decay
            rules = .of(question)
            rateFactor = question.target.learningRateFactor ?? 1
        }

        func row(_ group: TransferTable.Group) -> TransferTable.Row {
            let base = question.base
            return TransferTable.Row(
                group: group,
                title: group.title,
                initStandardDeviation: rules.initial[group].map {
                    setting("initStandardDeviation", base.initStandardDeviation, $0)
                },
                learningRate: rules.learningRate[group].map { learningRate($0) },
                weightDecay: weightDecay(group),
                epsilon: rules.epsilon[group].map { setting("epsilon", base.epsilon, $0) },
                multiplier: rules.multiplier[group].map {
                    setting("multiplier", baseMultiplier(group), $0)
                }
            )
        }

        private func setting(
            _ name: String,
            _ base: Double?,
            _ power: ScalingPower
        ) -> TransferTable.Setting {
            let factor = power.factor(ratios)
            return TransferTable.Setting(
                name: name,
                unit: "1",
                base: base,
                target: base.map { $0 * factor },
                factor: factor,
                formula: power.formula,
                source: power.source
            )
        }

        private func learningRate(_ power: ScalingPower) -> TransferTable.Setting {
            var setting = setting("peakLearningRate", question.base.peakLearningRate, power)
            setting.target = setting.target.map { $0 * rateFactor }
            setting.factor = setting.factor.map { $0 * rateFactor }
            if question.target.learningRateFactor != nil {
                setting.formula += " * learningRateFactor"
            }
            return setting
        }

        private func weightDecay(_ group: TransferTable.Group) -> TransferTable.Setting? {
            if group == .vectors {
                return TransferTable.Setting(
                    name: "weightDecay",
                    unit: "1",
                    base: 0,
                    target: 0,
                    factor: 1,
                    formula: "0",
                    source: "norms and biases are not decayed"
                )
            }
            guard let power = rules.learningRate[group] else { return nil }
            let (factor, formula, source) = decay.factor(
                group,
                learningRateFactor: power.factor(ratios) * rateFactor
            )
            return TransferTable.Setting(
                name: "weightDecay",
                unit: "1",
                base: question.base.weightDecay,
                target: question.base.weightDecay.map { $0 * factor },
                factor: factor,
                formula: formula,
                source: source
            )
        }

        /// Attention scores start from 1/sqrt(head width), or from 1 when it is not known.
        private func baseMultiplier(_ group: TransferTable.Group) -> Double {
            guard group == .attention, let heads = question.base.headCount else { return 1 }
            return (heads / question.base.width).squareRoot()
        }

        var global: [TransferTable.Setting] {
            [
                given("batchTokens", "tokens per step", question.base.batchTokens, ratios.batch),
                given("tokenCount", "tokens", question.base.tokenCount, ratios.tokens),
                given("beta1", "1", question.base.beta1, 1),
                beta2, halfLife, timescale(), publishedTimescale,
            ].compactMap { $0 }
        }

        private func given(
            _ name: String,
            _ unit: String,
            _ base: Double?,
            _ ratio: Double
        ) -> TransferTable.Setting? {
            base.map {
                TransferTable.Setting(
                    name: name,
                    unit: unit,
                    base: $0,
                    target: $0 * ratio,
                    factor: ratio,
                    formula: ratio == 1 ? "base" : "given",
                    source: "the question"
                )
            }
        }

        private var beta2: TransferTable.Setting? {
            question.base.beta2.map {
                TransferTable.Setting(
                    name: "beta2",
                    unit: "1",
                    base: $0,
                    target: pow($0, ratios.batch),
                    factor: nil,
                    formula: "base^(B'/B)",
                    source: AdamHalfLife.source
                )
            }
        }

        private var halfLife: TransferTable.Setting? {
            guard let beta2 = question.base.beta2, let batch = question.base.batchTokens else {
                return nil
            }
            let tokens = AdamHalfLife.tokens(beta2: beta2, batchTokens: batch)
            return TransferTable.Setting(
                name: "beta2HalfLifeTokens",
                unit: "tokens",
                base: tokens,
                target: tokens,
                factor: 1,
                formula: "B * ln 2 / -ln beta2, kept",
                source: AdamHalfLife.source
            )
        }

        /// tau of the hidden matrices before and after.
        private func timescale() -> TransferTable.Setting? {
            let hidden = row(.hidden)
            guard let decayFactor = hidden.weightDecay?.factor, decayFactor > 0,
                let rateFactor = hidden.learningRate?.factor
            else { return nil }
            let factor = ratios.batch / (rateFactor * decayFactor * ratios.tokens)
            let base = question.base.timescale
            return TransferTable.Setting(
                name: "hiddenTimescale",
                unit: "share of the training",
                base: base,
                target: base.map { $0 * factor },
                factor: factor,
                formula: "B / (LR * lambda * D) of the hidden matrices",
                source: WeightDecayScaling.timescaleSource
            )
        }

        private var publishedTimescale: TransferTable.Setting? {
            guard let tokens = question.base.tokenCount, let base = question.base.parameterCount
            else { return nil }
            let before = WeightDecayScaling.publishedTimescale(tokens / base)
            let after = question.targetParameterCount.map {
                WeightDecayScaling.publishedTimescale(tokens * ratios.tokens / $0)
            }
            return TransferTable.Setting(
                name: "publishedTimescale",
                unit: "share of the training",
                base: before,
                target: after,
                factor: after.map { $0 / before },
                formula: "1.084 * (D/N)^-0.527, for comparison",
                source: WeightDecayScaling.powerLinesSource
            )
        }
    }
}

/// Adam's second moment remembers a number of tokens, not of steps.
package enum AdamHalfLife {
    package static let source = "token half-life, Marek et al., arXiv 2507.07101"

    /// Tokens after which a squared gradient counts half: beta2^(t / B) = 1/2.
    package static func tokens(beta2: Double, batchTokens: Double) -> Double {
        batchTokens * log(2) / -log(beta2)
    }
}
