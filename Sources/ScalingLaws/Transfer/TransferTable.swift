/// Hyperparameters of a target training by parameter group, each with the rule it comes from.
package struct TransferTable: Sendable, Hashable, Codable {
    /// The question as it was understood.
    package var question: TransferQuestion
    /// Target over base.
    package var ratios: Ratios
    package var rows: [Row]
    /// Hyperparameters of the whole training.
    package var global: [Setting]
    /// Where rules contradict each other or do not reach.
    package var warnings: [String]

    package init(
        question: TransferQuestion,
        ratios: Ratios,
        rows: [Row],
        global: [Setting],
        warnings: [String]
    ) {
        self.question = question
        self.ratios = ratios
        self.rows = rows
        self.global = global
        self.warnings = warnings
    }

    package struct Ratios: Sendable, Hashable, Codable {
        /// m_N and m_L.
        package var width: Double
        package var depth: Double
        /// Width of a head; 1 when head counts are not given.
        package var headWidth: Double
        package var batch: Double
        package var tokens: Double
    }

    package enum Group: String, Sendable, Hashable, Codable, CaseIterable {
        case embedding, hidden, output, vectors, attention, residual

        package var title: String {
            switch self {
            case .embedding: "Embedding"
            case .hidden: "Hidden matrices"
            case .output: "Output"
            case .vectors: "Norms and biases"
            case .attention: "Attention scores"
            case .residual: "Residual branches"
            }
        }
    }

    /// nil where a group has no such quantity.
    package struct Row: Sendable, Hashable, Codable {
        package var group: Group
        package var title: String
        package var initStandardDeviation: Setting?
        package var learningRate: Setting?
        package var weightDecay: Setting?
        package var epsilon: Setting?
        /// What the group's output is multiplied by in the forward pass.
        package var multiplier: Setting?

        /// The columns by name, in the order they are shown.
        package var settings: [Setting] {
            [initStandardDeviation, learningRate, weightDecay, epsilon, multiplier]
                .compactMap { $0 }
        }
    }

    package struct Setting: Sendable, Hashable, Codable {
        package var name: String
        package var unit: String
        /// nil when the base does not give the quantity.
        package var base: Double?
        package var target: Double?
        /// Target over base, known whether or not the base is; nil when it is not defined.
        package var factor: Double?
        /// "base / m_N".
        package var formula: String
        /// Where the rule is from; "not covered" when no rule speaks and the base's value is kept.
        package var source: String

        package init(
            name: String,
            unit: String,
            base: Double?,
            target: Double?,
            factor: Double?,
            formula: String,
            source: String
        ) {
            self.name = name
            self.unit = unit
            self.base = base
            self.target = target
            self.factor = factor
            self.formula = formula
            self.source = source
        }
    }
}
