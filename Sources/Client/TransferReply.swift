/// Body of `POST /api/v1/transfer`. What is nil is not sent, so that the server's defaults hold.
package struct TransferBody: Sendable, Codable {
    /// Numbers by the names of the API.
    package var base: [String: Double]
    package var target: [String: Double]
    package var rule: String?
    package var weightDecayRule: String?
    package var depthExponent: Double?

    package init(
        base: [String: Double] = [:],
        target: [String: Double] = [:],
        rule: String? = nil,
        weightDecayRule: String? = nil,
        depthExponent: Double? = nil
    ) {
        self.base = base
        self.target = target
        self.rule = rule
        self.weightDecayRule = weightDecayRule
        self.depthExponent = depthExponent
    }
}

/// Answer of `POST /api/v1/transfer`, as far as it is shown.
package struct TransferReply: Sendable, Decodable {
    package var rows: [Row]
    package var global: [Setting]
    package var warnings: [String]

    /// nil where a group has no such quantity.
    package struct Row: Sendable, Decodable {
        package var title: String
        package var initStandardDeviation: Setting?
        package var learningRate: Setting?
        package var weightDecay: Setting?
        package var epsilon: Setting?
        package var multiplier: Setting?
    }

    package struct Setting: Sendable, Decodable {
        package var name: String
        package var unit: String
        package var base: Double?
        package var target: Double?
        package var factor: Double?
        package var formula: String
        package var source: String
    }
}
