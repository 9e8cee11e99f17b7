import Runs

/// Test of hyperparameter transfer over width: at each width the best learning rate with its
/// interval, then the slope of ln LR* over ln width, which is 0 when the rate transfers.
package enum TransferCheck: Law {
    package static let card = LawCard(
        id: "transfer-check",
        title: "Does the learning rate transfer over width",
        family: .transfer,
        equation: "ln LR*(w) = ln LR0 + slope*ln w; ln L = ln L*(w) + c*u^2 + d*u^3,"
            + " u = ln(LR/LR*(w))",
        citation: "fit: this project's runs",
        symbols: [
            .init(symbol: "w", name: "model width", unit: "features"),
            .init(symbol: "LR", name: "peak learning rate before factors of the width", unit: "1"),
            .init(symbol: "L", name: "final loss", unit: "nats per token"),
        ],
        parameters: [
            .init(symbol: "slope", name: "exponent of the best rate in width", unit: "1"),
            .init(
                symbol: "drift",
                name: "shift of the best rate, narrowest to widest",
                unit: "octaves"
            ),
        ],
        inputs: [.modelWidth, .peakLearningRate, .loss],
        optionalInputs: [.batchTokens, .tokenCount, .weightDecay],
        answers: ["whether a parameterisation transfers the learning rate"],
        validity: "Three widths or more with five learning rates each, everything else equal or"
            + " scaled by the rule under test.",
        note: "Tested on planted sweeps. A slope of about -1 is what the standard parameterisation"
            + " shows."
    )

    package static func fit(_ request: FitRequest) throws(FitError) -> TransferCheckFit {
        try TransferCheckFitter(request).run()
    }
}
