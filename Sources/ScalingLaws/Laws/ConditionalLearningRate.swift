import Runs

/// Best peak learning rate at a given batch: it rises with the batch below the optimal one and
/// saturates above it. Shape after McCandlish et al., arXiv 1812.06162, section 2.2, with the knee
/// tied to the optimal batch B*(N, D) of the same runs.
///
/// Every (N, D, B) whose learning rate was swept gives one best rate; the law is fitted through
/// those. It is linear in base, exponents and α at a given knee, so the search is over the knee
/// alone. Cells are resampled for the intervals, B* with them.
package enum ConditionalLearningRate: AdvisingLaw {
    package static let card = LawCard(
        id: "conditional-learning-rate",
        title: "Peak learning rate at a given batch",
        family: .learningRateAndBatch,
        equation: "ln LR = e0 + eN·ln N + eD·ln D - (α/3)·ln(1 + (B0/B)^3);  B0 = k·B*;"
            + "  B* = d·N^f·D^e",
        citation: "shape: McCandlish et al., arXiv 1812.06162; fit: this project's runs",
        symbols: [
            .init(symbol: "LR", name: "best peak learning rate at batch B", unit: "1"),
            .init(symbol: "N", name: "model size by the project's convention", unit: "parameters"),
            .init(symbol: "D", name: "training tokens", unit: "tokens"),
            .init(symbol: "B", name: "batch", unit: "tokens per step"),
        ],
        parameters: [
            .init(symbol: "LR*", name: "learning rate at the pivot and its best batch", unit: "1"),
            .init(symbol: "eN", name: "exponent of N at a batch above the knee", unit: "1"),
            .init(symbol: "eD", name: "exponent of D at a batch above the knee", unit: "1"),
            .init(symbol: "α", name: "exponent of B far below the knee", unit: "1"),
            .init(symbol: "k", name: "knee over the optimal batch", unit: "1"),
            .init(symbol: "B*", name: "optimal batch at the pivot", unit: "tokens per step"),
            .init(symbol: "f", name: "exponent of N in the optimal batch", unit: "1"),
            .init(symbol: "e", name: "exponent of D in the optimal batch", unit: "1"),
        ],
        inputs: [.parameterCount, .tokenCount, .peakLearningRate, .batchTokens, .loss],
        answers: [
            "peak learning rate when the batch is forced by hardware",
            "how the learning rate moves with the batch, and what linear or square-root scaling"
                + " would cost",
        ],
        validity: "Batches within the swept range around the optimal one; beyond it see"
            + " `extrapolation`.",
        note: "Contains linear, square-root, Power-scheduler and token-horizon rules as limits."
    )

    /// Fewest slices that are fitted: five numbers and some to judge them by.
    static let minimumSlices = 12
    /// Resampled refits at most.
    static let drawLimit = 200

    package static func fit(_ request: FitRequest) throws(FitError) -> ConditionalRateFit {
        var builder = CellBuilder()
        let table = try builder.build(request.observations)
        let fitter = try ConditionalRateFitter(
            request: request,
            table: table,
            leftOut: builder.leftOut.map {
                .init(runID: $0.runID, runName: $0.runName, reason: $0.reason)
            }
        )
        return try fitter.run()
    }

    package static var reads: Set<Question.Field> { [.parameters, .tokens, .flops, .batchTokens] }

    package static func advise(
        _ question: Question,
        from fit: ConditionalRateFit
    ) throws(RecommendError) -> Advice {
        try ConditionalRateAdvice(fit, question).answer()
    }
}
