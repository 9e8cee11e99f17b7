import Runs

/// The law of peak learning rate and batch in Step Law's form (Predictable Scale I,
/// arXiv 2503.04715): LR* = c·N^a·D^b and B* = d·D^e, here also d·N^f·D^e, fitted on one project's
/// own runs.
package enum StepLaw {
    package static let card = LawCard(
        id: "step-law",
        title: "Peak learning rate and batch size",
        equation: "LR* = c·N^a·D^b;  B* = d·D^e  or  B* = d·N^f·D^e",
        citation: "form: Predictable Scale I: Step Law, arXiv 2503.04715; fit: this project's runs",
        symbols: [
            .init(symbol: "LR*", name: "peak learning rate at its optimum", unit: "1"),
            .init(symbol: "B*", name: "batch at its optimum", unit: "tokens per step"),
            .init(symbol: "N", name: "model size by the project's convention", unit: "parameters"),
            .init(symbol: "D", name: "training tokens", unit: "tokens"),
        ],
        inputs: [.parameterCount, .tokenCount, .peakLearningRate, .batchTokens, .loss],
        validity: "Inside the sizes and token counts of the runs; beyond them see `extrapolation`."
    )

    package static func fit(_ request: FitRequest) throws(FitError) -> StepLawFit {
        throw .tooFewRuns(
            needed: CellRules.minimumTotalRunCount,
            found: request.observations.count,
            leftOut: 0
        )
    }
}

extension StepLawFit {
    /// What to set for a run of this size and length.
    package func recommend(_ target: Target) throws(RecommendError) -> Recommendation {
        throw .invalidTarget(field: "parameterCount", given: target.parameterCount, expected: "")
    }

    /// The fitted bowl around the optimum at a target, for a figure.
    package func surface(
        _ target: Target,
        gridCount: Int = 61
    ) throws(RecommendError) -> LossSurface {
        throw .invalidTarget(field: "parameterCount", given: target.parameterCount, expected: "")
    }
}
