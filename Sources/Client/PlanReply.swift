/// Answer of `GET /api/v1/next-runs`, as far as it is shown.
package struct PlanReply: Sendable, Decodable {
    package var law: String
    package var runs: [Run]
    package var totalFLOPs: Double
    package var criterion: String
    package var before: Double
    package var after: Double
    package var baselineAfter: Double?
    package var baselineTitle: String?
    package var warnings: [String]
    package var provenance: AdviceReply.Provenance?

    /// nil for what the law does not decide.
    package struct Run: Sendable, Decodable {
        package var parameterCount: Double
        package var tokenCount: Double
        package var peakLearningRate: Double?
        package var batchTokens: Double?
        package var flops: Double
        /// Of the gain of all runs; nil where there is no answer yet to be gained on.
        package var gainShare: Double?
        package var reason: String

        package init(
            parameterCount: Double,
            tokenCount: Double,
            peakLearningRate: Double? = nil,
            batchTokens: Double? = nil,
            flops: Double,
            gainShare: Double? = nil,
            reason: String
        ) {
            self.parameterCount = parameterCount
            self.tokenCount = tokenCount
            self.peakLearningRate = peakLearningRate
            self.batchTokens = batchTokens
            self.flops = flops
            self.gainShare = gainShare
            self.reason = reason
        }
    }
}

/// Answer of `GET /api/v1/first-runs`.
package struct FirstRunsReply: Sendable, Decodable {
    package var law: String
    package var runs: [PlanReply.Run]
    package var totalFLOPs: Double
    /// Why there are none.
    package var reason: String?
}
