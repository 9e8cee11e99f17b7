/// Why a text is not an expression or a filter. Offsets count characters from 0.
package enum QueryError: Error, Hashable, Sendable {
    case tooLong(characters: Int, limit: Int)
    case tooDeep(offset: Int, limit: Int)
    case unterminated(quote: Character, offset: Int)
    case unexpected(found: String, expected: String, offset: Int)
    case badNumber(text: String, offset: Int)
    /// A comparison stands where a number is needed, or the other way round.
    case wrongKind(expected: String, offset: Int)

    package var offset: Int {
        switch self {
        case .tooLong(_, let limit): limit
        case .tooDeep(let offset, _), .unterminated(_, let offset), .unexpected(_, _, let offset),
            .badNumber(_, let offset), .wrongKind(_, let offset):
            offset
        }
    }

    package var message: String {
        switch self {
        case .tooLong(let characters, let limit):
            "The expression has \(characters) characters; at most \(limit) are read."
        case .tooDeep(let offset, let limit):
            "At character \(offset): more than \(limit) levels of brackets; write it flatter."
        case .unterminated(let quote, let offset):
            "At character \(offset): the quote \(quote) is never closed."
        case .unexpected(let found, let expected, let offset):
            "At character \(offset): found \(found), expected \(expected). "
                + "Names with other characters than letters, digits, _ and . stand in double quotes."
        case .badNumber(let text, let offset):
            "At character \(offset): \(text) is not a number; write 12, 1.5e-3 or 430M."
        case .wrongKind(let expected, let offset):
            "At character \(offset): expected \(expected)."
        }
    }
}

/// Expressions and filters are one language, so they fail in one way.
package typealias ExpressionError = QueryError
