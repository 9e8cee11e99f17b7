/// What a practitioner asks a law: known quantities by name. A law reads the ones it understands
/// and refuses with the names of those it misses.
package struct Question: Sendable, Hashable, Codable {
    package var values: [Field: Double]

    package init(_ values: [Field: Double] = [:]) { self.values = values }

    package subscript(field: Field) -> Double? { values[field] }

    /// The value, or a refusal that names what is missing.
    package func required(_ field: Field) throws(RecommendError) -> Double {
        guard let value = values[field] else {
            throw .missing(field: field.rawValue, meaning: field.meaning)
        }
        return value
    }

    /// Raw values are the names of the query of `GET /api/v1/recommendations`; all are positive.
    package enum Field: String, Sendable, Hashable, Codable, CaseIterable, CodingKeyRepresentable {
        case parameters, activeParameters, tokens, flops, batchTokens, sequenceLength
        case inferenceTokens, uniqueTokens, targetLoss, wastePercent, experts, memoryBytes
        case tokensPerSecond, devices, maximumBatchTokens, stepOverheadSeconds, denseTokens
        case fineTuningTokens, learningRate, steps

        package var meaning: String {
            switch self {
            case .parameters: "model size N, in parameters"
            case .activeParameters: "parameters active for a token"
            case .tokens: "training tokens D"
            case .flops: "training compute C, in FLOPs"
            case .batchTokens: "tokens per step"
            case .sequenceLength: "tokens per sequence"
            case .inferenceTokens: "tokens to be served over the model's life"
            case .uniqueTokens: "tokens of distinct data at hand"
            case .targetLoss: "loss to reach, nats per token"
            case .wastePercent: "tokens that may be wasted for speed, in per cent"
            case .experts: "experts of a layer"
            case .memoryBytes: "memory that the weights may take, in bytes"
            case .tokensPerSecond: "tokens per second of one device"
            case .devices: "devices of the cluster"
            case .maximumBatchTokens: "largest batch the cluster can take, tokens per step"
            case .stepOverheadSeconds: "seconds of a step that no more devices can remove"
            case .denseTokens: "tokens the dense model was trained on before upcycling"
            case .fineTuningTokens: "tokens of fine-tuning data"
            case .learningRate: "peak learning rate"
            case .steps: "optimiser steps of the whole training"
            }
        }
    }
}
