/// MLflow's search grammar: conditions joined by AND, nothing else.
///
/// ```
/// condition := identifier operator value | identifier IS [NOT] NULL
///            | identifier [NOT] IN ('a', 'b')
/// identifier := metrics.K | params.K | tags.K | attributes.A | A     (K may be quoted)
/// ```
package struct MLflowFilter: Hashable, Sendable {
    package enum Entity: String, Hashable, Sendable { case metric, parameter, tag, attribute }

    package struct Identifier: Hashable, Sendable {
        package let entity: Entity
        package let key: String
    }

    package enum Test: Hashable, Sendable {
        case number(sign: String, Double)
        case text(sign: String, String)
        case like(pattern: String, ignoringCase: Bool)
        case isNull(Bool)
        case among([String], isIn: Bool)
    }

    package struct Condition: Hashable, Sendable {
        package let identifier: Identifier
        package let test: Test
    }

    package let conditions: [Condition]

    package init(parsing text: String) throws(MLflowError) {
        var parser = Parser(tokens: try MLflowFilterLexer.tokens(of: text))
        conditions = try parser.conditions()
    }
}

extension MLflowFilter.Identifier {
    static let numbers: Set<String> = [
        "start_time", "end_time", "creation_time", "last_update_time",
    ]
    private static let texts: Set<String> = [
        "run_id", "run_name", "status", "user_id", "artifact_uri", "name", "experiment_id",
    ]
    private static let aliases = [
        "created": "start_time", "Created": "start_time", "run name": "run_name",
        "Run name": "run_name", "Run Name": "run_name",
    ]

    var isNumber: Bool {
        entity == .metric || entity == .attribute && Self.numbers.contains(key)
    }

    /// Reads `metrics.loss`, ``params.`a b` ``, `attributes.status` or a bare attribute.
    init(word: String, quotedPart: String?) throws(MLflowError) {
        let name: Substring
        var key: String
        if let quotedPart {
            name = word[...]
            key = quotedPart
        } else if let dot = word.firstIndex(of: ".") {
            name = word[..<dot]
            key = String(word[word.index(after: dot)...])
        } else {
            name = "attribute"
            key = word
        }
        switch name.lowercased() {
        case "metric", "metrics": entity = .metric
        case "param", "params", "parameter", "parameters": entity = .parameter
        case "tag", "tags": entity = .tag
        case "attribute", "attributes", "attr", "run": entity = .attribute
        default:
            throw .invalid(
                "Invalid entity type '\(name)'. Valid values are "
                    + "['metric', 'parameter', 'tag', 'attribute', 'dataset']"
            )
        }
        key = entity == .attribute ? Self.aliases[key] ?? key : key
        guard entity != .attribute || Self.numbers.contains(key) || Self.texts.contains(key) else {
            throw .invalid(
                "Invalid attribute key '\(key)' specified. Valid keys are "
                    + (Self.numbers.union(Self.texts)).sorted().description
            )
        }
        self.key = key
    }
}

/// A walk over the tokens of one filter.
private struct Parser {
    let tokens: [MLflowFilterLexer.Token]
    var index = 0

    init(tokens: [MLflowFilterLexer.Token]) { self.tokens = tokens }

    mutating func conditions() throws(MLflowError) -> [MLflowFilter.Condition] {
        var conditions: [MLflowFilter.Condition] = []
        while index < tokens.count {
            if !conditions.isEmpty {
                guard takeWord("AND") else { throw invalidClause() }
            }
            conditions.append(try condition())
        }
        return conditions
    }

    private mutating func condition() throws(MLflowError) -> MLflowFilter.Condition {
        let identifier: MLflowFilter.Identifier
        switch take() {
        case .word(let word, let part):
            identifier = try MLflowFilter.Identifier(word: word, quotedPart: part)
        case .text(let text):
            identifier = try MLflowFilter.Identifier(word: "attribute", quotedPart: text)
        default: throw invalidClause()
        }
        return MLflowFilter.Condition(identifier: identifier, test: try test(of: identifier))
    }

    private mutating func test(
        of identifier: MLflowFilter.Identifier
    ) throws(MLflowError) -> MLflowFilter.Test {
        if takeWord("IS") {
            let isNull = !takeWord("NOT")
            guard takeWord("NULL"), !identifier.isNumber else { throw invalidClause() }
            return .isNull(isNull)
        }
        if takeWord("NOT") {
            guard takeWord("IN") else { throw invalidClause() }
            return .among(try list(identifier), isIn: false)
        }
        if takeWord("IN") { return .among(try list(identifier), isIn: true) }
        for (word, ignoringCase) in [("LIKE", false), ("ILIKE", true)] where takeWord(word) {
            guard !identifier.isNumber else { throw invalidComparator(word) }
            return .like(pattern: try text(identifier), ignoringCase: ignoringCase)
        }
        switch take() {
        case .sign(let sign): return try comparison(identifier, sign)
        case .word(let word, _): throw invalidComparator(word)
        default: throw invalidClause()
        }
    }

    private mutating func comparison(
        _ identifier: MLflowFilter.Identifier,
        _ sign: String
    ) throws(MLflowError) -> MLflowFilter.Test {
        if identifier.isNumber {
            guard ["=", "!=", ">", ">=", "<", "<="].contains(sign) else {
                throw invalidComparator(sign)
            }
            guard case .word(let word, nil) = take(), let number = Double(word) else {
                throw .invalid(
                    "Expected numeric value type for \(identifier.entity.rawValue) "
                        + "'\(identifier.key)'."
                )
            }
            return .number(sign: sign, number)
        }
        guard ["=", "!="].contains(sign) else { throw invalidComparator(sign) }
        return .text(sign: sign, try text(identifier))
    }

    private mutating func text(
        _ identifier: MLflowFilter.Identifier
    ) throws(MLflowError) -> String {
        guard case .text(let text) = take() else {
            throw .invalid(
                "Expected a quoted string value for \(identifier.entity.rawValue) "
                    + "'\(identifier.key)' (e.g. 'my-value')."
            )
        }
        return text
    }

    private mutating func list(
        _ identifier: MLflowFilter.Identifier
    ) throws(MLflowError) -> [String] {
        guard identifier.entity == .attribute, ["run_id", "experiment_id"].contains(identifier.key)
        else { throw invalidComparator("IN") }
        guard take() == .sign("(") else { throw invalidClause() }
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

    private func invalidClause() -> MLflowError {
        .invalid(
            "Invalid clause(s) in filter string: only comparisons joined by AND are understood; "
                + "the reading stopped at word \(index) of \(tokens.count)."
        )
    }

    private func invalidComparator(_ sign: String) -> MLflowError {
        .invalid(
            "Invalid comparator '\(sign)' not one of "
                + "{'=', '!=', '>', '>=', '<', '<=', 'LIKE', 'ILIKE', 'IN', 'NOT IN', 'IS NULL'} "
                + "or not for this kind of value"
        )
    }
}
