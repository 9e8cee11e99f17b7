import Foundation

/// Quantities, tables and warnings of an answer about batches, whatever the trade-off came from.
struct BatchAdvisor {
    let tradeOff: BatchTradeOff
    /// With the default waste filled in.
    let question: Question
    /// The asked batch, else the largest that keeps within the waste and the cluster.
    let batch: Double

    static let defaultWaste = 20.0
    static let reads: Set<Question.Field> = [
        .parameters, .tokens, .targetLoss, .wastePercent, .batchTokens, .maximumBatchTokens,
        .sequenceLength, .tokensPerSecond, .devices, .stepOverheadSeconds,
    ]

    init(_ tradeOff: BatchTradeOff, _ question: Question) throws(RecommendError) {
        try Self.check(question)
        var question = question
        let waste = question[.wastePercent] ?? Self.defaultWaste
        question.values[.wastePercent] = waste
        let largest = tradeOff.largestBatch(wastePercent: waste).value
        self.tradeOff = tradeOff
        self.question = question
        batch =
            question[.batchTokens] ?? min(largest, question[.maximumBatchTokens] ?? .infinity)
        guard batch.isFinite, batch > 0 else {
            throw .outOfRange(field: "batchTokens", value: batch)
        }
    }

    /// Every number positive and of a size that arithmetic survives.
    static func check(_ question: Question) throws(RecommendError) {
        for (field, value) in question.values.sorted(by: { $0.key.rawValue < $1.key.rawValue })
        where !(value.isFinite && value > 0 && value < 1e30) {
            throw .invalidTarget(
                field: field.rawValue,
                given: value,
                expected: "a positive number below 1e30"
            )
        }
    }

    private var waste: Double { question[.wastePercent] ?? Self.defaultWaste }

    var statement: String {
        let largest = tradeOff.largestBatch(wastePercent: waste)
        var text =
            "Batches up to \(BatchText.tokens(largest.value)) tokens per step waste at most"
            + " \(BatchText.number(waste)) % of the tokens (90 % interval"
            + " \(BatchText.tokens(largest.low)) to \(BatchText.tokens(largest.high)));"
            + " B_crit is \(BatchText.tokens(tradeOff.criticalBatch.value)), from"
            + " \(tradeOff.origin)."
        if question[.batchTokens] != nil {
            text +=
                " At \(BatchText.tokens(batch)) tokens per step"
                + " \(BatchText.number(tradeOff.waste(batch).value)) % are wasted."
        }
        return text
    }

    func quantities() -> [Advice.Quantity] {
        let largest = tradeOff.largestBatch(wastePercent: waste)
        var list = [
            Self.quantity(
                "largestBatchTokens",
                "largest batch that wastes at most \(BatchText.number(waste)) %",
                "tokens per step",
                largest
            ),
            Self.quantity(
                "criticalBatchTokens",
                "critical batch by E_min / S_min",
                "tokens per step",
                tradeOff.criticalBatch,
                note: "twice the fewest steps and twice the fewest tokens"
            ),
            Advice.Quantity(
                "batchTokens",
                question[.batchTokens] == nil ? "batch of this answer" : "the batch asked about",
                unit: "tokens per step",
                value: batch,
                note: "held fixed"
            ),
            Self.quantity(
                "wastePercent",
                "tokens wasted at this batch",
                "%",
                tradeOff.waste(batch)
            ),
        ]
        if let steps = tradeOff.steps(batch), let tokens = tradeOff.tokens(batch) {
            list.append(Self.quantity("stepCount", "steps at this batch", "steps", steps))
            list.append(Self.quantity("tokenCount", "tokens at this batch", "tokens", tokens))
        }
        return list + timeQuantities()
    }

    private func timeQuantities() -> [Advice.Quantity] {
        guard let cluster = ClusterTime(question),
            let hours = tradeOff.interval({ cluster.hours($0, batch: batch) })
        else { return [] }
        var list = [
            Self.quantity("hours", "time at this batch", "h", hours),
            Self.quantity(
                "deviceHours",
                "device-hours at this batch",
                "h",
                Interval(
                    value: hours.value * cluster.devices,
                    low: hours.low * cluster.devices,
                    high: hours.high * cluster.devices
                )
            ),
        ]
        if cluster.overheadSeconds > 0,
            let fastest = tradeOff.interval({ cluster.fastestBatch($0.criticalBatchTokens) })
        {
            list.append(
                Self.quantity(
                    "fastestBatchTokens",
                    "batch of the least time on this cluster",
                    "tokens per step",
                    fastest,
                    note: "geometric mean of B_crit and of the tokens passed in a step's overhead"
                )
            )
            let slack = BatchTables.kneeSlack
            tradeOff.interval { cluster.kneeBatch($0.criticalBatchTokens, slack: slack) }.map {
                list.append(
                    Self.quantity(
                        "kneeBatchTokens",
                        "smallest batch within 5 % of the least time",
                        "tokens per step",
                        $0,
                        note: "fewest tokens, and so the least cost, at nearly the least time"
                    )
                )
            }
        }
        return list
    }

    func tables() -> [Advice.Table] {
        let tables = BatchTables(tradeOff: tradeOff, question: question, batch: batch)
        return [tables.byBatch()] + [tables.byDevices()].compactMap { $0 }
    }

    func warnings() -> [String] {
        var warnings: [String] = []
        if tradeOff.hyperbola == nil {
            warnings.append("Without tokens no steps, tokens or hours are known: give tokens.")
        }
        if let cluster = ClusterTime(question), cluster.overheadSeconds == 0 {
            warnings.append(
                "Without stepOverheadSeconds a cluster finishes soonest at the smallest batch that"
                    + " keeps its devices busy; larger batches pay with more devices."
            )
        }
        if let largest = question[.maximumBatchTokens], batch > largest {
            warnings.append(
                "The batch asked about is above the cluster's largest,"
                    + " \(BatchText.tokens(largest)) tokens per step."
            )
        }
        return warnings
    }

    static func quantity(
        _ name: String,
        _ title: String,
        _ unit: String,
        _ interval: Interval,
        note: String? = nil
    ) -> Advice.Quantity {
        Advice.Quantity(
            name,
            title,
            unit: unit,
            value: interval.value,
            low: interval.low,
            high: interval.high,
            note: note
        )
    }
}
