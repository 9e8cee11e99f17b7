/// What a law needs to know of a run, whatever the run's own names for it are.
///
/// The raw value is the canonical name: on the wire, in `--map`, and as the first alias, so that a
/// param called `batchTokens` is found without any mapping.
package enum Role: String, Sendable, Hashable, Codable, CaseIterable, CodingKeyRepresentable {
    /// N as the run reports it; whether embeddings count is said by `parameterConvention`.
    case parameterCount
    case nonEmbeddingParameterCount
    case activeParameterCount
    /// D, training tokens.
    case tokenCount
    case peakLearningRate
    /// Tokens per optimiser step.
    case batchTokens
    /// Sequences per optimiser step; times `sequenceLength` gives `batchTokens`.
    case batchSequences
    case sequenceLength
    /// Optimiser steps of the whole run.
    case stepCount
    /// Final loss, nats per token.
    case loss

    package var unit: String {
        switch self {
        case .parameterCount, .nonEmbeddingParameterCount, .activeParameterCount: "parameters"
        case .tokenCount: "tokens"
        case .peakLearningRate: "1"
        case .batchTokens: "tokens per step"
        case .batchSequences: "sequences per step"
        case .sequenceLength: "tokens per sequence"
        case .stepCount: "steps"
        case .loss: "nats per token"
        }
    }
}
