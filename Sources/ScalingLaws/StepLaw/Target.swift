/// What a recommendation is asked for. Tokens and batch in tokens, N by the fit's convention.
package struct Target: Sendable, Hashable, Codable {
    package var parameterCount: Double
    package var tokenCount: Double
    /// Set when the hardware fixes the batch; then the conditional question is answered.
    package var batchTokens: Double?
    /// Turns batch tokens into sequences.
    package var sequenceLength: Double?

    package init(
        parameterCount: Double,
        tokenCount: Double,
        batchTokens: Double? = nil,
        sequenceLength: Double? = nil
    ) {
        self.parameterCount = parameterCount
        self.tokenCount = tokenCount
        self.batchTokens = batchTokens
        self.sequenceLength = sequenceLength
    }
}
