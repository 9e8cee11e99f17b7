import Runs

/// A JSON value. Arrays of numbers, which hold nearly all bytes of a log, are kept flat.
///
/// Beside JSON, the words NaN, Infinity and -Infinity are numbers, bare or as strings inside arrays
/// of numbers, because that is how training programs write a loss that blew up.
enum JSONValue {
    case null
    case boolean(Bool)
    case number(Double)
    case text(String)
    case numbers([Double])
    case array([JSONValue])
    case object([String: JSONValue])

    /// As text for a param or tag; nil for null and for containers.
    var plainText: String? {
        switch self {
        case .boolean(let value): value ? "true" : "false"
        case .number(let value): NumberText.text(value)
        case .text(let text): text
        case .null, .numbers, .array, .object: nil
        }
    }

    var number: Double? {
        switch self {
        case .number(let value): value
        case .text(let text): NumberText.number(text)
        default: nil
        }
    }

    var numbers: [Double]? {
        switch self {
        case .numbers(let values): return values
        case .array(let values):
            let numbers = values.compactMap { $0.number }
            return numbers.count == values.count ? numbers : nil
        default: return nil
        }
    }

    var object: [String: JSONValue]? {
        if case .object(let members) = self { members } else { nil }
    }
}
