import Runs

/// Peak learning rate and batch of mixtures of experts: the power laws of Step Law's form with the
/// total and the active parameters as separate inputs of each law. Which count drives which is
/// decided by regret on left-out cells, never assumed; published accounts disagree.
package enum ExpertStepLaw: AdvisingLaw {
    package static let card = LawCard(
        id: "step-law-experts",
        title: "Peak learning rate and batch of mixtures of experts",
        family: .learningRateAndBatch,
        equation: "LR* = c·T^aT·A^aA·D^b;  B* = d·T^fT·A^fA·D^e",
        citation: "form: Step Law, arXiv 2503.04715, with total and active parameters; fit: this"
            + " project's runs",
        symbols: [
            .init(symbol: "LR*", name: "peak learning rate at its optimum", unit: "1"),
            .init(symbol: "B*", name: "batch at its optimum", unit: "tokens per step"),
            .init(symbol: "T", name: "total parameters", unit: "parameters"),
            .init(symbol: "A", name: "parameters active for a token", unit: "parameters"),
            .init(symbol: "D", name: "training tokens", unit: "tokens"),
        ],
        parameters: [
            .init(symbol: "LR*", name: "peak learning rate at the pivot", unit: "1"),
            .init(symbol: "aT", name: "exponent of total parameters in the rate", unit: "1"),
            .init(symbol: "aA", name: "exponent of active parameters in the rate", unit: "1"),
            .init(symbol: "b", name: "exponent of D in the rate", unit: "1"),
            .init(symbol: "B*", name: "batch at the pivot", unit: "tokens per step"),
            .init(symbol: "fT", name: "exponent of total parameters in the batch", unit: "1"),
            .init(symbol: "fA", name: "exponent of active parameters in the batch", unit: "1"),
            .init(symbol: "e", name: "exponent of D in the batch", unit: "1"),
        ],
        inputs: [
            .totalParameterCount, .activeParameterCount, .tokenCount, .peakLearningRate,
            .batchTokens, .loss,
        ],
        answers: [
            "peak learning rate and batch of a mixture of experts",
            "whether total or active parameters drive learning rate and batch",
        ],
        validity: "Inside the counts and tokens of the runs; beyond them see `extrapolation`.",
        note: "No public sweep of mixtures of experts was at hand: tested on planted sweeps only."
    )

    package static func fit(_ request: FitRequest) throws(FitError) -> ExpertRateFit {
        try ExpertRateFitter(request).run()
    }

    package static var reads: Set<Question.Field> {
        [.parameters, .activeParameters, .tokens, .flops]
    }

    package static func advise(
        _ question: Question,
        from fit: ExpertRateFit
    ) throws(RecommendError) -> Advice {
        try ExpertRateAdvice(fit, question).answer()
    }
}
