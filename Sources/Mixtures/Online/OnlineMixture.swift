/// A rule under way: everything that a server must keep between two observations. Its JSON is
/// complete, so a job may resume on another server or after a restart.
package struct OnlineMixture: Sendable, Codable {
    package let specification: OnlineSpecification
    /// Step of the last observation; nil before the first.
    package var step: Int64? { last?.step }
    /// Observations taken.
    package private(set) var count: Int
    private var last: OnlineObservation?
    private var rule: any OnlineRule

    package init(_ specification: OnlineSpecification) throws(MixtureError) {
        let type = try OnlineRules.type(of: specification.rule)
        let setup = try OnlineSetup(specification, settings: type.card.settings)
        rule = try type.init(setup)
        self.specification = specification
        count = 0
    }

    /// Sampling weights for the next step, by domain.
    package var weights: [String: Double] { named(rule.weights) }

    /// What a later run should train on, by domain.
    package var answer: [String: Double] { named(rule.answer) }

    package enum Outcome: String, Sendable, Hashable, Codable {
        case moved
        /// The same observation again, as after a lost answer: nothing has changed.
        case repeated
        /// A step before the last one: nothing has changed.
        case late
    }

    /// Takes an observation and moves the weights. One that is repeated, or of an earlier step,
    /// changes nothing; one of the last step with other numbers is an error.
    @discardableResult
    package mutating func observe(
        _ observation: OnlineObservation
    ) throws(MixtureError) -> Outcome {
        if let last {
            if observation == last { return .repeated }
            if observation.step < last.step { return .late }
            guard observation.step > last.step else {
                throw .invalid(
                    field: "step",
                    reason: "Step \(last.step) was observed before with other numbers. Send the"
                        + " same ones again, or those of a later step."
                )
            }
        }
        let sample = try OnlineSample(observation, domains: specification.domains)
        var next = rule
        try next.observe(sample)
        guard next.weights.allSatisfy({ $0.isFinite && $0 >= 0 }) else {
            throw .invalid(
                field: "losses",
                reason: "The observation of step \(observation.step) would make the weights"
                    + " meaningless. Look for a loss that is far too large."
            )
        }
        rule = next
        last = observation
        count += 1
        return .moved
    }

    private func named(_ values: [Double]) -> [String: Double] {
        Dictionary(uniqueKeysWithValues: zip(specification.domains, values))
    }

    private enum CodingKeys: String, CodingKey {
        case specification, count, last, memory
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        specification = try values.decode(OnlineSpecification.self, forKey: .specification)
        count = try values.decode(Int.self, forKey: .count)
        last = try values.decodeIfPresent(OnlineObservation.self, forKey: .last)
        let type = try OnlineRules.type(of: specification.rule)
        rule = try type.init(from: values.superDecoder(forKey: .memory))
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(specification, forKey: .specification)
        try values.encode(count, forKey: .count)
        try values.encodeIfPresent(last, forKey: .last)
        try rule.encode(to: values.superEncoder(forKey: .memory))
    }
}
