import Runs

/// What a condition or an order reads of a run or a project.
enum MLflowField {
    case number(Double)
    case text(String)
    case missing

    var sortValue: SearchSortValue {
        switch self {
        case .number(let value): value.isNaN ? .notNumber : .number(value)
        case .text(let text): .text(text)
        case .missing: .missing
        }
    }
}

/// What a filter can look into.
protocol MLflowSearchable {
    func field(_ identifier: MLflowFilter.Identifier) -> MLflowField
}

extension Project: MLflowSearchable {
    func field(_ identifier: MLflowFilter.Identifier) -> MLflowField {
        switch (identifier.entity, identifier.key) {
        case (.tag, _): tags[identifier.key].map { .text($0) } ?? .missing
        case (.attribute, "name"): .text(name)
        case (.attribute, "experiment_id"): .text(String(experimentID))
        case (.attribute, "creation_time"): .number(Double(createdAt / 1_000))
        case (.attribute, "last_update_time"): .number(Double(updatedAt / 1_000))
        default: .missing
        }
    }
}

extension MLflowFilter {
    func matches(_ value: some MLflowSearchable) -> Bool {
        conditions.allSatisfy { $0.test.holds(for: value.field($0.identifier)) }
    }
}

extension MLflowFilter.Test {
    /// A missing key matches nothing but IS NULL, `!=` included.
    func holds(for field: MLflowField) -> Bool {
        switch (self, field) {
        case (.isNull(let isNull), .missing): isNull
        case (.isNull(let isNull), _): !isNull
        case (.number(let sign, let wanted), .number(let found)):
            Self.comparison(sign)(found, wanted)
        case (.text(let sign, let wanted), .text(let found)):
            found.utf8.elementsEqual(wanted.utf8) == (sign == "=")
        case (.like(let pattern, let ignoringCase), .text(let found)):
            ignoringCase
                ? Self.like(found.lowercased(), pattern.lowercased()) : Self.like(found, pattern)
        case (.among(let wanted, let isIn), .text(let found)): wanted.contains(found) == isIn
        default: false
        }
    }

    static func comparison(_ sign: String) -> (Double, Double) -> Bool {
        switch sign {
        case "=": { $0 == $1 }
        case "!=": { $0 != $1 }
        case ">": { $0 > $1 }
        case ">=": { $0 >= $1 }
        case "<": { $0 < $1 }
        default: { $0 <= $1 }
        }
    }

    /// SQL's LIKE: `%` any text, `_` any character. One pass with one way back, so the time is at
    /// most the product of the lengths.
    package static func like(_ text: String, _ pattern: String) -> Bool {
        let text = Array(text.unicodeScalars)
        let pattern = Array(pattern.unicodeScalars)
        var (at, want) = (0, 0)
        var back: (at: Int, want: Int)?
        while at < text.count {
            if want < pattern.count, pattern[want] == "%" {
                back = (at, want + 1)
                want += 1
            } else if want < pattern.count, pattern[want] == "_" || pattern[want] == text[at] {
                at += 1
                want += 1
            } else if let last = back {
                back = (last.at + 1, last.want)
                (at, want) = (last.at + 1, last.want)
            } else {
                return false
            }
        }
        return pattern[want...].allSatisfy { $0 == "%" }
    }
}
