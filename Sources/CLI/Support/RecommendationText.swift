package import Client

/// A recommendation, for people.
package enum RecommendationText {
    package static func text(_ answer: RecommendationReply, project: String) -> String {
        var blocks = [heading(answer, project: project), values(answer), evidence(answer)]
        if !answer.rivals.isEmpty { blocks.append(rivals(answer.rivals)) }
        if !answer.warnings.isEmpty {
            blocks.append(answer.warnings.map { "Warning: \($0)" }.joined(separator: "\n"))
        }
        return blocks.joined(separator: "\n\n")
    }

    private static func heading(_ answer: RecommendationReply, project: String) -> String {
        let target = answer.target
        let given = target.batchTokens.map { ", batch given as \(NumberFormat.count($0)) tokens" }
        return "For \(NumberFormat.count(target.parameterCount)) parameters "
            + "(\(answer.provenance.parameterConvention)) and "
            + "\(NumberFormat.count(target.tokenCount)) tokens\(given ?? ""), "
            + "from the runs of \(project):"
    }

    private static func values(_ answer: RecommendationReply) -> String {
        let tolerance = NumberFormat.count(answer.plateau.tolerance * 100) + " %"
        var table = Table([
            ("", .left), ("value", .right), ("90 % interval", .left),
            ("loss within \(tolerance)", .left),
        ])
        func range(_ low: Double, _ high: Double, _ format: (Double) -> String) -> String {
            low == high ? "" : "\(format(low)) … \(format(high))"
        }
        func add(
            _ title: String,
            _ interval: IntervalReply,
            _ plateau: BoundsReply?,
            _ format: (Double) -> String
        ) {
            table.add([
                title, format(interval.value), range(interval.low, interval.high, format),
                plateau.map { range($0.low, $0.high, format) } ?? "",
            ])
        }
        add(
            "peak learning rate",
            answer.peakLearningRate,
            answer.plateau.peakLearningRate,
            NumberFormat.rate
        )
        let isGiven = answer.mode == "given-batch"
        let batchTitle = isGiven ? "batch, tokens (given)" : "batch, tokens"
        add(batchTitle, answer.batchTokens, answer.plateau.batchTokens, NumberFormat.count)
        if let sequences = answer.batchSequences {
            add("batch, sequences", sequences, nil, NumberFormat.count)
        }
        if let loss = answer.predictedLoss {
            add("predicted loss", loss, nil, NumberFormat.loss)
            return table.text
        }
        return table.text
            + "\nNo predicted loss: \(answer.predictedLossReason ?? "no reason given")"
    }

    private static func evidence(_ answer: RecommendationReply) -> String {
        let source = answer.provenance
        let extrapolation = answer.extrapolation
        var lines = [extrapolation.note]
        if let run = extrapolation.nearestRun {
            lines.append(
                "Nearest best run: \(run.runName), N \(NumberFormat.count(run.parameterCount)), "
                    + "D \(NumberFormat.count(run.tokenCount)), rate "
                    + "\(NumberFormat.rate(run.peakLearningRate)), batch "
                    + "\(NumberFormat.count(run.batchTokens)), loss "
                    + "\(NumberFormat.loss(run.lossNats))."
            )
        }
        let fit = source.fitID.map { ", fit \($0)" } ?? ""
        let diverged = source.diverged.map { ", \($0) diverged" } ?? ""
        lines.append(
            "\(source.law)\(fit): \(source.runs) runs in \(source.cells) cells\(diverged), "
                + "\(source.leftOut) left out; loss is \(source.lossName)."
        )
        lines.append(source.equation)
        return lines.joined(separator: "\n")
    }

    private static func rivals(_ rivals: [RecommendationReply.Rival]) -> String {
        var table = Table([
            ("published laws, unfitted", .left), ("rate", .right), ("batch", .right),
            ("costs", .right), ("", .left),
        ])
        for rival in rivals {
            table.add([
                rival.title, rival.peakLearningRate.map(NumberFormat.rate) ?? "–",
                rival.batchTokens.map(NumberFormat.count) ?? "–",
                rival.expectedRegretPercent.map { "+" + NumberFormat.percent($0) } ?? "–",
                rival.refused ?? "",
            ])
        }
        return table.text
    }
}
