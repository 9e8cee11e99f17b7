/// What one name of a filter stands for in one run or row: its text and, when it reads as one, its
/// number.
package struct FieldValue: Sendable, Hashable {
    package var number: Double?
    package var text: String

    package init(number: Double?, text: String) {
        self.number = number
        self.text = text
    }

    package init(text: String) {
        self.init(number: NumberText.number(text), text: text)
    }

    package init(number: Double) {
        self.init(number: number, text: NumberText.text(number))
    }
}

/// A condition on runs or rows: comparisons joined by `and`, `or`, `not` and brackets.
///
///     N >= 430M and lr < 2e-3 and not (status = failed or name contains "old")
///
/// 1. Two sides that have numbers are compared as numbers, `=` to a relative 1e-12; a count with a
///    suffix, as in `N = 430M`, is a rounded one: then `=` and `!=` mean within 1 %.
/// 2. Otherwise `=` and `!=` compare text exactly; a lone name on the right is then that text.
///    `contains` (or `~`) looks for text, without regard to case.
/// 3. A comparison with something that the run does not have is false, `!=` too.
package struct RunFilter: Sendable, Hashable {
    package enum Comparison: String, Sendable, Hashable, CaseIterable {
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        case equal = "="
        case notEqual = "!="
        case contains = "~"
    }

    package enum Operand: Sendable, Hashable {
        case arithmetic(Arithmetic)
        case text(String)
    }

    package indirect enum Node: Sendable, Hashable {
        case compare(Operand, Comparison, Operand)
        case and([Node])
        case or([Node])
        case not(Node)
    }

    package let root: Node

    package init(parsing text: String) throws(QueryError) {
        root = try Parser.condition(text)
    }

    /// Every name that a value is looked up for. Lone names on a right side may also be text.
    package var names: Set<String> { root.names }

    /// The names that cannot be read as text: an unknown one among them makes the filter wrong.
    package var requiredNames: Set<String> { root.requiredNames }

    /// The filter in one normal spelling; reads back as the same filter.
    package var text: String { root.text }

    /// Whether a row with these fields passes.
    package func matches(_ field: (String) -> FieldValue?) -> Bool { root.matches(field) }
}

extension RunFilter.Node {
    func matches(_ field: (String) -> FieldValue?) -> Bool {
        switch self {
        case .and(let nodes): nodes.allSatisfy { $0.matches(field) }
        case .or(let nodes): nodes.contains { $0.matches(field) }
        case .not(let node): !node.matches(field)
        case .compare(let left, let comparison, let right):
            comparison.holds(left, right, field)
        }
    }

    var names: Set<String> {
        switch self {
        case .and(let nodes), .or(let nodes):
            nodes.reduce(into: []) { $0.formUnion($1.names) }
        case .not(let node): node.names
        case .compare(let left, _, let right): left.names.union(right.names)
        }
    }

    var requiredNames: Set<String> {
        switch self {
        case .and(let nodes), .or(let nodes):
            nodes.reduce(into: []) { $0.formUnion($1.requiredNames) }
        case .not(let node): node.requiredNames
        case .compare(let left, let comparison, .arithmetic(.name)) where comparison.takesText:
            left.names
        case .compare(let left, _, let right): left.names.union(right.names)
        }
    }

    var text: String {
        switch self {
        case .and(let nodes): nodes.map { $0.bracketed }.joined(separator: " and ")
        case .or(let nodes): nodes.map { $0.bracketed }.joined(separator: " or ")
        case .not(let node): "not " + node.bracketed
        case .compare(let left, let comparison, let right):
            "\(left.shown) \(comparison.rawValue) \(right.shown)"
        }
    }

    private var bracketed: String {
        if case .compare = self { text } else { "(\(text))" }
    }
}

extension RunFilter.Operand {
    var names: Set<String> {
        if case .arithmetic(let value) = self { value.names } else { [] }
    }

    var shown: String {
        switch self {
        case .arithmetic(let value): value.text
        case .text(let text):
            "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
        }
    }

    func number(_ field: (String) -> FieldValue?) -> Double? {
        guard case .arithmetic(let value) = self else { return nil }
        return value.evaluate { field($0)?.number }
    }

    /// The text this side stands for: the field's on the left, the word itself on the right.
    func text(_ field: (String) -> FieldValue?, isLiteral: Bool) -> String? {
        switch self {
        case .text(let text): text
        case .arithmetic(.name(let name)): isLiteral ? name : field(name)?.text
        case .arithmetic(.number(let value)): NumberText.text(value)
        case .arithmetic: nil
        }
    }
}

extension RunFilter.Comparison {
    var takesText: Bool { self == .equal || self == .notEqual || self == .contains }

    func holds(
        _ left: RunFilter.Operand,
        _ right: RunFilter.Operand,
        _ field: (String) -> FieldValue?
    ) -> Bool {
        if self != .contains, let left = left.number(field) {
            if let right = right.number(field) { return compare(left, right) }
            if let word = right.text(field, isLiteral: true), let right = NumberText.number(word) {
                return compare(left, right)
            }
        }
        guard takesText, let left = left.text(field, isLiteral: false),
            let right = right.text(field, isLiteral: true)
        else { return false }
        return switch self {
        case .equal: left == right
        case .notEqual: left != right
        default: left.lowercased().contains(right.lowercased())
        }
    }

    func compare(_ left: Double, _ right: Double) -> Bool {
        switch self {
        case .less: left < right
        case .lessOrEqual: left <= right
        case .greater: left > right
        case .greaterOrEqual: left >= right
        case .equal: Self.isEqual(left, right)
        case .notEqual: !Self.isEqual(left, right)
        case .contains: false
        }
    }

    /// Equal to a relative 1e-12; NaN equals NaN, so that `loss = nan` finds what blew up.
    private static func isEqual(_ left: Double, _ right: Double) -> Bool {
        left == right || (left.isNaN && right.isNaN)
            || (left - right).magnitude <= 1e-12 * max(left.magnitude, right.magnitude)
                && left.isFinite && right.isFinite
    }
}
