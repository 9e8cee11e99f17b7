import Foundation

extension Target {
    /// Throws for a target that no training can have.
    func check() throws(RecommendError) {
        try Self.check("parameterCount", parameterCount, 1...1e16)
        try Self.check("tokenCount", tokenCount, 1...1e18)
        if let batchTokens {
            try Self.check("batchTokens", batchTokens, 1...1e12)
            guard batchTokens <= tokenCount else {
                throw .invalidTarget(
                    field: "batchTokens",
                    given: batchTokens,
                    expected: "at most tokenCount = \(tokenCount)"
                )
            }
        }
        if let sequenceLength { try Self.check("sequenceLength", sequenceLength, 1...1e9) }
    }

    private static func check(
        _ field: String,
        _ value: Double,
        _ range: ClosedRange<Double>
    ) throws(RecommendError) {
        guard range ~= value else {
            throw .invalidTarget(
                field: field,
                given: value,
                expected: "a number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
    }
}
