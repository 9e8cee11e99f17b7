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
    /// C of the whole training, by the run's own count.
    case computeFLOPs
    /// All parameters of a mixture of experts.
    case totalParameterCount
    /// E, experts of a layer.
    case expertCount
    /// K, experts that work on a token.
    case activeExpertCount
    /// G, width of a dense feed-forward layer over that of an expert.
    case expertGranularity
    /// U, distinct training tokens; D / U is the number of epochs.
    case uniqueTokenCount
    case weightDecay
    case adamBeta2
    case warmupSteps
    /// Loss that `stepCount` steps were needed to reach.
    case targetLoss
    /// Tokens of fine-tuning data.
    case fineTuningTokenCount
    /// D1, tokens of a dense model before it was turned into a mixture of experts.
    case denseTokenCount
    /// Mean squared norm of the gradient at `smallBatchTokens` and at `batchTokens`.
    case smallGradientNormSquared
    case gradientNormSquared
    case smallBatchTokens
    /// Width of the residual stream.
    case modelWidth

    /// Whether every project is asked for it; the others matter where a law of the project reads
    /// them.
    package var isCommon: Bool {
        switch self {
        case .parameterCount, .nonEmbeddingParameterCount, .activeParameterCount, .tokenCount,
            .peakLearningRate, .batchTokens, .batchSequences, .sequenceLength, .stepCount, .loss:
            true
        default: false
        }
    }

    package var unit: String {
        switch self {
        case .parameterCount, .nonEmbeddingParameterCount, .activeParameterCount,
            .totalParameterCount:
            "parameters"
        case .tokenCount, .uniqueTokenCount, .fineTuningTokenCount, .denseTokenCount: "tokens"
        case .computeFLOPs: "FLOPs"
        case .expertCount, .activeExpertCount: "experts"
        case .peakLearningRate, .expertGranularity, .weightDecay, .adamBeta2,
            .smallGradientNormSquared, .gradientNormSquared:
            "1"
        case .smallBatchTokens: "tokens per step"
        case .modelWidth: "features"
        case .warmupSteps: "steps"
        case .targetLoss: "nats per token"
        case .batchTokens: "tokens per step"
        case .batchSequences: "sequences per step"
        case .sequenceLength: "tokens per sequence"
        case .stepCount: "steps"
        case .loss: "nats per token"
        }
    }
}
