import API
package import Client

/// A finished fit, for people.
package enum FitSummary {
    package static func text(_ reply: FitReply) -> String {
        var lines = ["Fit \(reply.state.id) of \(reply.state.law)"]
        guard let fit = reply.fit else { return (lines + general(reply)).joined(separator: "\n") }
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

    /// Any other law: what its summary says, with names and units where its body has them.
    private static func general(_ reply: FitReply) -> [String] {
        guard let diagnostics = reply.state.diagnostics else { return [] }
        var lines = [
            "\(reply.state.runs ?? 0) runs, \(diagnostics.leftOut) left out",
            "With 90 % intervals from \(diagnostics.draws) refits of resampled "
                + "\(diagnostics.resampled):",
            parameters(reply),
        ]
        if let objective = reply.state.objective {
            let found = "\(diagnostics.startsAtBest) of \(diagnostics.starts) starts ended there"
            lines.append(
                "\(sentence(diagnostics.objectiveName)) \(NumberFormat.significant(objective, 9)) ("
                    + (diagnostics.isConverged ? found : "NOT converged; \(found)") + ")"
            )
        }
        lines += errors(reply, diagnostics)
        if let refit = diagnostics.refit {
            lines.append(
                "Refitted from fit \(refit.from); the last whole fit is \(refit.wholeFit)"
            )
        }
        return lines + diagnostics.warnings.map { "Warning: \($0)" }
    }

    private static func parameters(_ reply: FitReply) -> String {
        var table = Table([
            ("", .left), ("value", .right), ("low", .right), ("high", .right), ("unit", .left),
            ("", .left),
        ])
        var named = reply.general?.parameters ?? []
        let known = Set(named.map(\.symbol))
        for (symbol, interval) in (reply.state.parameters ?? [:]).sorted(by: { $0.key < $1.key })
        where !known.contains(symbol) {
            named.append(FitReply.Parameter(symbol: symbol, interval))
        }
        for parameter in named {
            let numbers = [parameter.value, parameter.low, parameter.high]
            table.add(
                ["  " + parameter.symbol] + numbers.map { NumberFormat.significant($0, 5) }
                    + [parameter.unit, parameter.name]
            )
        }
        return table.text
    }

    private static func errors(
        _ reply: FitReply,
        _ diagnostics: FitDiagnosticsMessage
    ) -> [String] {
        var lines: [String] = []
        if let residual = diagnostics.residualPercent {
            lines.append("Residuals: \(NumberFormat.percent(residual)) root mean square")
        }
        if let error = diagnostics.heldOutErrorPercent {
            let naive = diagnostics.baselineErrorPercent.map {
                "; the best naive rule \(NumberFormat.percent($0))"
            }
            lines.append(
                "Mean error on the largest scale when it is left out: "
                    + NumberFormat.percent(error) + (naive ?? "")
            )
        }
        for preset in reply.general?.presets ?? [] {
            guard let score = preset.score else { continue }
            lines.append(
                "  \(preset.title), unfitted: mean error "
                    + NumberFormat.percent(score.meanAbsolutePercent)
            )
        }
        return lines
    }

    private static func sentence(_ text: String) -> String {
        text.prefix(1).uppercased() + text.dropFirst()
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
