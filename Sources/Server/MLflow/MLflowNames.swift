import Foundation
package import Runs

/// What MLflow accepts as a name, a value and a time; the messages are MLflow's.
package enum MLflowNames {
    static let experimentTagValueCharacters = 20_000

    /// Refuses a metric, param or tag key MLflow refuses: characters other than Unicode letters,
    /// digits, `_ / . - : ` and space; a path that is not its own normal form; over 250 characters.
    package static func check(_ key: String, path: String) throws(MLflowError) {
        guard key.unicodeScalars.allSatisfy(isAllowed) else {
            throw .invalid(
                value: MLflowWriter.quoted(key),
                path: path,
                "Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), "
                    + "spaces ( ), colon(:) and slashes (/)."
            )
        }
        guard isOwnPath(key) else {
            throw .invalid(
                value: MLflowWriter.quoted(key),
                path: path,
                "Names may be treated as files in certain cases, and must not resolve to other "
                    + "names when treated as such."
            )
        }
        guard key.unicodeScalars.count <= Limits.keyCharacters else {
            throw .invalid(
                "'\(path)' exceeds the maximum length of \(Limits.keyCharacters) characters"
            )
        }
    }

    /// The first `limit` characters, as MLflow cuts long values; nothing may hold U+0000, which
    /// the database cannot keep.
    package static func cut(
        _ value: String,
        to limit: Int,
        path: String
    ) throws(MLflowError) -> String {
        guard !value.utf8.contains(0) else {
            throw .invalid("'\(path)' holds the character U+0000, which cannot be stored")
        }
        guard value.utf8.count > limit, value.unicodeScalars.count > limit else { return value }
        return String(String.UnicodeScalarView(value.unicodeScalars.prefix(limit)))
    }

    static func checkExperimentName(_ name: String) throws(MLflowError) {
        try checkLength(name, Limits.projectNameCharacters, path: "name")
    }

    static func checkLength(_ text: String, _ limit: Int, path: String) throws(MLflowError) {
        guard text.utf8.count > limit, text.unicodeScalars.count > limit else { return }
        throw .invalid("'\(path)' exceeds the maximum length of \(limit) characters")
    }

    /// `m-` and 32 hexadecimal digits; anything else names no model of ours.
    static func modelID(_ text: String) throws(MLflowError) -> ModelID {
        guard text.hasPrefix("m-"), text.utf8.count == 34,
            let id = UUID(hex: String(text.dropFirst(2)))
        else { throw .modelNotFound(String(text.prefix(80))) }
        return ModelID(id)
    }

    /// A run id in MLflow's grammar; one that is not 32 hexadecimal digits names no run of ours.
    package static func runID(_ text: String) throws(MLflowError) -> RunID {
        let isWord = text.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard isWord, text.utf8.count <= 256 else {
            throw .invalid(value: MLflowWriter.quoted(text), path: "run_id", "It is no run id.")
        }
        guard text.utf8.count == 32, let id = RunID(hex: text) else { throw .runNotFound(text) }
        return id
    }

    /// An experiment id: a digit string. A negative one is that of none.
    static func experimentID(_ text: String) throws(MLflowError) -> Int64 {
        guard let id = Int64(text) else {
            throw .invalid(
                "Invalid experiment ID '\(text.prefix(80))'. "
                    + "Experiment ID must be a valid integer."
            )
        }
        return id
    }

    static func microseconds(
        _ milliseconds: Int64,
        path: @autoclosure () -> String
    ) throws(MLflowError) -> Int64 {
        let (microseconds, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000)
        guard !overflow, milliseconds >= 0 else {
            throw .invalid(
                value: String(milliseconds),
                path: path(),
                "It must be Unix milliseconds, 0 to \(Int64.max / 1_000)."
            )
        }
        return microseconds
    }

    /// Python's `\w`: letters and numbers of any script and the underscore; then MLflow's extras.
    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_", "/", ".", "-", " ", ":": return true
        default: break
        }
        guard !scalar.isASCII else { return false }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .decimalNumber, .letterNumber, .otherNumber:
            return true
        default: return false
        }
    }

    /// Whether POSIX path normalisation leaves the name as it is, and inside its folder.
    private static func isOwnPath(_ name: String) -> Bool {
        guard !name.isEmpty else { return false }
        if !name.utf8.contains(UInt8(ascii: "/")) && !name.utf8.contains(UInt8(ascii: ".")) {
            return true
        }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        return parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
            && !name.hasPrefix("..")
    }
}
