package import Client

/// A plan of next runs, for people.
package enum PlanText {
    package static func text(_ plan: PlanReply) -> String {
        var blocks = [runs(plan), gain(plan)]
        if let source = plan.provenance {
            let choice = source.choice.map { "\n" + $0 } ?? ""
            blocks.append("\(plan.law), fit \(source.fitID): \(source.runs) runs.\(choice)")
        }
        blocks += plan.warnings.map { "Warning: \($0)" }
        return blocks.joined(separator: "\n\n")
    }

    private static func runs(_ plan: PlanReply) -> String {
        var table = Table([
            ("N", .right), ("tokens", .right), ("rate", .right), ("batch", .right),
            ("FLOPs", .right), ("of the gain", .right), ("why", .left),
        ])
        for run in plan.runs {
            table.add([
                NumberFormat.count(run.parameterCount), NumberFormat.count(run.tokenCount),
                run.peakLearningRate.map(NumberFormat.rate) ?? "–",
                run.batchTokens.map(NumberFormat.count) ?? "–", NumberFormat.rate(run.flops),
                NumberFormat.percent(100 * run.gainShare), run.reason,
            ])
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
