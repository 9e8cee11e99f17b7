package import Client

/// A plan of next runs, for people.
package enum PlanText {
    package static func text(_ plan: PlanReply) -> String {
        var blocks = [table(plan.runs), gain(plan)]
        if let source = plan.provenance {
            let choice = source.choice.map { "\n" + $0 } ?? ""
            blocks.append("\(plan.law), fit \(source.fitID): \(source.runs) runs.\(choice)")
        }
        blocks += plan.warnings.map { "Warning: \($0)" }
        return blocks.joined(separator: "\n\n")
    }

    package static func text(_ plan: FirstRunsReply) -> String {
        if let reason = plan.reason { return reason }
        return table(plan.runs) + "\n\n\(plan.runs.count) runs, "
            + "\(NumberFormat.rate(plan.totalFLOPs)) FLOPs in all."
    }

    private static func table(_ runs: [PlanReply.Run]) -> String {
        let hasGain = runs.contains { $0.gainShare != nil }
        var columns: [(title: String, alignment: Table.Alignment)] = [
            ("N", .right), ("tokens", .right), ("rate", .right), ("batch", .right),
            ("FLOPs", .right),
        ]
        if hasGain { columns.append(("of the gain", .right)) }
        columns.append(("why", .left))
        var table = Table(columns)
        for run in runs {
            var cells = [
                NumberFormat.count(run.parameterCount), NumberFormat.count(run.tokenCount),
                run.peakLearningRate.map(NumberFormat.rate) ?? "–",
                run.batchTokens.map(NumberFormat.count) ?? "–", NumberFormat.rate(run.flops),
            ]
            if hasGain { cells.append(run.gainShare.map { NumberFormat.percent(100 * $0) } ?? "–") }
            table.add(cells + [run.reason])
        }
        return table.text
    }

    private static func gain(_ plan: PlanReply) -> String {
        var text =
            "\(NumberFormat.rate(plan.totalFLOPs)) FLOPs in all. \(plan.criterion): "
            + "\(NumberFormat.text(plan.before)) now, \(NumberFormat.text(plan.after)) expected after"
        if let after = plan.baselineAfter {
            let title = plan.baselineTitle ?? "a plain rule"
            text += "; \(NumberFormat.text(after)) by \(title)"
        }
        return text + "."
    }
}
