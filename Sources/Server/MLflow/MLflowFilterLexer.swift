/// Cuts a search filter into words, quoted texts, operators and brackets.
struct MLflowFilterLexer {
    enum Token: Hashable {
        /// A bare word, which may hold `.`, `/`, `-` and a quoted part after a dot.
        case word(String, quotedPart: String?)
        case text(String)
        case sign(String)
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
        case "'", "\"", "`": return .text(try quoted())
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
            throw .invalid("Invalid filter string: a quote \(mark) is not closed.")
        }
        index += 1
        return text
    }

    private static func endsWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || "'\"`(),=!<>".unicodeScalars.contains(scalar)
    }
}
