import Foundation

/// What pre-training is worth to a fine-tuned model, as data of the task that it need not see:
/// D_T = k·D_F^alpha·N^beta, Scaling Laws for Transfer (arXiv 2102.01293). From a second-hand
/// source; D_F and D_T are counted as the paper counts them.
package struct TransferredData: Sendable, Hashable {
    package var id: String
    package var title: String
    package var k: Double
    package var alpha: Double
    package var beta: Double

    /// - Parameters:
    ///   - data: D_F, data of the task.
    ///   - parameters: N, non-embedding.
    package func value(data: Double, parameters: Double) -> Double {
        k * pow(data, alpha) * pow(parameters, beta)
    }

    package static let textToPython = TransferredData(
        id: "text-to-python",
        title: "pre-trained on text",
        k: 1.9e4,
        alpha: 0.18,
        beta: 0.38
    )
    package static let mixToPython = TransferredData(
        id: "mix-to-python",
        title: "pre-trained on half text, half other code",
        k: 2.1e5,
        alpha: 0.096,
        beta: 0.38
    )
}

/// Rules of fine-tuning that are evaluated and never fitted.
package let fineTuningRules: [LawCard] = [
    LawCard(
        id: "transferred-data",
        title: "Data that pre-training is worth",
        family: .fineTuning,
        kind: .rule,
        equation: "D_T = k*D_F^alpha*N^beta; text to Python 1.9e4, 0.18, 0.38; mix to Python 2.1e5,"
            + " 0.096, 0.38",
        citation: "Scaling Laws for Transfer, arXiv 2102.01293",
        symbols: [
            .init(symbol: "D_T", name: "data transferred", unit: "as D_F"),
            .init(symbol: "D_F", name: "fine-tuning data", unit: "as in the paper"),
            .init(symbol: "N", name: "non-embedding model size", unit: "parameters"),
        ],
        answers: ["what pre-training is worth in data of the task"],
        validity: "Python code, models up to 1e9 parameters, few data: D_F below a tenth of what"
            + " training from scratch needs.",
        note: "Constants from a second-hand source. Another pair of tasks has other constants."
    )
]
