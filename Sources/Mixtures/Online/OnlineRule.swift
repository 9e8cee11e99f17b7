/// A rule that moves the sampling weights of domains while a run trains. A rule is a struct in one
/// file of `Online/` whose stored form is its whole memory, with one line in `OnlineRules.swift`.
package protocol OnlineRule: Sendable, Codable, Hashable {
    static var card: OnlineRuleCard { get }
    init(_ setup: OnlineSetup) throws(MixtureError)
    /// Sampling weights for the next step, in the order of the domains, summing to 1.
    var weights: [Double] { get }
    /// What a later run should train on: the average for rules that say so, else `weights`.
    var answer: [Double] { get }
    /// Takes what was measured in one step and moves the weights.
    mutating func observe(_ sample: OnlineSample) throws(MixtureError)
}

extension OnlineRule {
    package var answer: [Double] { weights }
}

/// What a page or a client needs to offer a rule without knowing it.
package struct OnlineRuleCard: Sendable, Hashable, Codable {
    /// Kebab-case, the same in CLI, API and pages.
    package var id: String
    package var title: String
    package var equation: String
    package var citation: String
    package var settings: [Setting]
    /// Fields of an observation that the rule reads.
    package var reads: [String]
    /// Whether the answer is the average over time instead of the last weights.
    package var averages: Bool
    package var note: String?

    package struct Setting: Sendable, Hashable, Codable {
        package var name: String
        package var title: String
        package var value: Double
        package var low: Double
        package var high: Double

        package init(_ name: String, _ title: String, _ value: Double, _ range: ClosedRange<Double>)
        {
            self.name = name
            self.title = title
            self.value = value
            low = range.lowerBound
            high = range.upperBound
        }
    }
}

/// A rule with its domains and settings, all by name: what a request says.
package struct OnlineSpecification: Sendable, Hashable, Codable {
    package var rule: String
    package var domains: [String]
    /// First weights; equal when absent.
    package var start: [String: Double]?
    /// Settings of the card that differ from their defaults.
    package var settings: [String: Double]?
    /// Skill-It: what a token of the first domain does for the loss of the second.
    package var graph: [String: [String: Double]]?

    package init(
        rule: String,
        domains: [String],
        start: [String: Double]? = nil,
        settings: [String: Double]? = nil,
        graph: [String: [String: Double]]? = nil
    ) {
        self.rule = rule
        self.domains = domains
        self.start = start
        self.settings = settings
        self.graph = graph
    }
}

/// What a job measured in one step or window, by name of domain. A domain that was not in the batch
/// is left out.
package struct OnlineObservation: Sendable, Hashable, Codable {
    /// Of the job; rises from one observation to the next.
    package var step: Int64
    /// Mean loss, nats per token.
    package var losses: [String: Double]?
    /// Mean loss of the reference model on the same tokens.
    package var referenceLosses: [String: Double]?
    /// Mean of max(loss − reference loss, 0) per token, where the job has it.
    package var excessLosses: [String: Double]?
    /// The domain this batch was drawn from, where a batch holds one.
    package var sampledDomain: String?
    /// Inner products of the gradients of two domains.
    package var gradientProducts: [String: [String: Double]]?
    /// Inner products of a domain's gradient with that of each target set.
    package var targetProducts: [String: [String: Double]]?

    package init(
        step: Int64,
        losses: [String: Double]? = nil,
        referenceLosses: [String: Double]? = nil,
        excessLosses: [String: Double]? = nil,
        sampledDomain: String? = nil,
        gradientProducts: [String: [String: Double]]? = nil,
        targetProducts: [String: [String: Double]]? = nil
    ) {
        self.step = step
        self.losses = losses
        self.referenceLosses = referenceLosses
        self.excessLosses = excessLosses
        self.sampledDomain = sampledDomain
        self.gradientProducts = gradientProducts
        self.targetProducts = targetProducts
    }
}

/// The checked specification, in the order of the domains.
package struct OnlineSetup: Sendable, Hashable {
    package var domains: [String]
    /// Positive where the domain takes part, summing to 1.
    package var start: [Double]
    package var settings: [String: Double]
    package var graph: [String: [String: Double]]?

    func setting(_ name: String) -> Double { settings[name] ?? .nan }
}

/// An observation in the order of the domains; nil for a domain without a measurement.
package struct OnlineSample: Sendable, Hashable {
    package var losses: [Double?]
    package var excessLosses: [Double?]
    /// Position of the sampled domain.
    package var sampled: Int?
    /// ⟨g_i, g_j⟩, d × d.
    package var gradientProducts: [[Double]]?
    /// Σ over targets of ⟨g_i, g_target⟩, d values.
    package var targetProducts: [Double]?
    /// Losses of names that are no training domain, for targets of Skill-It.
    package var allLosses: [String: Double]
}
