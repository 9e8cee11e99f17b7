/// Why a whole file cannot be imported.
package enum ImportError: Error, Hashable, Sendable {
    case empty
    case format(line: Int?, reason: String)
    case notUTF8(line: Int)
    case unknownColumn(String, usedIn: String, known: [String])
    case unknownPreset(String, known: [String])
    case unknownFormat(String, known: [String])
    case tooLarge(what: String, count: Int, limit: Int)

    package var message: String {
        switch self {
        case .empty:
            return "The file holds no runs: there is nothing after its header."
        case .format(let line, let reason):
            return line.map { "Line \($0): \(reason)" } ?? reason
        case .notUTF8(let line):
            return "Line \(line) is not UTF-8 text; save the file as UTF-8 and import it again."
        case .unknownColumn(let name, let place, let known):
            return "There is no column \(name) (used in \(place)); the columns are: "
                + Self.list(known) + ". A name with other characters than letters, digits, _ and . "
                + "stands in double quotes."
        case .unknownPreset(let name, let known):
            return "There is no preset \(name); the presets are: \(Self.list(known))."
        case .unknownFormat(let name, let known):
            return "There is no format \(name); the formats are: \(Self.list(known))."
        case .tooLarge(let what, let count, let limit):
            return "The file has \(count) \(what); at most \(limit) are imported at once. Split it."
        }
    }

    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(40).joined(separator: ", ")
        return names.count > 40 ? "\(shown) and \(names.count - 40) more" : shown
    }
}
