/// Reads expressions and filters by one grammar, so that brackets need no guessing about what they
/// hold:
///
///     or    := and ("or" and)*            sum     := product (("+" | "-") product)*
///     and   := not ("and" not)*           product := unary (("*" | "/") unary)*
///     not   := "not" not | compare        unary   := ("-" | "+") unary | power
///     compare := sum (operator sum)?      power   := primary ("^" unary)?
struct Parser {
    static let keywords: Set<String> = ["and", "or", "not", "contains"]
    static let depthLimit = 64

    /// What a piece of the text turned out to be.
    private enum Piece {
        case arithmetic(Arithmetic)
        case text(String)
        case condition(RunFilter.Node)
    }

    private let tokens: [(token: Token, offset: Int)]
    private var position = 0
    private var depth = 0

    static func arithmetic(_ text: String) throws(QueryError) -> Arithmetic {
        var parser = Parser(tokens: try Lexer.tokens(of: text))
        let piece = try parser.or()
        try parser.finish()
        return try parser.arithmetic(piece, at: 0)
    }

    static func condition(_ text: String) throws(QueryError) -> RunFilter.Node {
        var parser = Parser(tokens: try Lexer.tokens(of: text))
        let piece = try parser.or()
        try parser.finish()
        return try parser.condition(piece, at: 0)
    }

    private init(tokens: [(token: Token, offset: Int)]) { self.tokens = tokens }

    private var token: Token { tokens[position].token }
    private var offset: Int { tokens[position].offset }

    private mutating func accept(symbol: String) -> Bool {
        guard token == .symbol(symbol) else { return false }
        position += 1
        return true
    }

    private func isKeyword(_ keyword: String) -> Bool {
        guard case .name(let name, isQuoted: false) = token else { return false }
        return name.lowercased() == keyword
    }

    private mutating func accept(keyword: String) -> Bool {
        guard isKeyword(keyword) else { return false }
        position += 1
        return true
    }

    private func finish() throws(QueryError) {
        guard token == .end else {
            throw .unexpected(
                found: token.shown,
                expected: "an operator or the end",
                offset: offset
            )
        }
    }

    private mutating func nested(
        _ body: (inout Parser) throws(QueryError) -> Piece
    ) throws(QueryError) -> Piece {
        guard depth < Self.depthLimit else {
            throw .tooDeep(offset: offset, limit: Self.depthLimit)
        }
        depth += 1
        defer { depth -= 1 }
        return try body(&self)
    }

    private mutating func or() throws(QueryError) -> Piece {
        let start = offset
        let first = try and()
        guard isKeyword("or") else { return first }
        var nodes = [try condition(first, at: start)]
        while accept(keyword: "or") {
            let start = offset
            nodes.append(try condition(try and(), at: start))
        }
        return .condition(.or(nodes))
    }

    private mutating func and() throws(QueryError) -> Piece {
        let start = offset
        let first = try not()
        guard isKeyword("and") else { return first }
        var nodes = [try condition(first, at: start)]
        while accept(keyword: "and") {
            let start = offset
            nodes.append(try condition(try not(), at: start))
        }
        return .condition(.and(nodes))
    }

    private mutating func not() throws(QueryError) -> Piece {
        guard accept(keyword: "not") else { return try comparison() }
        let start = offset
        let inner = try nested { parser throws(QueryError) in try parser.not() }
        return .condition(.not(try condition(inner, at: start)))
    }

    private mutating func comparison() throws(QueryError) -> Piece {
        let start = offset
        let left = try sum()
        guard let comparison = acceptComparison() else { return left }
        let (rightToken, rightStart) = tokens[position]
        let next = position + 1
        let right = try sum()
        let subject = try operand(left, at: start)
        if position == next, case .number(let value, isRounded: true) = rightToken,
            let node = Self.rounded(subject, comparison, value)
        {
            return .condition(node)
        }
        return .condition(.compare(subject, comparison, try operand(right, at: rightStart)))
    }

    /// `N = 430M`: counts are written rounded, so that equality is meant to 1 %.
    private static func rounded(
        _ subject: RunFilter.Operand,
        _ comparison: RunFilter.Comparison,
        _ value: Double
    ) -> RunFilter.Node? {
        let low = RunFilter.Operand.arithmetic(.number(0.99 * value))
        let high = RunFilter.Operand.arithmetic(.number(1.01 * value))
        return switch comparison {
        case .equal:
            .and([.compare(subject, .greaterOrEqual, low), .compare(subject, .lessOrEqual, high)])
        case .notEqual: .or([.compare(subject, .less, low), .compare(subject, .greater, high)])
        default: nil
        }
    }

    private mutating func acceptComparison() -> RunFilter.Comparison? {
        if accept(keyword: "contains") { return .contains }
        guard case .symbol(let symbol) = token,
            let comparison = RunFilter.Comparison(rawValue: symbol)
        else { return nil }
        position += 1
        return comparison
    }

    private mutating func sum() throws(QueryError) -> Piece {
        try chain(of: [.plus, .minus]) { parser throws(QueryError) in
            try parser.chain(of: [.times, .over]) { parser throws(QueryError) in
                try parser.unary()
            }
        }
    }

    /// A left-associative chain of operators of one rank.
    private mutating func chain(
        of operators: [Arithmetic.Operator],
        _ item: (inout Parser) throws(QueryError) -> Piece
    ) throws(QueryError) -> Piece {
        var start = offset
        var left = try item(&self)
        while let symbol = operators.first(where: { token == .symbol($0.rawValue) }) {
            position += 1
            let rightStart = offset
            let right = try item(&self)
            left = .arithmetic(
                .binary(
                    symbol,
                    try arithmetic(left, at: start),
                    try arithmetic(right, at: rightStart)
                )
            )
            start = rightStart
        }
        return left
    }

    private mutating func unary() throws(QueryError) -> Piece {
        let isNegative = token == .symbol("-")
        guard isNegative || token == .symbol("+") else { return try power() }
        position += 1
        let start = offset
        let inner = try nested { parser throws(QueryError) in try parser.unary() }
        let value = try arithmetic(inner, at: start)
        return .arithmetic(isNegative ? .negated(value) : value)
    }

    private mutating func power() throws(QueryError) -> Piece {
        let start = offset
        let base = try primary()
        guard accept(symbol: "^") else { return base }
        let exponentStart = offset
        let exponent = try nested { parser throws(QueryError) in try parser.unary() }
        return .arithmetic(
            .binary(
                .power,
                try arithmetic(base, at: start),
                try arithmetic(exponent, at: exponentStart)
            )
        )
    }

    private mutating func primary() throws(QueryError) -> Piece {
        let (token, offset) = tokens[position]
        switch token {
        case .number(let value, _):
            position += 1
            return .arithmetic(.number(value))
        case .text(let text):
            position += 1
            return .text(text)
        case .name(let name, let isQuoted)
        where isQuoted || !Self.keywords.contains(name.lowercased()):
            position += 1
            return .arithmetic(.name(name))
        case .symbol("("):
            position += 1
            let piece = try nested { parser throws(QueryError) in try parser.or() }
            guard accept(symbol: ")") else {
                throw .unexpected(found: self.token.shown, expected: ")", offset: self.offset)
            }
            return piece
        default:
            throw .unexpected(found: token.shown, expected: "a name or a number", offset: offset)
        }
    }

    private func arithmetic(_ piece: Piece, at offset: Int) throws(QueryError) -> Arithmetic {
        guard case .arithmetic(let value) = piece else {
            throw .wrongKind(
                expected: "a number or a name, not a comparison or text",
                offset: offset
            )
        }
        return value
    }

    private func condition(_ piece: Piece, at offset: Int) throws(QueryError) -> RunFilter.Node {
        guard case .condition(let node) = piece else {
            throw .wrongKind(expected: "a comparison such as N >= 100M", offset: offset)
        }
        return node
    }

    private func operand(_ piece: Piece, at offset: Int) throws(QueryError) -> RunFilter.Operand {
        switch piece {
        case .arithmetic(let value): return .arithmetic(value)
        case .text(let text): return .text(text)
        case .condition:
            throw .wrongKind(expected: "a value, not a comparison", offset: offset)
        }
    }
}
