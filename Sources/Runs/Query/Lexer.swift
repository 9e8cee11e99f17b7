/// One word of the language of expressions and filters.
enum Token: Hashable, Sendable {
    /// A number; one with a suffix such as 430M is a rounded one.
    case number(Double, isRounded: Bool)
    /// A name, quoted or not; an unquoted one may be a keyword.
    case name(String, isQuoted: Bool)
    /// Text in single quotes.
    case text(String)
    /// `+ - * / ^ ( ) < <= > >= = != ~`
    case symbol(String)
    case end

    var shown: String {
        switch self {
        case .number(let value, _): "the number \(NumberText.text(value))"
        case .name(let name, _): "the name \(name)"
        case .text(let text): "the text '\(text)'"
        case .symbol(let symbol): symbol
        case .end: "the end"
        }
    }
}

/// Cuts a text into tokens.
struct Lexer {
    static let characterLimit = 4_096

    private let characters: [Character]
    private var position = 0

    static func tokens(of text: String) throws(QueryError) -> [(token: Token, offset: Int)] {
        guard text.utf8.count <= 4 * characterLimit, text.count <= characterLimit else {
            throw .tooLong(characters: text.count, limit: characterLimit)
        }
        var lexer = Lexer(characters: Array(text))
        var tokens: [(Token, Int)] = []
        while true {
            lexer.skipBlanks()
            let offset = lexer.position
            let token = try lexer.next()
            tokens.append((token, offset))
            if token == .end { return tokens }
        }
    }

    private init(characters: [Character]) { self.characters = characters }

    private var current: Character? {
        position < characters.count ? characters[position] : nil
    }

    private mutating func skipBlanks() {
        while let character = current, character.isWhitespace { position += 1 }
    }

    private mutating func next() throws(QueryError) -> Token {
        guard let character = current else { return .end }
        if character == "\"" || character == "`" {
            return .name(try quoted(character), isQuoted: true)
        }
        if character == "'" { return .text(try quoted(character)) }
        if Self.isDigit(character) || character == "." { return try number() }
        if character.isLetter || character == "_" { return .name(identifier(), isQuoted: false) }
        return try symbol()
    }

    private mutating func symbol() throws(QueryError) -> Token {
        let start = position
        let first = String(characters[start])
        let pair = position + 1 < characters.count ? first + String(characters[start + 1]) : first
        if let two = ["<=": "<=", ">=": ">=", "!=": "!=", "==": "="][pair] {
            position += 2
            return .symbol(two)
        }
        guard "+-*/^()<>=~".contains(first) else {
            throw .unexpected(
                found: first,
                expected: "a name, a number or an operator",
                offset: start
            )
        }
        position += 1
        return .symbol(first)
    }

    private mutating func identifier() -> String {
        let start = position
        while let character = current, Self.isNamePart(character) { position += 1 }
        return String(characters[start..<position])
    }

    /// Text up to the closing quote; a backslash takes the next character as it is.
    private mutating func quoted(_ quote: Character) throws(QueryError) -> String {
        let start = position
        var text = ""
        position += 1
        while var character = current, character != quote {
            if character == "\\", position + 1 < characters.count {
                position += 1
                character = characters[position]
            }
            text.append(character)
            position += 1
        }
        guard current == quote else { throw .unterminated(quote: quote, offset: start) }
        position += 1
        return text
    }

    private mutating func number() throws(QueryError) -> Token {
        let start = position
        skipDigitsAndPoint()
        if current == "e" || current == "E" {
            position += 1
            if current == "-" || current == "+" { position += 1 }
            skipDigitsAndPoint()
        }
        while let character = current, Self.isNamePart(character) { position += 1 }
        let text = String(characters[start..<position])
        guard let value = NumberText.number(text, suffixes: true), value.isFinite else {
            throw .badNumber(text: text, offset: start)
        }
        return .number(value, isRounded: text.utf8.last.flatMap(NumberText.factor(of:)) != nil)
    }

    private mutating func skipDigitsAndPoint() {
        while let character = current, Self.isDigit(character) || character == "." { position += 1 }
    }

    private static func isDigit(_ character: Character) -> Bool {
        character.isASCII && character.isNumber
    }

    static func isNamePart(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_" || character == "."
    }
}
