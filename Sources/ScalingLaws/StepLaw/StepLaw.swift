import Foundation
import Runs

/// The law of peak learning rate and batch in Step Law's form (Predictable Scale I,
/// arXiv 2503.04715): LR* = c·N^a·D^b and B* = d·D^e or d·N^f·D^e, fitted on one project's own
/// runs.
///
/// 1. Rows become cells (N, D); unusable rows and too small cells are set aside with a reason.
/// 2. Two estimators are fitted in both forms of the batch: the joint surface and the near-optimal
///    band. Leave-one-cell-out regret chooses the form. The joint surface recommends, unless it
///    failed, or cells are dense and the band did better on left-out cells.
/// 3. Everything a recommendation or a figure needs is kept in the fit.
package enum StepLaw: Law {
    package static let card = LawCard(
        id: "step-law",
        title: "Peak learning rate and batch size",
        family: .learningRateAndBatch,
        equation: "LR* = c·N^a·D^b;  B* = d·D^e  or  B* = d·N^f·D^e",
        citation: "form: Predictable Scale I: Step Law, arXiv 2503.04715; fit: this project's runs",
        symbols: [
            .init(symbol: "LR*", name: "peak learning rate at its optimum", unit: "1"),
            .init(symbol: "B*", name: "batch at its optimum", unit: "tokens per step"),
            .init(symbol: "N", name: "model size by the project's convention", unit: "parameters"),
            .init(symbol: "D", name: "training tokens", unit: "tokens"),
        ],
        parameters: [
            .init(symbol: "LR*", name: "peak learning rate at the pivot", unit: "1"),
            .init(symbol: "a", name: "exponent of N in the learning rate", unit: "1"),
            .init(symbol: "b", name: "exponent of D in the learning rate", unit: "1"),
            .init(symbol: "B*", name: "batch at the pivot", unit: "tokens per step"),
            .init(symbol: "f", name: "exponent of N in the batch", unit: "1"),
            .init(symbol: "e", name: "exponent of D in the batch", unit: "1"),
        ],
        inputs: [.parameterCount, .tokenCount, .peakLearningRate, .batchTokens, .loss],
        answers: [
            "peak learning rate for a model size and token count",
            "best batch for a token budget",
            "peak learning rate when the batch is forced by hardware",
        ],
        validity: "Inside the sizes and token counts of the runs; beyond them see `extrapolation`."
    )

    /// Deterministic: the same request gives the same fit.
    package static func fit(_ request: FitRequest) throws(FitError) -> StepLawFit {
        var builder = CellBuilder()
        let table = try builder.build(request.observations)
        var fitter = StepLawFitter(request: request, table: table, leftOut: builder.leftOut)
        return try fitter.run()
    }

    /// From the earlier solution, with its form and estimator, which only a whole fit chooses
    /// anew. nil where options differ, where the joint surface no longer converges from there, and
    /// where a fresh start finds a better one.
    package static func refit(
        _ request: FitRequest,
        from earlier: StepLawFit
    ) throws(FitError) -> StepLawFit? {
        guard earlier.options == request.options else { return nil }
        var builder = CellBuilder()
        let table = try builder.build(request.observations)
        let fitter = StepLawFitter(request: request, table: table, leftOut: builder.leftOut)
        return try fitter.refit(from: earlier)
    }
}
