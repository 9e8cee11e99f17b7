package import Runs

/// What one finished run tells a learning-rate and batch law.
package struct Observation: Sendable, Hashable, Codable {
    package var runID: RunID
    package var runName: String
    /// N; `FitRequest.parameterConvention` says which count it is.
    package var parameterCount: Double
    /// D, training tokens.
    package var tokenCount: Double
    package var peakLearningRate: Double
    /// Tokens per optimiser step.
    package var batchTokens: Double
    /// Final loss in nats per token; NaN or infinite for a run that blew up.
    package var lossNats: Double

    package init(
        runID: RunID,
        runName: String,
        parameterCount: Double,
        tokenCount: Double,
        peakLearningRate: Double,
        batchTokens: Double,
        lossNats: Double
    ) {
        self.runID = runID
        self.runName = runName
        self.parameterCount = parameterCount
        self.tokenCount = tokenCount
        self.peakLearningRate = peakLearningRate
        self.batchTokens = batchTokens
        self.lossNats = lossNats
    }
}
