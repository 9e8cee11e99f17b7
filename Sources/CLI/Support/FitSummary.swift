import API
package import Client

/// A finished fit, for people.
package enum FitSummary {
    package static func text(_ reply: FitReply) -> String {
        var lines = ["Fit \(reply.state.id) of \(reply.state.law)"]
        guard let fit = reply.fit else { return lines[0] }
        lines.append(counts(fit))
        if let estimator = fit.estimator {
            let reason = fit.estimatorReason.map { ": \($0)" } ?? ""
            lines.append("Estimator \(estimator)\(reason)")
        }
        if let pivot = fit.pivot {
            lines.append(
                "At N = \(NumberFormat.count(pivot.parameterCount)), "
                    + "D = \(NumberFormat.count(pivot.tokenCount)), with 90 % intervals:"
            )
            lines.append(coefficients(fit))
        }
        if let scores = fit.crossValidation {
            lines.append(
                "Loss above the best run when a cell is left out and recommended for: mean "
                    + "\(NumberFormat.percent(scores.snap.mean)) (nearest run), "
                    + "\(NumberFormat.percent(scores.interpolated.mean)) (interpolated), worst "
                    + "\(NumberFormat.percent(scores.interpolated.max))."
            )
        }
        for rival in fit.rivals ?? [] {
            guard let regret = rival.interpolated else { continue }
            lines.append("  \(rival.title), unfitted: mean \(NumberFormat.percent(regret.mean))")
        }
        lines += (fit.warnings ?? []).map { "Warning: \($0)" }
        return lines.joined(separator: "\n")
    }

    private static func counts(_ fit: FitReply.Body) -> String {
        var parts: [String] = []
        if let runs = fit.runCount { parts.append("\(runs) runs") }
        if let cells = fit.cells { parts.append("\(cells.count) cells (N, D)") }
        if let diverged = fit.divergedCount { parts.append("\(diverged) diverged") }
        if let leftOut = fit.leftOutCount { parts.append("\(leftOut) left out") }
        return parts.joined(separator: ", ")
    }

    private static func coefficients(_ fit: FitReply.Body) -> String {
        var table = Table([
            ("", .left), ("value", .right), ("low", .right), ("high", .right),
        ])
        func add(_ title: String, _ interval: IntervalReply?, _ format: (Double) -> String) {
            guard let interval else { return }
            table.add(["  " + title] + [interval.value, interval.low, interval.high].map(format))
        }
        let exponent: (Double) -> String = { NumberFormat.loss($0) }
        add("peak learning rate", fit.learningRate?.atPivot, NumberFormat.rate)
        add("  exponent of N", fit.learningRate?.parameterExponent, exponent)
        add("  exponent of D", fit.learningRate?.tokenExponent, exponent)
        add("batch in tokens", fit.batch?.atPivot, NumberFormat.count)
        add("  exponent of N", fit.batch?.parameterExponent, exponent)
        add("  exponent of D", fit.batch?.tokenExponent, exponent)
        return table.text
    }
}
