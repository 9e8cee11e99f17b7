package import Runs

/// What a page needs to show a law without knowing it.
package struct LawCard: Sendable, Hashable, Codable {
    /// Kebab-case, the same in CLI, API and pages.
    package var id: String
    package var title: String
    package var family: LawFamily
    package var kind: Kind
    package var equation: String
    package var citation: String
    package var symbols: [Symbol]
    /// What is fitted; empty for a rule.
    package var parameters: [Symbol]
    /// Raw names of the roles a run must have.
    package var inputs: [Role]
    /// Roles that the law uses where runs have them.
    package var optionalInputs: [Role]
    /// Whether the law reads loss curves and not only final losses.
    package var readsCurves: Bool
    /// Questions of a practitioner that it answers, in words.
    package var answers: [String]
    package var validity: String
    /// What to know before trusting it, such as that no public data has tested it here.
    package var note: String?

    package enum Kind: String, Sendable, Hashable, Codable {
        /// Its parameters are fitted on a project's runs.
        case fitted
        /// Published constants, evaluated and never fitted.
        case rule
    }

    package struct Symbol: Sendable, Hashable, Codable {
        package var symbol: String
        package var name: String
        package var unit: String

        package init(symbol: String, name: String, unit: String) {
            self.symbol = symbol
            self.name = name
            self.unit = unit
        }
    }

    package init(
        id: String,
        title: String,
        family: LawFamily,
        kind: Kind = .fitted,
        equation: String,
        citation: String,
        symbols: [Symbol],
        parameters: [Symbol] = [],
        inputs: [Role] = [],
        optionalInputs: [Role] = [],
        readsCurves: Bool = false,
        answers: [String] = [],
        validity: String,
        note: String? = nil
    ) {
        self.id = id
        self.title = title
        self.family = family
        self.kind = kind
        self.equation = equation
        self.citation = citation
        self.symbols = symbols
        self.parameters = parameters
        self.inputs = inputs
        self.optionalInputs = optionalInputs
        self.readsCurves = readsCurves
        self.answers = answers
        self.validity = validity
        self.note = note
    }
}

/// Which question a law belongs to; pages group laws by it.
package enum LawFamily: String, Sendable, Hashable, Codable, CaseIterable {
    case learningRateAndBatch = "learning-rate-and-batch"
    case modelAndData = "model-and-data"
    case batchTradeOff = "batch-trade-off"
    case lossCurve = "loss-curve"
    case experts
    case transfer
    case fineTuning = "fine-tuning"
    case dataMixture = "data-mixture"
}
