/// Cuts a search filter into words, quoted texts, operators and brackets.
struct MLflowFilterLexer {
    enum Token: Hashable {
        /// A bare word, which may hold `.`, `/`, `-` and a quoted part after a dot.
        case word(String, quotedPart: String?)
        /// What stood between two marks.
        case text(String, mark: Unicode.Scalar)
        case sign(String)

        /// The token for a message, not too long.
        var shown: String {
            switch self {
            case .word(let word, let part?): String("\(word).`\(part)`".prefix(80))
            case .word(let word, nil): String(word.prefix(80))
            case .text(let text, let mark): "\(mark)\(text.prefix(80))\(mark)"
            case .sign(let sign): sign
            }
        }
    }

    private let scalars: [Unicode.Scalar]
    private var index = 0

    static let lengthLimit = 20_000

    static func tokens(of filter: String) throws(MLflowError) -> [Token] {
        guard filter.utf8.count <= lengthLimit else {
            throw .invalid("Invalid filter string: it has over \(lengthLimit) bytes.")
        }
        var lexer = MLflowFilterLexer(scalars: Array(filter.unicodeScalars))
        var tokens: [Token] = []
        while let token = try lexer.next() { tokens.append(token) }
        return tokens
    }

    private mutating func next() throws(MLflowError) -> Token? {
        while index < scalars.count, scalars[index].properties.isWhitespace { index += 1 }
        guard index < scalars.count else { return nil }
        let scalar = scalars[index]
        switch scalar {
        case "'", "\"", "`": return .text(try quoted(), mark: scalar)
        case "(", ")", ",":
            index += 1
            return .sign(String(scalar))
        case "=", "!", "<", ">":
            index += 1
            var sign = String(scalar)
            if index < scalars.count, scalars[index] == "=" {
                sign += "="
                index += 1
            }
            return .sign(sign)
        default: return try word()
        }
    }

    private mutating func word() throws(MLflowError) -> Token {
        var word = ""
        while index < scalars.count, !Self.endsWord(scalars[index]) {
            word.unicodeScalars.append(scalars[index])
            index += 1
        }
        guard index < scalars.count, word.hasSuffix("."),
            "\"`'".unicodeScalars.contains(scalars[index])
        else { return .word(word, quotedPart: nil) }
        return .word(String(word.dropLast()), quotedPart: try quoted())
    }

    private mutating func quoted() throws(MLflowError) -> String {
        let mark = scalars[index]
        var text = ""
        index += 1
        while index < scalars.count, scalars[index] != mark {
            text.unicodeScalars.append(scalars[index])
            index += 1
        }
        guard index < scalars.count else {
            throw .invalid(
                "Invalid clause(s) in filter string: a quote \(mark) is not closed."
            )
        }
        index += 1
        return text
    }

    private static func endsWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || "'\"`(),=!<>".unicodeScalars.contains(scalar)
    }
}
