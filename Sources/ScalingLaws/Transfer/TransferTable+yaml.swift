import Foundation

extension TransferTable {
    /// The table as YAML 1.2: per group the target's values with their factors, then the global
    /// ones; comments name the rules. Values that the base does not give are null.
    package var yaml: String {
        var lines = [
            "# Hyperparameter transfer: \(question.rule.rawValue),"
                + " weight decay by \(question.weightDecayRule.rawValue)."
        ]
        lines += warnings.map { "# Warning: \($0)" }
        lines.append("groups:")
        for row in rows {
            lines.append("  \(row.group.rawValue):")
            lines += row.settings.flatMap { Self.lines($0, indent: "    ") }
        }
        lines.append("global:")
        lines += global.flatMap { Self.lines($0, indent: "  ") }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func lines(_ setting: Setting, indent: String) -> [String] {
        [
            "\(indent)\(setting.name):  # \(setting.formula); \(setting.source)",
            "\(indent)  value: \(number(setting.target))",
            "\(indent)  base: \(number(setting.base))",
            "\(indent)  factor: \(number(setting.factor))",
        ]
    }

    /// Shortest text that reads back as the same number.
    private static func number(_ value: Double?) -> String {
        guard let value, value.isFinite else { return "null" }
        // YAML's core schema wants a dot or a sign in the exponent's number: 1.0e-08, never 1e-08.
        let text = "\(value)"
        guard let mark = text.firstIndex(of: "e"), !text[..<mark].contains(".") else { return text }
        return text[..<mark] + ".0" + text[mark...]
    }
}
