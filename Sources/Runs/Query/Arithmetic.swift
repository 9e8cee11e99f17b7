import Foundation

/// The tree of an arithmetic expression.
package indirect enum Arithmetic: Sendable, Hashable {
    package enum Operator: String, Sendable, Hashable, CaseIterable {
        case plus = "+"
        case minus = "-"
        case times = "*"
        case over = "/"
        case power = "^"
    }

    case number(Double)
    case name(String)
    case negated(Arithmetic)
    case binary(Operator, Arithmetic, Arithmetic)

    /// The value, or nil when a name has none. Division by zero and overflow give what IEEE 754
    /// says.
    package func evaluate(_ value: (String) -> Double?) -> Double? {
        switch self {
        case .number(let number): return number
        case .name(let name): return value(name)
        case .negated(let inner): return inner.evaluate(value).map { -$0 }
        case .binary(let symbol, let left, let right):
            guard let left = left.evaluate(value), let right = right.evaluate(value) else {
                return nil
            }
            return switch symbol {
            case .plus: left + right
            case .minus: left - right
            case .times: left * right
            case .over: left / right
            case .power: pow(left, right)
            }
        }
    }

    package var names: Set<String> {
        switch self {
        case .number: []
        case .name(let name): [name]
        case .negated(let inner): inner.names
        case .binary(_, let left, let right): left.names.union(right.names)
        }
    }

    /// Text that reads back as this tree, with no more brackets than that needs.
    package var text: String {
        switch self {
        case .number(let value): return NumberText.text(value)
        case .name(let name): return Self.quoted(name)
        case .negated(let inner): return "-" + inner.bracketed(below: 3)
        case .binary(.power, let left, let right):
            return left.bracketed(below: 5) + "^" + right.bracketed(below: 3)
        case .binary(let symbol, let left, let right):
            return left.bracketed(below: precedence) + symbol.rawValue
                + right.bracketed(below: precedence + 1)
        }
    }

    private func bracketed(below least: Int) -> String {
        precedence < least ? "(\(text))" : text
    }

    private var precedence: Int {
        switch self {
        case .binary(.plus, _, _), .binary(.minus, _, _): 1
        case .binary(.times, _, _), .binary(.over, _, _): 2
        case .negated: 3
        case .binary(.power, _, _): 4
        case .number, .name: 5
        }
    }

    /// The name as it must be written: bare when it is an identifier and no keyword.
    static func quoted(_ name: String) -> String {
        if isIdentifier(name) && !Parser.keywords.contains(name.lowercased()) { return name }
        let escaped = name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\"\(escaped)\""
    }

    /// The scan of bytes answers for nearly every name; asking characters for their properties is a
    /// hundred times slower.
    private static func isIdentifier(_ name: String) -> Bool {
        let isPlain = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        guard let first = name.first else { return false }
        let startsWell = first.isLetter || first == "_"
        return startsWell && (isPlain || name.allSatisfy(Lexer.isNamePart))
    }
}
