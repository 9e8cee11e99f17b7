package import Client

/// What a law advises, for people.
package enum AdviceText {
    package static func text(_ answer: AdviceReply, project: String) -> String {
        var blocks = [answer.statement]
        if !answer.quantities.isEmpty { blocks.append(quantities(answer.quantities)) }
        blocks += answer.tables.map(table)
        blocks.append(evidence(answer, project: project))
        if !answer.rivals.isEmpty { blocks.append(rivals(answer.rivals)) }
        if !answer.warnings.isEmpty {
            blocks.append(answer.warnings.map { "Warning: \($0)" }.joined(separator: "\n"))
        }
        return blocks.joined(separator: "\n\n")
    }

    private static func quantities(_ quantities: [AdviceReply.Quantity]) -> String {
        var table = Table([
            ("", .left), ("value", .right), ("90 % interval", .left), ("unit", .left), ("", .left),
        ])
        for quantity in quantities {
            let unit = quantity.unit == "1" ? "" : quantity.unit
            table.add([
                quantity.title, NumberFormat.text(quantity.value, unit: quantity.unit),
                range(quantity), unit, quantity.note ?? "",
            ])
        }
        return table.text
    }

    private static func range(_ quantity: AdviceReply.Quantity) -> String {
        guard let low = quantity.low, let high = quantity.high, low != high else { return "" }
        return [low, high].map { NumberFormat.text($0, unit: quantity.unit) }
            .joined(separator: " … ")
    }

    private static func table(_ given: AdviceReply.Table) -> String {
        var table = Table(
            given.columns.enumerated().map { index, column in
                (column, isNumeric(given, index) ? .right : .left)
            }
        )
        for row in given.rows {
            table.add(
                row.map { cell in
                    switch cell {
                    case .number(let value): NumberFormat.text(value)
                    case .text(let text): text
                    }
                }
            )
        }
        return given.title + "\n" + table.text
    }

    private static func isNumeric(_ table: AdviceReply.Table, _ index: Int) -> Bool {
        table.rows.contains { row in
            if index < row.count, case .number = row[index] { return true }
            return false
        }
    }

    private static func evidence(_ answer: AdviceReply, project: String) -> String {
        var lines = [answer.extrapolation.note]
        if let source = answer.provenance {
            let convention =
                source.parameterConvention.map {
                    $0 == "unspecified" ? "" : "; N counts \($0) parameters"
                } ?? ""
            let loss = source.lossName.map { "; loss is \($0)" } ?? ""
            lines.append(
                "\(answer.law), fit \(source.fitID): \(source.runs) runs of \(project)\(convention)"
                    + "\(loss)."
            )
            lines += [source.choice ?? "", source.equation]
        }
        return lines.filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private static func rivals(_ rivals: [AdviceReply.Rival]) -> String {
        var table = Table([
            ("others would answer", .left), ("", .left), ("extra compute", .right), ("", .left),
        ])
        for rival in rivals {
            let values = rival.quantities.map { quantity in
                "\(quantity.title) \(NumberFormat.text(quantity.value, unit: quantity.unit))"
            }
            table.add([
                rival.title, values.joined(separator: ", "),
                rival.extraComputePercent.map { "+" + NumberFormat.percent($0) } ?? "–",
                rival.refused ?? "",
            ])
        }
        return table.text
    }
}
