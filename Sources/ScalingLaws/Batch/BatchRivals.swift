import Foundation

/// What others would answer for the critical or the best batch, and naive rules over the groups.
struct BatchRivals {
    let tradeOff: BatchTradeOff
    let question: Question
    /// nil for a trade-off that comes from gradients.
    var fit: CriticalBatchFit?

    private struct Rule: Sendable {
        var id: String
        var title: String
        var citation: String
        var note: String
        var field: Question.Field
        var batch: @Sendable (Double) -> Double
    }

    func all() -> [Advice.Rival] { Self.rules.map(rival) + fromGroups() }

    private static let rules: [Rule] = [
        Rule(
            id: "critical-batch-published",
            title: "Critical batch by 20 % overhead, published",
            citation: "How Does Critical Batch Size Scale in Pre-training?, arXiv 2410.21676",
            note: "93.20·(N/1e6)^0.468 sequences of 512; C4, anchor 256 sequences",
            field: .parameters
        ) { 512 * 93.20 * pow($0 / 1e6, 0.468) },
        Rule(
            id: "kaplan-critical-batch",
            title: "Kaplan et al.",
            citation: "Scaling Laws for Neural Language Models, arXiv 2001.08361",
            note: "2e8/L^(1/0.21); their tokenizer; constants from a second-hand source",
            field: .targetLoss
        ) { 2e8 / pow($0, 1 / 0.21) },
        Rule(
            id: "minicpm-batch",
            title: "MiniCPM, best batch",
            citation: "MiniCPM, arXiv 2404.06395",
            note: "1.21e9/L^6.24; C4 with their tokenizer; best, not critical",
            field: .targetLoss
        ) { 1.21e9 / pow($0, 6.24) },
        Rule(
            id: "step-law-batch",
            title: "Step Law, best batch",
            citation: "Predictable Scale I, arXiv 2503.04715",
            note: "0.58·D^0.571; the batch of the lowest loss at D tokens, not critical",
            field: .tokens
        ) { 0.58 * pow($0, 0.571) },
    ]

    private func rival(_ rule: Rule) -> Advice.Rival {
        guard let value = question[rule.field] else {
            return refused(rule, "it needs \(rule.field.rawValue): \(rule.field.meaning)")
        }
        let batch = rule.batch(value)
        guard batch.isNormal else {
            return refused(rule, "it gives no usable batch here (\(batch))")
        }
        return answered(rule.id, rule.title, rule.citation, batch, note: rule.note)
    }

    private func refused(_ rule: Rule, _ reason: String) -> Advice.Rival {
        Advice.Rival(
            id: rule.id,
            title: rule.title,
            citation: rule.citation,
            quantities: [],
            refused: reason
        )
    }

    private func answered(
        _ id: String,
        _ title: String,
        _ citation: String,
        _ batch: Double,
        note: String
    ) -> Advice.Rival {
        Advice.Rival(
            id: id,
            title: title,
            citation: citation,
            quantities: [
                Advice.Quantity(
                    "batchTokens",
                    "batch",
                    unit: "tokens per step",
                    value: batch,
                    note: note
                ),
                BatchAdvisor.quantity(
                    "wastePercent",
                    "tokens wasted at it",
                    "%",
                    tradeOff.waste(batch)
                ),
            ]
        )
    }

    private func fromGroups() -> [Advice.Rival] {
        guard let fit, !fit.groups.isEmpty else { return [] }
        let own = "this project's runs"
        let logs = fit.groups.map { log($0.criticalBatchTokens.value) }
        let mean = exp(logs.reduce(0, +) / Double(logs.count))
        var rivals = [
            answered(
                "constant",
                "The same critical batch everywhere",
                own,
                mean,
                note: "naive: geometric mean of the groups' B_crit"
            )
        ]
        if let size = question[.parameters],
            let near = fit.groups.filter({ $0.parameters != nil }).min(by: {
                Self.distance($0, size) < Self.distance($1, size)
            })
        {
            rivals.append(
                answered(
                    "nearest-group",
                    "The nearest group's critical batch",
                    own,
                    near.criticalBatchTokens.value,
                    note: "naive: " + CriticalBatchFit.label(near)
                )
            )
        }
        if let tokens = question[.tokens] {
            let middle = fit.groups.reduce(0) { $0 + log($1.minimumTokens.value) }
            let pivot = exp(middle / Double(fit.groups.count))
            rivals.append(
                answered(
                    "power-lines",
                    "Power Lines' exponent through these groups",
                    "Power Lines, arXiv 2505.13738",
                    mean * pow(tokens / pivot, 0.462),
                    note: "D^0.462 from a second-hand source; its level is this project's"
                )
            )
        }
        if let loss = question[.targetLoss],
            let batch = fit.powerLaw(.ratio, over: .targetLoss)?.batch(at: loss)
        {
            rivals.append(
                answered(
                    "loss-law",
                    "Critical batch as a power of the loss",
                    "form: An Empirical Model of Large-Batch Training, arXiv 1812.06162",
                    batch.value,
                    note: "fitted on these groups"
                )
            )
        }
        return rivals.filter { $0.quantities.allSatisfy { $0.value.isFinite } }
    }

    private static func distance(_ group: CriticalBatchFit.Group, _ size: Double) -> Double {
        abs(log((group.parameters ?? 1) / size))
    }
}
