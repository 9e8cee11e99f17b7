/// A walk over the tokens of one filter.
struct MLflowFilterParser {
    let subject: MLflowFilter.Subject
    let tokens: [MLflowFilterLexer.Token]
    private var index = 0

    init(subject: MLflowFilter.Subject, tokens: [MLflowFilterLexer.Token]) {
        self.subject = subject
        self.tokens = tokens
    }

    mutating func conditions() throws(MLflowError) -> [MLflowFilter.Condition] {
        var conditions: [MLflowFilter.Condition] = []
        while index < tokens.count {
            if !conditions.isEmpty {
                guard takeWord("AND") else {
                    _ = take()
                    throw invalidClause()
                }
            }
            conditions.append(try condition())
        }
        return conditions
    }

    private mutating func condition() throws(MLflowError) -> MLflowFilter.Condition {
        let identifier: MLflowFilter.Identifier
        switch take() {
        case .word(let word, let part):
            identifier = try .init(word: word, quotedPart: part, of: subject)
        case .text(let text, let mark) where mark != "'":
            identifier = try .init(word: "attribute", quotedPart: text, of: subject)
        case .text(let text, _):
            throw .invalid("Invalid comparison clause. Expected 'Identifier' found '\(text)'")
        default: throw invalidClause()
        }
        return MLflowFilter.Condition(identifier: identifier, test: try test(of: identifier))
    }

    private mutating func test(
        of identifier: MLflowFilter.Identifier
    ) throws(MLflowError) -> MLflowFilter.Test {
        if takeWord("IS") {
            let isNull = !takeWord("NOT")
            guard takeWord("NULL") else { throw invalidClause() }
            guard [.parameter, .tag].contains(identifier.entity) else {
                throw .invalid(
                    "IS NULL / IS NOT NULL is only supported for tags and params, not for "
                        + "'\(identifier.entity.rawValue)' '\(identifier.key)'"
                )
            }
            return .isNull(isNull)
        }
        if takeWord("NOT") {
            guard takeWord("IN") else { throw invalidClause() }
            return .among(try list(identifier), isIn: false)
        }
        if takeWord("IN") { return .among(try list(identifier), isIn: true) }
        for (word, ignoringCase) in [("LIKE", false), ("ILIKE", true)] where takeWord(word) {
            guard !identifier.isNumber else { throw invalidComparator(word, identifier) }
            return .like(pattern: try text(identifier), ignoringCase: ignoringCase)
        }
        switch take() {
        case .sign(let sign): return try comparison(identifier, sign)
        case .word(let word, _) where word.uppercased() == "RLIKE":
            throw invalidComparator(word, identifier)
        default: throw invalidClause()
        }
    }

    private mutating func comparison(
        _ identifier: MLflowFilter.Identifier,
        _ sign: String
    ) throws(MLflowError) -> MLflowFilter.Test {
        if identifier.isNumber {
            guard ["=", "!=", ">", ">=", "<", "<="].contains(sign) else {
                throw invalidComparator(sign, identifier)
            }
            let found = take()
            guard case .word(let word, nil) = found, let number = Self.number(word) else {
                let what =
                    identifier.entity == .metric
                    ? "metric." : "numeric attribute: \(identifier.key)."
                throw .invalid(
                    "Expected numeric value type for \(what) Found \(found?.shown ?? "nothing")"
                )
            }
            return .number(sign: sign, number)
        }
        guard ["=", "!="].contains(sign) else { throw invalidComparator(sign, identifier) }
        return .text(sign: sign, try text(identifier))
    }

    private mutating func text(
        _ identifier: MLflowFilter.Identifier
    ) throws(MLflowError) -> String {
        let found = take()
        guard case .text(let text, let mark) = found, mark != "`" else {
            let what =
                switch identifier.entity {
                case .attribute: "attributes."
                case .dataset: "dataset attributes."
                default: "\(identifier.entity.rawValue) (e.g. 'my-value')."
                }
            throw .invalid(
                "Expected a quoted string value for \(what) Got value \(found?.shown ?? "nothing")"
            )
        }
        return text
    }

    /// A decimal number; the words for NaN and the infinities are none here.
    private static func number(_ word: String) -> Double? {
        let isDecimal = word.utf8.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || "+-.eE".utf8.contains(byte)
        }
        return isDecimal ? Double(word) : nil
    }

    private mutating func list(
        _ identifier: MLflowFilter.Identifier
    ) throws(MLflowError) -> [String] {
        switch identifier.entity {
        case .dataset: break
        case .attribute where identifier.key == subject.listedAttribute: break
        case .attribute where !identifier.isNumber:
            throw .invalid(
                "Only ['\(subject.listedAttribute)'] attributes support comparison with a list "
                    + "of quoted string values."
            )
        default: throw invalidComparator("IN", identifier)
        }
        guard take() == .sign("(") else { throw invalidClause() }
        guard index >= tokens.count || tokens[index] != .sign(")") else {
            throw .invalid(
                "While parsing a list in the query, expected a non-empty list of string values, "
                    + "but got empty list"
            )
        }
        var values = [try text(identifier)]
        while true {
            switch take() {
            case .sign(","): values.append(try text(identifier))
            case .sign(")"): return values
            default: throw invalidClause()
            }
        }
    }

    private mutating func take() -> MLflowFilterLexer.Token? {
        guard index < tokens.count else { return nil }
        index += 1
        return tokens[index - 1]
    }

    private mutating func takeWord(_ wanted: String) -> Bool {
        guard index < tokens.count, case .word(let word, nil) = tokens[index],
            word.uppercased() == wanted
        else { return false }
        index += 1
        return true
    }

    /// Shows the token that the reading stopped at.
    private func invalidClause() -> MLflowError {
        let token = index > 0 && index <= tokens.count ? tokens[index - 1].shown : ""
        return .invalid(
            "Invalid clause(s) in filter string: '\(token)'. "
                + "Only comparisons joined by AND are understood."
        )
    }

    private func invalidComparator(
        _ sign: String,
        _ identifier: MLflowFilter.Identifier
    ) -> MLflowError {
        let valid: [String] =
            switch identifier.entity {
            case _ where identifier.isNumber: ["=", "!=", ">", ">=", "<", "<="]
            case .parameter, .tag: ["=", "!=", "LIKE", "ILIKE", "IS NULL", "IS NOT NULL"]
            default: ["=", "!=", "LIKE", "ILIKE", "IN", "NOT IN"]
            }
        return .invalid(
            "Invalid comparator '\(sign)' not one of "
                + "'{\(valid.map { "'\($0)'" }.joined(separator: ", "))}'"
        )
    }
}
