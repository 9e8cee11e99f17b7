extension TransferQuestion {
    /// Throws for numbers that no training can have, and for a target that the base cannot be
    /// compared with.
    func check() throws(RecommendError) {
        try base.check()
        try Self.check("depthExponent", depthExponent, 0.5...1)
        let target = target
        try Self.check("target.width", target.width, 1...1e7)
        try Self.check("target.depth", target.depth, 1...1e5)
        try Self.check("target.headCount", target.headCount, 1...(target.width ?? base.width))
        try Self.check("target.parameterCount", target.parameterCount, 1...1e16)
        try Self.check("target.batchTokens", target.batchTokens, 1...1e12)
        try Self.check("target.tokenCount", target.tokenCount, 1...1e18)
        try Self.check("target.learningRateFactor", target.learningRateFactor, 1e-6...1e6)
        let pairs = [
            ("headCount", base.headCount, target.headCount),
            ("parameterCount", base.parameterCount, target.parameterCount),
            ("batchTokens", base.batchTokens, target.batchTokens),
            ("tokenCount", base.tokenCount, target.tokenCount),
        ]
        for (name, base, target) in pairs where base == nil && target != nil {
            throw .missing(
                field: "base.\(name)",
                meaning: "the target gives one, and rules need their ratio"
            )
        }
        try Self.checkBatch("base", base.batchTokens, base.tokenCount)
        try Self.checkBatch(
            "target",
            target.batchTokens ?? base.batchTokens,
            target.tokenCount ?? base.tokenCount
        )
    }

    func ratios() throws(RecommendError) -> TransferTable.Ratios {
        let width = (target.width ?? base.width) / base.width
        var headWidth = 1.0
        if let heads = base.headCount {
            guard let targetHeads = target.headCount ?? (width == 1 ? heads : nil) else {
                throw .missing(
                    field: "target.headCount",
                    meaning: "the width changes, so the width of a head is open"
                )
            }
            headWidth = width * heads / targetHeads
        }
        return TransferTable.Ratios(
            width: width,
            depth: (target.depth ?? base.depth) / base.depth,
            headWidth: headWidth,
            batch: Self.ratio(target.batchTokens, base.batchTokens),
            tokens: Self.ratio(target.tokenCount, base.tokenCount)
        )
    }

    /// The target's, or the base's when the shape stays; nil when it is open.
    var targetParameterCount: Double? {
        let sameShape =
            (target.width ?? base.width) == base.width
            && (target.depth ?? base.depth) == base.depth
        return target.parameterCount ?? (sameShape ? base.parameterCount : nil)
    }

    private static func ratio(_ target: Double?, _ base: Double?) -> Double {
        guard let target, let base else { return 1 }
        return target / base
    }

    private static func checkBatch(
        _ side: String,
        _ batch: Double?,
        _ tokens: Double?
    ) throws(RecommendError) {
        guard let batch, let tokens, batch > tokens else { return }
        throw .invalidTarget(
            field: "\(side).batchTokens",
            given: batch,
            expected: "at most \(side).tokenCount = \(tokens)"
        )
    }

    fileprivate static func check(
        _ field: String,
        _ value: Double?,
        _ range: ClosedRange<Double>
    ) throws(RecommendError) {
        guard let value, !(range ~= value) else { return }
        throw .invalidTarget(
            field: field,
            given: value,
            expected: "a number from \(range.lowerBound) to \(range.upperBound)"
        )
    }
}

extension TransferQuestion.Configuration {
    fileprivate func check() throws(RecommendError) {
        try TransferQuestion.check("base.width", width, 1...1e7)
        try TransferQuestion.check("base.depth", depth, 1...1e5)
        try TransferQuestion.check("base.headCount", headCount, 1...width)
        try TransferQuestion.check("base.parameterCount", parameterCount, 1...1e16)
        try TransferQuestion.check("base.batchTokens", batchTokens, 1...1e12)
        try TransferQuestion.check("base.tokenCount", tokenCount, 1...1e18)
        try TransferQuestion.check("base.peakLearningRate", peakLearningRate, 1e-12...1e3)
        try TransferQuestion.check("base.weightDecay", weightDecay, 0...1e3)
        try TransferQuestion.check("base.beta1", beta1, 0...0.999_999)
        try TransferQuestion.check("base.beta2", beta2, 1e-6...0.999_999_9)
        try TransferQuestion.check("base.epsilon", epsilon, 1e-30...1)
        try TransferQuestion.check("base.initStandardDeviation", initStandardDeviation, 1e-9...1e3)
    }

    /// tau = B/(LR·lambda·D), the share of the training that weights remember; nil when open.
    var timescale: Double? {
        guard let batchTokens, let tokenCount, let peakLearningRate, let weightDecay,
            weightDecay > 1e-30
        else { return nil }
        return batchTokens / (peakLearningRate * weightDecay * tokenCount)
    }
}
