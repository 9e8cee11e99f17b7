/// Where a rule that moves a job's mixture stands, as far as it is shown.
package struct OnlineMixtureReply: Sendable, Decodable {
    package var id: String
    package var run: String?
    package var rule: String
    package var step: Int64?
    package var observations: Int
    /// Shares of the next step, by domain.
    package var weights: [String: Double]
    /// Shares for a later run, by domain.
    package var answer: [String: Double]
    /// What became of the observation: moved, repeated or late.
    package var outcome: String?
}

/// The rules under way in a project.
package struct OnlineMixtureListReply: Sendable, Decodable {
    package var mixtures: [OnlineMixtureReply]
}

/// The rules there are.
package struct OnlineRuleListReply: Sendable, Decodable {
    package var rules: [Rule]

    package struct Rule: Sendable, Decodable {
        package var id: String
        package var title: String
        package var equation: String
        package var settings: [Setting]
        package var reads: [String]
        package var note: String?
    }

    package struct Setting: Sendable, Decodable {
        package var name: String
        package var value: Double
        package var low: Double
        package var high: Double
    }
}

/// What a rule would have chosen in a run that is over.
package struct OnlineReplayReply: Sendable, Decodable {
    package var rule: String
    package var trace: [Point]
    package var weights: [String: Double]
    package var answer: [String: Double]
    package var skipped: [String]
    package var distanceToStratified: Double
    package var sampledLoss: Double?
    package var stratifiedLoss: Double?

    package struct Point: Sendable, Decodable {
        package var step: Int64
        package var weights: [String: Double]
    }
}
