package import API

/// What changed between two fits, for people.
package enum FitDiffText {
    package static func text(_ diff: FitDiff) -> String {
        var table = Table([
            ("", .left), ("before", .right), ("after", .right), ("in half-ranges", .right),
        ])
        func shown(_ value: Double?) -> String {
            value.map { NumberFormat.significant($0, 5) } ?? "–"
        }
        for parameter in diff.parameters {
            table.add([
                "  " + parameter.symbol, shown(parameter.before?.value),
                shown(parameter.after?.value),
                parameter.changeInIntervals.map { NumberFormat.significant($0, 2) } ?? "–",
            ])
        }
        if let objective = diff.objective {
            table.add(["  objective", shown(objective.before), shown(objective.after)])
        }
        if let error = diff.heldOutErrorPercent {
            table.add(["  left-out error, %", shown(error.before), shown(error.after)])
        }
        var lines = [
            "\(diff.after.law): from \(diff.before.id) (\(NumberFormat.time(diff.before.createdAt)))"
                + " to \(diff.after.id) (\(NumberFormat.time(diff.after.createdAt)))",
            table.text,
        ]
        if let runs = diff.runs {
            lines.append(
                "Runs: \(runs.addedCount) new, \(runs.removedCount) no longer used, "
                    + "\(runs.common) in both"
            )
        }
        if let predictions = diff.predictions {
            lines.append(
                "Predictions of these moved by "
                    + "\(NumberFormat.percent(predictions.meanAbsolutePercent)) on average, most by "
                    + "\(NumberFormat.percent(predictions.maximumPercent)) "
                    + "(\(predictions.mostChanged.name))"
            )
        }
        return lines.joined(separator: "\n")
    }
}
