extension Recommendation {
    /// Written by hand for one reason: what is not known is written as null, so that a script finds
    /// every key whatever the answer.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(target, forKey: .target)
        try container.encode(peakLearningRate, forKey: .peakLearningRate)
        try container.encode(batchTokens, forKey: .batchTokens)
        try container.encode(batchSequences, forKey: .batchSequences)
        try container.encode(plateau, forKey: .plateau)
        try container.encode(predictedLoss, forKey: .predictedLoss)
        try container.encode(predictedLossReason, forKey: .predictedLossReason)
        try container.encode(mode, forKey: .mode)
        try container.encode(extrapolation, forKey: .extrapolation)
        try container.encode(rivals, forKey: .rivals)
        try container.encode(provenance, forKey: .provenance)
        try container.encode(warnings, forKey: .warnings)
    }
}
