import Foundation
import Runs

/// The critical batch from steps to a target loss at several batches, by two definitions, and how
/// it grows over model size, tokens and loss. How Does Critical Batch Size Scale in Pre-training?,
/// arXiv 2410.21676; the hyperbola is that of arXiv 1812.06162.
///
/// The exponent is a property of the definition: the overhead definition adds 1.2 times its anchor
/// to every batch, which pulls the exponent down. Definition and anchor are therefore part of each
/// fit.
package enum CriticalBatch: Law {
    package static let card = LawCard(
        id: "critical-batch",
        title: "Critical batch size",
        family: .batchTradeOff,
        equation: "S = S_min·(1 + B_crit/B), E = S·B;  B_crit = B_0·(N/N_0)^exponent_N"
            + "  (also over D and L);  CBS = x·B_crit + (1 + x)·B_anchor",
        citation: "form: An Empirical Model of Large-Batch Training, arXiv 1812.06162, and How Does"
            + " Critical Batch Size Scale in Pre-training?, arXiv 2410.21676; fit: this project's"
            + " runs",
        symbols: [
            .init(symbol: "S", name: "optimiser steps to the target loss", unit: "steps"),
            .init(symbol: "E", name: "tokens to the target loss", unit: "tokens"),
            .init(symbol: "B", name: "batch", unit: "tokens per step"),
            .init(symbol: "N", name: "model size by the project's convention", unit: "parameters"),
            .init(symbol: "D", name: "E_min, fewest tokens to the target", unit: "tokens"),
            .init(symbol: "L", name: "target loss", unit: "nats per token"),
            .init(symbol: "x", name: "overhead of steps, 0.2 unless set", unit: "1"),
        ],
        parameters: [
            .init(symbol: "S_min", name: "fewest steps to the target", unit: "steps"),
            .init(symbol: "E_min", name: "fewest tokens to the target", unit: "tokens"),
            .init(symbol: "B_crit", name: "critical batch E_min/S_min", unit: "tokens per step"),
            .init(symbol: "CBS", name: "critical batch by overhead", unit: "tokens per step"),
            .init(symbol: "B_0", name: "B_crit at the middle size N_0", unit: "tokens per step"),
            .init(symbol: "exponent_N", name: "exponent of N in B_crit", unit: "1"),
            .init(symbol: "CBS_0", name: "CBS at the middle size N_0", unit: "tokens per step"),
            .init(symbol: "exponent_N_overhead", name: "exponent of N in CBS", unit: "1"),
            .init(symbol: "exponent_D", name: "exponent of D in B_crit", unit: "1"),
            .init(symbol: "exponent_D_overhead", name: "exponent of D in CBS", unit: "1"),
            .init(symbol: "exponent_N_joint", name: "exponent of N at equal D", unit: "1"),
            .init(symbol: "exponent_D_joint", name: "exponent of D at equal N", unit: "1"),
            .init(symbol: "exponent_L", name: "exponent of L in B_crit", unit: "1"),
            .init(symbol: "exponent_L_overhead", name: "exponent of L in CBS", unit: "1"),
        ],
        inputs: [.batchTokens],
        optionalInputs: [.stepCount, .targetLoss, .parameterCount, .peakLearningRate],
        readsCurves: true,
        answers: [
            "largest batch that wastes fewer than x % of the tokens",
            "steps, tokens and time at a batch",
            "time and cost of every batch on a cluster",
            "how the batch may grow during training",
        ],
        validity: "One learning rate tuned per batch, a constant rate or weight averaging, one"
            + " optimiser; between the least and the largest batch of the runs.",
        note:
            "Runs say targetLoss and stepCount (steps to reach it); without them steps are read off"
            + " loss curves before the rate decays, or between the ends of runs of different"
            + " length. The critical batch is not the batch of the lowest loss at given tokens:"
            + " the two lie a factor of 3 to 5 apart."
    )

    package static func fit(_ request: FitRequest) throws(FitError) -> CriticalBatchFit {
        var fitter = try CriticalBatchFitter(request)
        return try fitter.run()
    }
}
