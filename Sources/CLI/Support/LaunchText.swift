package import Client
import Foundation
import Runs

/// Planned runs in forms that launch them.
package enum LaunchText {
    /// What is set for one run, by name, in the order it is printed; counts are whole numbers.
    package struct Run: Sendable {
        package var settings: [(name: String, text: String)]
        package var reason: String

        /// - Parameter sequenceLength: gives the batch in sequences too.
        package init(_ run: PlanReply.Run, sequenceLength: Double? = nil) {
            var numbers: [(String, Double?)] = [
                ("parameterCount", run.parameterCount.rounded()),
                ("tokenCount", run.tokenCount.rounded()),
                ("peakLearningRate", run.peakLearningRate),
                ("batchTokens", run.batchTokens?.rounded()),
            ]
            if let batch = run.batchTokens {
                let sequences = sequenceLength.map { max(1, (batch / $0).rounded()) }
                numbers.append(("batchSequences", sequences))
                numbers.append(("stepCount", (run.tokenCount / batch).rounded(.up)))
            }
            numbers.append(("flops", run.flops))
            settings = numbers.compactMap { name, value in
                value.flatMap { $0.isFinite ? (name, NumberText.text($0)) : nil }
            }
            reason = run.reason
        }

        func text(of name: String) -> String? { settings.first { $0.name == name }?.text }
    }

    /// Names that a template may use.
    package static let names = [
        "parameterCount", "tokenCount", "peakLearningRate", "batchTokens", "batchSequences",
        "stepCount", "flops", "index",
    ]

    /// The first name in braces that means nothing. Braces around anything but letters are text.
    package static func unknownName(in template: String) -> String? {
        pieces(template).lazy.compactMap { piece in
            if case .name(let name) = piece, !names.contains(name) { name } else { nil }
        }
        .first
    }

    /// One line a run.
    package static func lines(_ runs: [Run], template: String) throws(Failure) -> String {
        let pieces = pieces(template)
        var lines: [String] = []
        for (index, run) in runs.enumerated() {
            var line = ""
            for piece in pieces {
                switch piece {
                case .text(let text): line += text
                case .name("index"): line += String(index + 1)
                case .name(let name):
                    guard let text = run.text(of: name) else { throw missing(name) }
                    line += text
                }
            }
            lines.append(line)
        }
        return lines.joined(separator: "\n")
    }

    private static func missing(_ name: String) -> Failure {
        name == "batchSequences"
            ? .usage("{batchSequences} needs --sequence-length and a law that sets the batch.")
            : .data(
                "The law of this plan does not decide \(name).",
                hint: "Take {\(name)} out of the template, or ask another law."
            )
    }

    package static func json(_ runs: [Run]) -> String {
        let objects = runs.map { run in
            let members = run.settings.map { "\(quoted($0.name)): \($0.text)" }
            return "  {" + (members + ["\"reason\": \(quoted(run.reason))"]).joined(separator: ", ")
                + "}"
        }
        return "[\n" + objects.joined(separator: ",\n") + "\n]"
    }

    package static func yaml(_ runs: [Run]) -> String {
        guard !runs.isEmpty else { return "[]" }
        return runs.map { run in
            let members = run.settings.map { "\($0.name): \(yamlNumber($0.text))" }
            return "- " + (members + ["reason: \(quoted(run.reason))"]).joined(separator: "\n  ")
        }
        .joined(separator: "\n")
    }

    /// YAML 1.1 takes `1e-3` for a text: a number with an exponent needs its point and sign.
    private static func yamlNumber(_ text: String) -> String {
        guard let e = text.firstIndex(where: { $0 == "e" || $0 == "E" }) else { return text }
        let mantissa = text[..<e]
        let exponent = text[text.index(after: e)...]
        return mantissa + (mantissa.contains(".") ? "" : ".0") + "e"
            + (exponent.hasPrefix("-") || exponent.hasPrefix("+") ? "" : "+") + exponent
    }

    /// A JSON string, which is a YAML one too.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                quoted += String(format: "\\u%04x", scalar.value)
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    private enum Piece { case text(String), name(String) }

    private static func pieces(_ template: String) -> [Piece] {
        var pieces: [Piece] = []
        var rest = Substring(template)
        while let open = rest.firstIndex(of: "{") {
            let after = rest[rest.index(after: open)...]
            let name = after.prefix { $0.isLetter }
            if !name.isEmpty, name.endIndex < after.endIndex, after[name.endIndex] == "}" {
                pieces += [.text(String(rest[..<open])), .name(String(name))]
                rest = after[after.index(after: name.endIndex)...]
            } else {
                pieces.append(.text(String(rest[...open])))
                rest = after
            }
        }
        return pieces + [.text(String(rest))]
    }
}
