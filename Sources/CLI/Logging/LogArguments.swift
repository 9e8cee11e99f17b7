import Foundation
import Runs

// What the values of `isoloss log`'s flags mean.
extension LogCommand {
    static func status(_ text: String?) throws(Failure) -> RunStatus? {
        guard let text else { return nil }
        let known = [RunStatus.finished, .failed, .killed].map(\.rawValue).joined(separator: ", ")
        guard let status = RunStatus(rawValue: text), known.contains(text) else {
            throw .usage("--status is one of \(known); it was \(text).")
        }
        return status
    }

    static func metrics(_ texts: [String]) throws(Failure) -> [String: Double] {
        var metrics: [String: Double] = [:]
        for text in texts {
            // The last sign: a name may have one itself.
            guard let equals = text.lastIndex(of: "="),
                let value = NumberText.number(text[text.index(after: equals)...])
            else { throw .usage("--metric takes NAME=NUMBER; it was \"\(text)\".") }
            let name = String(text[..<equals])
            guard LineIntake.isName(name) else {
                throw .usage(
                    "--metric: a name has 1 to \(Limits.keyCharacters) printable characters."
                )
            }
            guard metrics.updateValue(value, forKey: name) == nil else {
                throw .usage("--metric gives \(name) twice.")
            }
        }
        return metrics
    }

    /// Microseconds since 1970.
    static func time(_ text: String?) throws(Failure) -> Int64? {
        guard let text else { return nil }
        if let seconds = NumberText.number(text), abs(seconds) < 1e11 {
            return Int64((seconds * 1e6).rounded())
        }
        for isFractional in [false, true] {
            let style = Date.ISO8601FormatStyle(includingFractionalSeconds: isFractional)
            if let date = try? style.parse(text) {
                return Int64((date.timeIntervalSince1970 * 1e6).rounded())
            }
        }
        throw .usage("--time is seconds since 1970 or 2026-01-31T12:00:00Z; it was \(text).")
    }
}
