package import Client

/// Rules that move the mixture of a running job, for people.
package enum OnlineMixtureText {
    package static func text(_ mixture: OnlineMixtureReply) -> String {
        let step = mixture.step.map { "after step \($0)" } ?? "before its first step"
        let outcome = mixture.outcome.map { $0 == "moved" ? "" : "; the observation was \($0)" }
        let count = mixture.observations
        return "\(mixture.rule) \(step), \(count) \(count == 1 ? "observation" : "observations")"
            + "\(outcome ?? ""); id \(mixture.id).\n\n"
            + weights(mixture.weights, mixture.answer)
    }

    package static func text(_ list: OnlineMixtureListReply) -> String {
        guard !list.mixtures.isEmpty else {
            return "No online mixture yet; isoloss mixture online create begins one."
        }
        var table = Table([
            ("id", .left), ("rule", .left), ("step", .right), ("observations", .right),
            ("next weights", .left),
        ])
        for mixture in list.mixtures {
            let order = sorted(mixture.weights)
            let shown = order.prefix(shownDomains)
                .map { "\($0.key) \(MixtureText.share($0.value))" }
            table.add([
                mixture.id, mixture.rule, mixture.step.map(String.init) ?? "–",
                String(mixture.observations),
                shown.joined(separator: ", ") + (order.count > shown.count ? ", …" : ""),
            ])
        }
        return table.text
    }

    package static func text(_ list: OnlineRuleListReply) -> String {
        list.rules.map { rule in
            let settings = rule.settings.map {
                "\($0.name) \(MixtureText.number($0.value))"
                    + " (\(MixtureText.number($0.low)) … \(MixtureText.number($0.high)))"
            }
            let lines = [
                "\(rule.id): \(rule.title)", "  \(rule.equation)",
                "  reads \(rule.reads.isEmpty ? "nothing" : rule.reads.joined(separator: ", "))",
                settings.isEmpty ? nil : "  settings \(settings.joined(separator: ", "))",
                rule.note.map { "  \($0)" },
            ]
            return lines.compactMap { $0 }.joined(separator: "\n")
        }.joined(separator: "\n\n")
    }

    package static func text(_ replay: OnlineReplayReply) -> String {
        var table = Table(
            [("step", .right)]
                + sorted(replay.weights).prefix(shownDomains).map { ($0.key, .right) }
        )
        let names = sorted(replay.weights).prefix(shownDomains).map(\.key)
        for point in spread(replay.trace) {
            table.add(
                [String(point.step)] + names.map { MixtureText.share(point.weights[$0] ?? 0) }
            )
        }
        var blocks = [
            "\(replay.rule) over \(replay.trace.count) steps.", table.text,
            weights(replay.weights, replay.answer),
            "On average \(MixtureText.number(replay.distanceToStratified)) (L1) from the fixed"
                + " weights it began with.",
        ]
        if let own = replay.sampledLoss, let fixed = replay.stratifiedLoss {
            blocks.append(
                "Mean logged loss under its weights \(MixtureText.number(own)), under the fixed"
                    + " ones \(MixtureText.number(fixed)); the rule would have changed the losses."
            )
        }
        blocks += replay.skipped.map { "Left out: \($0)" }
        return blocks.joined(separator: "\n\n")
    }

    private static func weights(_ next: [String: Double], _ answer: [String: Double]) -> String {
        var table = Table([
            ("domain", .left), ("next step", .right), ("for a later run", .right),
        ])
        for (name, weight) in sorted(next) {
            let later = answer[name].map { MixtureText.share($0) } ?? "–"
            table.add([name, MixtureText.share(weight), later])
        }
        return table.text
    }

    private static func sorted(_ weights: [String: Double]) -> [(key: String, value: Double)] {
        weights.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    }

    /// First, last, and some between.
    private static func spread(_ trace: [OnlineReplayReply.Point]) -> [OnlineReplayReply.Point] {
        guard trace.count > shownSteps else { return trace }
        return (0..<shownSteps).map { trace[$0 * (trace.count - 1) / (shownSteps - 1)] }
    }

    private static let shownDomains = 6
    private static let shownSteps = 12
}
