import Foundation

/// A plan as files that launchers read.
package enum PlanExport {
    package enum Format: String, Sendable, Hashable, Codable, CaseIterable {
        case json, yaml, csv
        /// One file per run in the form of RegMix's training configurations.
        case regmix
    }

    /// File names and contents. JSON, YAML and CSV are one file.
    package static func files(
        _ plan: MixturePlan,
        as format: Format,
        prefix: String = "train_"
    ) throws(MixtureError) -> [(name: String, text: String)] {
        switch format {
        case .json: [("mixtures.json", try json(plan))]
        case .yaml: [("mixtures.yaml", yaml(plan))]
        case .csv: [("mixtures.csv", csv(plan))]
        case .regmix: plan.runs.map { ("\($0.name).yaml", regMix(plan, $0, prefix: prefix)) }
        }
    }

    private static func json(_ plan: MixturePlan) throws(MixtureError) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(plan), as: UTF8.self) + "\n"
        } catch {
            throw .invalid(field: "plan", reason: "A number of the plan is not finite.")
        }
    }

    /// The shortest text that reads back as the same number, without an exponent: not all readers
    /// of YAML take one for a number.
    static func text(_ value: Double) -> String {
        let short = "\(value)"
        guard short.contains("e") else { return short }
        return value < 1e-12 ? "0.0" : String(format: "%.15f", value)
    }

    /// Three digits for sentences.
    static func short(_ value: Double) -> String { String(format: "%.3g", value) }

    private static func yaml(_ plan: MixturePlan) -> String {
        var lines = ["method: \(plan.method)", "seed: \(plan.seed)", "runs:"]
        for run in plan.runs {
            lines.append("  - name: \(quoted(run.name))")
            lines.append("    purpose: \(run.purpose.rawValue)")
            if let size = run.parameterCount { lines.append("    parameters: \(text(size))") }
            lines.append("    mixture:")
            for domain in plan.domains {
                lines.append("      \(quoted(domain)): \(text(run.proportions[domain] ?? 0))")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Lines of a training section, `train_the_pile_arxiv: 0.123`, and nothing of share 0, as
    /// RegMix writes them.
    private static func regMix(
        _ plan: MixturePlan,
        _ run: MixturePlan.Run,
        prefix: String
    ) -> String {
        var lines = ["train:"]
        for domain in plan.domains {
            guard let share = run.proportions[domain], share > 0 else { continue }
            let name = domain.hasPrefix(prefix) ? domain : prefix + domain
            lines.append("  \(plainOrQuoted(name)): \(text(share))")
        }
        lines.append("model_name: \(plainOrQuoted(run.name))")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func csv(_ plan: MixturePlan) -> String {
        var lines = [(["index"] + plan.domains).map(field).joined(separator: ",")]
        for run in plan.runs {
            let shares = plan.domains.map { text(run.proportions[$0] ?? 0) }
            lines.append(([field(run.name)] + shares).joined(separator: ","))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func field(_ text: String) -> String {
        let special = text.contains { ",\"\r\n".contains($0) || $0 == "\r\n" }
        guard special else { return text }
        return "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\""
    }

    private static func plainOrQuoted(_ text: String) -> String {
        let plain = text.unicodeScalars.allSatisfy {
            ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
                || $0 == "_" || $0 == "-"
        }
        let isWord = text.unicodeScalars.first.map { ("a"..."z").contains($0) } ?? false
        let reserved = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"]
        return plain && isWord && !reserved.contains(text) ? text : quoted(text)
    }

    /// A JSON string is a YAML string too.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                result += String(format: "\\u%04x", scalar.value)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
