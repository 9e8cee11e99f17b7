import Foundation

/// A law from the literature with its constants as printed, shown beside the fit as a named prior.
package struct PublishedLaw: Sendable {
    package let id: String
    package let title: String
    package let citation: String
    package let equation: String
    /// What to know before using it here.
    package let note: String
    package let answer: @Sendable (Question) -> Answer

    /// What a law may need to know; batch and loss come from the fit on the project's own runs.
    package struct Question: Sendable {
        package var parameterCount: Double
        package var tokenCount: Double
        /// Tokens per step that this project's fit recommends, for laws without a batch of their
        /// own.
        package var fittedBatchTokens: Double
        package var fittedLearningRate: Double
        /// Nats per token at the optimum; nil where the level of the loss is unknown.
        package var lossNats: Double?
        /// A batch that the user fixed.
        package var givenBatchTokens: Double?

        package init(
            parameterCount: Double,
            tokenCount: Double,
            fittedBatchTokens: Double,
            fittedLearningRate: Double,
            lossNats: Double?,
            givenBatchTokens: Double?
        ) {
            self.parameterCount = parameterCount
            self.tokenCount = tokenCount
            self.fittedBatchTokens = fittedBatchTokens
            self.fittedLearningRate = fittedLearningRate
            self.lossNats = lossNats
            self.givenBatchTokens = givenBatchTokens
        }
    }

    package enum Answer: Sendable, Hashable {
        /// nil: the law is silent on that one.
        case point(learningRate: Double?, batchTokens: Double?)
        case refused(String)
    }
}
