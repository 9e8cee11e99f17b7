/// MLflow's search grammar: conditions joined by AND, nothing else.
///
/// ```
/// condition := identifier operator value | identifier IS [NOT] NULL
///            | identifier [NOT] IN ('a', 'b')
/// identifier := metrics.K | params.K | tags.K | datasets.K | attributes.A | A  (K may be quoted)
/// ```
package struct MLflowFilter: Hashable, Sendable {
    /// What is searched: the two differ in their attributes.
    package enum Subject: Hashable, Sendable { case runs, experiments }

    package enum Entity: String, Hashable, Sendable {
        case metric, parameter, tag, attribute, dataset
    }

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

    package init(parsing text: String, of subject: Subject = .runs) throws(MLflowError) {
        var parser = MLflowFilterParser(
            subject: subject,
            tokens: try MLflowFilterLexer.tokens(of: text)
        )
        conditions = try parser.conditions()
    }
}

extension MLflowFilter.Subject {
    private static let aliases = [
        "created": "start_time", "Created": "start_time", "run name": "run_name",
        "Run name": "run_name", "Run Name": "run_name",
    ]

    /// The attributes that may be named, by the words for them.
    fileprivate func attributes(forOrder: Bool) -> [String] {
        switch self {
        case .experiments: ["creation_time", "experiment_id", "last_update_time", "name"]
        case .runs:
            ["artifact_uri", "end_time", "run_id", "run_name", "start_time", "status", "user_id"]
                + ["created", "Created"] + (forOrder ? [] : ["run name", "Run name", "Run Name"])
        }
    }

    /// The attribute that may stand before IN.
    var listedAttribute: String { self == .runs ? "run_id" : "experiment_id" }

    fileprivate func entity(_ word: Substring) throws(MLflowError) -> MLflowFilter.Entity {
        switch (word, self) {
        case ("metric", .runs), ("metrics", .runs): return .metric
        case ("param", .runs), ("params", .runs), ("parameter", .runs), ("parameters", .runs):
            return .parameter
        case ("tag", _), ("tags", _): return .tag
        case ("attribute", _), ("attributes", .runs), ("attr", .runs), ("run", .runs):
            return .attribute
        case ("dataset", .runs), ("datasets", .runs): return .dataset
        case (_, .runs):
            throw .invalid(
                "Invalid entity type '\(word)'. Valid values are "
                    + "['metric', 'parameter', 'tag', 'attribute', 'dataset']"
            )
        case (_, .experiments):
            throw .invalid(
                "Invalid entity type '\(word)'. Valid entity types are "
                    + "('attribute', 'tag', 'tags')"
            )
        }
    }

    fileprivate func attribute(_ key: String, forOrder: Bool) throws(MLflowError) -> String {
        let known = attributes(forOrder: forOrder)
        guard known.contains(key) else {
            throw .invalid(
                "Invalid attribute key '\(key)' specified. Valid keys are "
                    + "'{\(known.map { "'\($0)'" }.joined(separator: ", "))}'"
            )
        }
        return self == .runs ? Self.aliases[key] ?? key : key
    }
}

extension MLflowFilter.Identifier {
    private static let numbers: Set<String> = [
        "start_time", "end_time", "creation_time", "last_update_time",
    ]
    private static let datasetKeys = ["context", "digest", "name"]

    var isNumber: Bool {
        entity == .metric || entity == .attribute && Self.numbers.contains(key)
    }

    /// Reads `metrics.loss`, ``params.`a b` ``, `attributes.status` or a bare attribute.
    init(
        word: String,
        quotedPart: String?,
        of subject: MLflowFilter.Subject,
        forOrder: Bool = false
    ) throws(MLflowError) {
        let name: Substring
        let key: String
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
        entity = try subject.entity(name)
        guard entity != .dataset || Self.datasetKeys.contains(key) else {
            throw .invalid(
                "Invalid dataset key '\(key)' specified. Valid keys are "
                    + "'{'context', 'digest', 'name'}'"
            )
        }
        self.key = entity == .attribute ? try subject.attribute(key, forOrder: forOrder) : key
    }
}
