package import Client

/// A table of transferred hyperparameters, for people.
package enum TransferText {
    package static func text(_ reply: TransferReply) -> String {
        var blocks = [groups(reply), global(reply), rules(reply)]
        if !reply.warnings.isEmpty {
            blocks.append(reply.warnings.map { "Warning: \($0)" }.joined(separator: "\n"))
        }
        return blocks.joined(separator: "\n\n")
    }

    private typealias Row = TransferReply.Row
    private typealias Setting = TransferReply.Setting

    private static let columns: [(title: String, setting: @Sendable (Row) -> Setting?)] = [
        ("init sd", { $0.initStandardDeviation }), ("learning rate", { $0.learningRate }),
        ("weight decay", { $0.weightDecay }), ("epsilon", { $0.epsilon }),
        ("multiplier", { $0.multiplier }),
    ]

    private static func groups(_ reply: TransferReply) -> String {
        var table = Table([("group", .left)] + columns.map { ($0.title, .right) })
        for row in reply.rows {
            table.add([row.title] + columns.map { $0.setting(row).map(value) ?? "" })
        }
        return table.text
    }

    /// The value, or the factor where the base gives no value.
    private static func value(_ setting: Setting) -> String {
        if let target = setting.target { return NumberFormat.text(target) }
        return setting.factor.map { "base × " + NumberFormat.text($0) } ?? "–"
    }

    private static func global(_ reply: TransferReply) -> String {
        var table = Table([
            ("for all groups", .left), ("base", .right), ("target", .right), ("unit", .left),
        ])
        for setting in reply.global {
            table.add([
                setting.name, setting.base.map { precise($0) } ?? "–",
                setting.target.map { precise($0) } ?? value(setting),
                setting.unit == "1" ? "" : setting.unit,
            ])
        }
        return table.text
    }

    /// beta2 is told from 1 by its later digits.
    private static func precise(_ value: Double) -> String {
        value > 0.9 && value < 1
            ? "\((value * 1e7).rounded() / 1e7)" : NumberFormat.text(value)
    }

    private static func rules(_ reply: TransferReply) -> String {
        var table = Table([("", .left), ("by", .left), ("from", .left)])
        for row in reply.rows {
            for (title, setting) in columns {
                guard let setting = setting(row) else { continue }
                table.add(["\(row.title): \(title)", setting.formula, setting.source])
            }
        }
        for setting in reply.global {
            table.add([setting.name, setting.formula, setting.source])
        }
        return table.text
    }
}
