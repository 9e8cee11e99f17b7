import Foundation

/// A batch that doubles as the critical batch grows with the tokens trained on, always at or below
/// a fixed share of it. It assumes that the law over the tokens of whole trainings holds for the
/// tokens seen so far.
struct BatchRamp: Sendable {
    struct Stage: Sendable {
        var fromTokens: Double
        var batch: Double
        var steps: Double
    }

    let stages: [Stage]
    /// Of the constant batch that wastes as many tokens over the whole training.
    let constantBatch: Double
    let constantSteps: Double

    var steps: Double { stages.reduce(0) { $0 + $1.steps } }

    private static let doublings = 6

    /// nil when the batch does not grow, or grows so fast that its beginning has no meaning.
    ///
    /// - Parameters:
    ///   - criticalBatch: B_crit after `tokens`.
    ///   - share: batch over B_crit that is never exceeded.
    init?(criticalBatch: Double, exponent: Double, tokens: Double, share: Double) {
        guard exponent > 0.05, exponent < 0.95 else { return nil }
        let end = share * criticalBatch
        /// Where the allowed batch has come to `end` halved this often.
        func start(_ halvings: Int) -> Double {
            halvings == Self.doublings ? 0 : tokens * exp2(-Double(halvings) / exponent)
        }
        var stages: [Stage] = []
        var wasted = 0.0
        for halvings in stride(from: Self.doublings, through: 1, by: -1) {
            let (from, to) = (start(halvings), start(halvings - 1))
            let batch = end * exp2(-Double(halvings))
            stages.append(Stage(fromTokens: from, batch: batch, steps: (to - from) / batch))
            wasted +=
                batch * (pow(to / tokens, 1 - exponent) - pow(from / tokens, 1 - exponent))
        }
        self.stages = stages
        constantBatch = wasted
        constantSteps = tokens / wasted
        let all = stages.map(\.steps) + [constantBatch, constantSteps]
        guard all.allSatisfy({ $0.isFinite && $0 > 0 }) else { return nil }
    }

    /// The decay of Adam's second moment keeps its half-life in tokens: beta2^(B'/B), arXiv
    /// 2507.07101.
    func table() -> Advice.Table {
        let first = stages.first?.batch ?? 1
        return Advice.Table(
            title: "Batch that grows with the tokens",
            columns: [
                "from tokens", "batch (tokens per step)", "steps",
                "beta2 if the first stage has 0.99",
            ],
            rows: stages.map { stage in
                [
                    .number(stage.fromTokens), .number(stage.batch), .number(stage.steps),
                    .number(pow(0.99, stage.batch / first)),
                ]
            }
        )
    }

    var note: String {
        "The ramp takes \(BatchText.tokens(steps)) steps; the constant batch that wastes as many"
            + " tokens, \(BatchText.tokens(constantBatch)), takes"
            + " \(BatchText.tokens(constantSteps)). Keep Adam's beta2 half-life in tokens as the"
            + " batch grows (beta2^(B'/B)), and tune the learning rate again for each batch."
    }
}
