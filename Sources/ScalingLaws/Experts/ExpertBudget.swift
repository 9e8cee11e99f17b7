import Foundation

/// What a mixture may cost. Training takes 6 FLOPs per active parameter and token, serving 2; a
/// weight takes 2 bytes.
struct ExpertBudget: Sendable {
    static let bytesPerParameter = 2.0

    var flops: Double?
    var tokens: Double?
    var inferenceTokens: Double
    var memoryBytes: Double?
    var activeParameters: Double?

    static let reads: Set<Question.Field> = [
        .flops, .tokens, .inferenceTokens, .memoryBytes, .activeParameters,
    ]

    init(_ question: Question) throws(RecommendError) {
        flops = question[.flops]
        tokens = question[.tokens]
        inferenceTokens = question[.inferenceTokens] ?? 0
        memoryBytes = question[.memoryBytes]
        activeParameters = question[.activeParameters]
        guard flops != nil || tokens != nil else {
            throw .missing(
                field: Question.Field.flops.rawValue,
                meaning: "compute of training and serving together, or tokens for a fixed length"
            )
        }
        for (field, value) in question.values.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            guard !(1e-6...1e40 ~= value) else { continue }
            throw .invalidTarget(
                field: field.rawValue,
                given: value,
                expected: "a number from 1e-6 to 1e40"
            )
        }
    }

    /// Training tokens that the budget leaves for a size; nil when it leaves none.
    func tokens(active size: Double) -> Double? {
        guard let flops else { return tokens }
        let left = (flops - 2 * size * inferenceTokens) / (6 * size)
        guard let tokens else { return left > 0 ? left : nil }
        return left >= tokens * (1 - 1e-9) ? tokens : nil
    }

    func cost(active size: Double, tokens: Double) -> Double {
        size * (6 * tokens + 2 * inferenceTokens)
    }

    func fits(total: Double) -> Bool {
        total * Self.bytesPerParameter <= memoryBytes ?? .infinity
    }
}
