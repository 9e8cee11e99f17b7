package import API

/// Predictions and their scores, for people.
package enum PredictionText {
    package static func frozen(_ prediction: PredictionMessage) -> String {
        "Frozen: \(subject(prediction)) ends at \(range(prediction.predictedLoss)) nats per token, "
            + "says \(prediction.law) (fit \(prediction.fit)). Prediction \(prediction.id)."
    }

    package static func list(_ answer: PredictionList) -> String {
        var table = Table([
            ("frozen", .left), ("law", .left), ("run", .left), ("foretold, 90 %", .left),
            ("observed", .right), ("error", .right), ("inside", .left),
        ])
        for prediction in answer.predictions {
            table.add([
                NumberFormat.time(prediction.createdAt), prediction.law, subject(prediction),
                range(prediction.predictedLoss),
                prediction.observedLoss.map(NumberFormat.loss)
                    ?? (prediction.voidedAt == nil ? "waiting" : "void"),
                prediction.errorPercent.map(NumberFormat.percent) ?? "–",
                prediction.inside.map { $0 ? "yes" : "no" } ?? "–",
            ])
        }
        let reasons = Set(answer.predictions.compactMap(\.voidReason)).sorted()
            .map { "Void: \($0)" }
        let laws = answer.laws.count > 1 ? answer.laws.map(summary) : []
        return ([table.text] + reasons + [summary(answer.calibration)] + laws).joined(
            separator: "\n"
        )
    }

    private static func summary(_ found: CalibrationMessage) -> String {
        let subject = found.law ?? "All predictions"
        guard let share = found.insideShare else {
            return "\(subject): \(waiting(found)), none is scored."
        }
        var text =
            "\(subject): \(NumberFormat.percent(100 * share)) of \(found.scored) inside their 90 % "
            + "range"
        if let error = found.meanErrorPercent, let size = found.meanAbsoluteErrorPercent {
            text +=
                "; error \(NumberFormat.percent(error)) on average, "
                + "\(NumberFormat.percent(size)) in size"
        }
        return text + "; \(waiting(found))."
    }

    private static func waiting(_ found: CalibrationMessage) -> String {
        "\(found.waiting) wait for their run"
            + (found.void > 0 ? ", \(found.void) are void" : "")
    }

    private static func subject(_ prediction: PredictionMessage) -> String {
        if let name = prediction.name { return name }
        return prediction.values.sorted { $0.key < $1.key }
            .map { "\($0.key) \(NumberFormat.count($0.value))" }
            .joined(separator: ", ")
    }

    private static func range(_ interval: IntervalMessage) -> String {
        NumberFormat.loss(interval.value) + " (" + NumberFormat.loss(interval.low) + " … "
            + NumberFormat.loss(interval.high) + ")"
    }
}
