import ArgumentParser

/// The training that is tuned; `--base` may give it as a file.
struct BaseOptions: ParsableArguments {
    @Option(help: "Width of the residual stream.")
    var baseWidth: Quantity?

    @Option(help: "Transformer layers.")
    var baseDepth: Quantity?

    @Option(help: "Attention heads.")
    var baseHeadCount: Quantity?

    @Option(help: "Parameters.")
    var baseParameterCount: Quantity?

    @Option(help: "Tokens per step.")
    var baseBatchTokens: Quantity?

    @Option(help: "Training tokens.")
    var baseTokenCount: Quantity?

    @Option(help: "Peak learning rate.")
    var basePeakLearningRate: Quantity?

    @Option(help: "Weight decay of AdamW.")
    var baseWeightDecay: Double?

    @Option(help: "beta1 of Adam.")
    var baseBeta1: Double?

    @Option(help: "beta2 of Adam.")
    var baseBeta2: Double?

    @Option(help: "epsilon of Adam.")
    var baseEpsilon: Double?

    @Option(help: "Standard deviation of initial weights.")
    var baseInitStandardDeviation: Double?

    /// What is given, by the names of the API.
    var numbers: [String: Double] {
        let named: [(String, Double?)] = [
            ("width", baseWidth?.value),
            ("depth", baseDepth?.value),
            ("headCount", baseHeadCount?.value),
            ("parameterCount", baseParameterCount?.value),
            ("batchTokens", baseBatchTokens?.value),
            ("tokenCount", baseTokenCount?.value),
            ("peakLearningRate", basePeakLearningRate?.value),
            ("weightDecay", baseWeightDecay),
            ("beta1", baseBeta1),
            ("beta2", baseBeta2),
            ("epsilon", baseEpsilon),
            ("initStandardDeviation", baseInitStandardDeviation),
        ]
        return named.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
}

/// What differs in the training wanted.
struct TargetOptions: ParsableArguments {
    @Option(help: "Width of the residual stream.")
    var targetWidth: Quantity?

    @Option(help: "Transformer layers.")
    var targetDepth: Quantity?

    @Option(help: "Attention heads.")
    var targetHeadCount: Quantity?

    @Option(help: "Parameters.")
    var targetParameterCount: Quantity?

    @Option(help: "Tokens per step.")
    var targetBatchTokens: Quantity?

    @Option(help: "Training tokens.")
    var targetTokenCount: Quantity?

    @Option(help: "Best rate at the target's batch and tokens over that at the base's.")
    var targetLearningRateFactor: Quantity?

    /// What is given, by the names of the API.
    var numbers: [String: Double] {
        let named: [(String, Double?)] = [
            ("width", targetWidth?.value),
            ("depth", targetDepth?.value),
            ("headCount", targetHeadCount?.value),
            ("parameterCount", targetParameterCount?.value),
            ("batchTokens", targetBatchTokens?.value),
            ("tokenCount", targetTokenCount?.value),
            ("learningRateFactor", targetLearningRateFactor?.value),
        ]
        return named.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
}
