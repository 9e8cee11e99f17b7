/// From which training to which, and by which rules.
package struct TransferQuestion: Sendable, Hashable, Codable {
    package var base: Configuration
    /// Absent members are the base's.
    package var target: Target
    package var rule: Rule
    package var weightDecayRule: WeightDecayRule
    /// alpha of CompleteP, 0.5 … 1: residual branches are multiplied by m_L^-alpha.
    package var depthExponent: Double

    package init(
        base: Configuration,
        target: Target,
        rule: Rule = .completep,
        weightDecayRule: WeightDecayRule = .constantTimescale,
        depthExponent: Double = 1
    ) {
        self.base = base
        self.target = target
        self.rule = rule
        self.weightDecayRule = weightDecayRule
        self.depthExponent = depthExponent
    }

    /// A tuned training. Absent hyperparameters are transferred as factors without values.
    package struct Configuration: Sendable, Hashable, Codable {
        /// Width of the residual stream.
        package var width: Double
        /// Transformer layers.
        package var depth: Double
        package var headCount: Double?
        package var parameterCount: Double?
        /// Tokens per optimiser step.
        package var batchTokens: Double?
        /// Training tokens.
        package var tokenCount: Double?
        package var peakLearningRate: Double?
        /// As in AdamW: a step shrinks weights by learning rate × weight decay.
        package var weightDecay: Double?
        package var beta1: Double?
        package var beta2: Double?
        package var epsilon: Double?
        package var initStandardDeviation: Double?

        package init(width: Double, depth: Double) {
            self.width = width
            self.depth = depth
        }
    }

    /// What differs in the training wanted.
    package struct Target: Sendable, Hashable, Codable {
        package var width: Double?
        package var depth: Double?
        package var headCount: Double?
        package var parameterCount: Double?
        package var batchTokens: Double?
        package var tokenCount: Double?
        /// Best learning rate at the target's batch and tokens over that at the base's, at one
        /// width and depth, from a law of learning rate and batch: rules of width say nothing of
        /// it. 1 when absent.
        package var learningRateFactor: Double?

        package init() {}
    }

    /// How initial values, learning rates and multipliers follow width and depth.
    package enum Rule: String, Sendable, Hashable, Codable, CaseIterable {
        case mup, completep, standard
    }

    /// How weight decay follows width, batch and tokens.
    package enum WeightDecayRule: String, Sendable, Hashable, Codable, CaseIterable {
        /// tau = B/(LR·lambda·D) of each group stays as it is.
        case constantTimescale
        /// tau moves as (D/N)^-0.527.
        case powerLines
        /// sqrt(width) for matrices, none for vectors.
        case robustLayerwise
        /// Width times that of the base for hidden matrices.
        case completep
        case none
    }

    /// Absent choices have their defaults.
    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            base: try members.decode(Configuration.self, forKey: .base),
            target: try members.decodeIfPresent(Target.self, forKey: .target) ?? Target(),
            rule: try members.decodeIfPresent(Rule.self, forKey: .rule) ?? .completep,
            weightDecayRule: try members.decodeIfPresent(
                WeightDecayRule.self,
                forKey: .weightDecayRule
            ) ?? .constantTimescale,
            depthExponent: try members.decodeIfPresent(Double.self, forKey: .depthExponent) ?? 1
        )
    }
}
