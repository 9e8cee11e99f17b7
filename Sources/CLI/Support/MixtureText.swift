package import API
package import Client
import Foundation

/// Mixtures, their laws and predictions, for people.
package enum MixtureText {
    package static func text(_ swarm: SwarmMessage) -> String {
        var domains = Table([
            ("domain", .left), ("least", .right), ("mean", .right), ("greatest", .right),
            ("available tokens", .right),
        ])
        for domain in swarm.domains {
            domains.add([
                domain.name, share(domain.least), share(domain.mean), share(domain.greatest),
                domain.availableTokens.map(NumberFormat.count) ?? "–",
            ])
        }
        var targets = Table([("target", .left), ("runs", .right), ("newest fit", .left)])
        for target in swarm.targets.prefix(targetLimit) {
            targets.add([target.name, String(target.runs), target.fit ?? "–"])
        }
        var blocks = ["\(swarm.runs) runs with a mixture.", domains.text, targets.text]
        if swarm.targets.count > targetLimit {
            blocks.append("and \(swarm.targets.count - targetLimit) more targets; --json has all.")
        }
        blocks += swarm.warnings.map { "Warning: \($0.message)" }
        return blocks.joined(separator: "\n\n")
    }

    package static func text(_ reply: FitReply) -> String {
        guard let mixture = reply.mixture else { return FitSummary.text(reply) }
        var scores = Table([
            ("law", .left), ("rank correlation", .right), ("R²", .right),
            ("left-out error", .right), ("in the stack", .right), ("", .left),
        ])
        for score in mixture.scores {
            scores.add([
                score.law + (score.law == mixture.model.law ? " *" : ""), number(score.spearman),
                number(score.r2), number(score.meanAbsoluteError), number(score.stackWeight),
                score.refusal ?? "",
            ])
        }
        var blocks = [
            "\(reply.state.target ?? ""): \(mixture.model.law) on \(reply.state.runs ?? 0) runs of"
                + " \(mixture.domains.count) domains; fit \(reply.state.id).",
            scores.text,
        ]
        var parameters = Table([("parameter", .left), ("value", .right), ("90 % interval", .right)])
        for (name, value) in (reply.state.parameters ?? [:]).sorted(by: { $0.key < $1.key }) {
            parameters.add([
                name, number(value.value), "\(number(value.low)) … \(number(value.high))",
            ])
        }
        if !(reply.state.parameters ?? [:]).isEmpty { blocks.append(parameters.text) }
        blocks += (reply.state.diagnostics?.warnings ?? []).map { "Warning: \($0)" }
        return blocks.joined(separator: "\n\n")
    }

    package static func text(
        _ predictions: [MixturePredictionMessage],
        warnings: [String]
    ) -> String {
        var table = Table([
            ("index", .left), ("prediction", .right), ("sd", .right), ("90 % interval", .right),
            ("nearest run", .left), ("distance", .right), ("", .left),
        ])
        for row in predictions {
            table.add([
                row.index, number(row.prediction), number(row.sd),
                "\(number(row.low)) … \(number(row.high))", row.nearestRun ?? "–",
                number(row.distance), row.isExtrapolation ? "extrapolates" : "",
            ])
        }
        return ([table.text] + warnings.map { "Warning: \($0)" }).joined(separator: "\n\n")
    }

    package static func text(_ optimum: MixtureOptimumMessage) -> String {
        var weights = Table([
            ("domain", .left), ("share", .right), ("90 % region", .right),
            ("equally good", .right),
        ])
        for (name, weight) in optimum.weights.sorted(by: {
            ($1.value.value, $0.key) < ($0.value.value, $1.key)
        }) {
            let equal = optimum.equivalent[name]
            weights.add([
                name, share(weight.value), "\(share(weight.low)) … \(share(weight.high))",
                equal.map { "\(share($0.low)) … \(share($0.high))" } ?? "–",
            ])
        }
        let prediction = optimum.prediction
        var blocks = [
            "Predicted \(number(prediction.value)), \(number(prediction.low)) … "
                + "\(number(prediction.high)), by \(optimum.law).",
            weights.text,
        ]
        if !optimum.binding.isEmpty {
            var binding = Table([("binding", .left), ("price", .right), ("costs", .right)])
            for item in optimum.binding {
                binding.add([item.constraint, number(item.shadowPrice), number(item.cost)])
            }
            blocks.append(binding.text)
        }
        var others = Table([
            ("beside it", .left), ("predicted", .right), ("sd", .right), ("measured", .right),
        ])
        for item in optimum.alternatives {
            others.add([
                item.title, number(item.prediction.value), number(item.prediction.sd),
                number(item.measured),
            ])
        }
        if !optimum.alternatives.isEmpty { blocks.append(others.text) }
        blocks += optimum.flags.map { "Warning: \($0.message)" }
        return blocks.joined(separator: "\n\n")
    }

    package static func text(_ plan: MixturePlanReply) -> String {
        var table = Table([
            ("run", .left), ("why", .left), ("mixture", .left), ("predicted", .right),
            ("sd", .right), ("", .left),
        ])
        for run in plan.runs {
            let shares = run.proportions.filter { $0.value > 0 }
                .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            let shown = shares.prefix(domainLimit).map { "\($0.key) \(share($0.value))" }
            let more = shares.count - shown.count
            table.add([
                run.name, run.purpose,
                shown.joined(separator: ", ") + (more > 0 ? ", and \(more) more" : ""),
                run.prediction.map { number($0) } ?? "–", run.deviation.map { number($0) } ?? "–",
                run.reason ?? "",
            ])
        }
        return ([table.text] + plan.notes).joined(separator: "\n\n")
    }

    /// The shares of a preset; nil for answers of another shape.
    package static func preset(_ answer: AnyJSON) -> String? {
        guard case .object(let members) = answer, case .object(let shares) = members["proportions"]
        else { return nil }
        var table = Table([("domain", .left), ("share", .right)])
        let values = shares.compactMapValues { value -> Double? in
            if case .number(let number) = value { number } else { nil }
        }
        for (name, value) in values.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            table.add([name, share(value)])
        }
        guard case .number(let rest) = members["unplacedTokens"], rest > 0 else {
            return table.text
        }
        return table.text + "\n\nWarning: \(NumberFormat.count(rest)) tokens of the budget have no"
            + " place: every domain is at its limit of epochs."
    }

    /// One JSON object a line.
    package static func lines(_ predictions: [MixturePredictionMessage]) throws(Failure) -> String {
        do {
            return try predictions.map {
                String(decoding: try WireJSON.encoder().encode($0), as: UTF8.self)
            }
            .joined(separator: "\n")
        } catch {
            throw .data("The predictions are no numbers that JSON can hold.")
        }
    }

    static func share(_ value: Double) -> String { NumberFormat.significant(value, 3) }

    static func number(_ value: Double?) -> String {
        value.map { NumberFormat.significant($0, 4) } ?? "–"
    }

    private static let targetLimit = 40
    private static let domainLimit = 6
}
