/// An arithmetic formula over names, as in `--map batchTokens=bs*2048`.
///
/// Numbers (with k M B T for 1e3, 1e6, 1e9, 1e12), names, `"quoted names"`, `+ - * / ^`, brackets
/// and unary minus. A name that is not made of letters, digits, `_` and `.` stands in double
/// quotes; an unquoted `/` divides.
package struct Expression: Sendable, Hashable {
    package let root: Arithmetic

    package init(parsing text: String) throws(ExpressionError) {
        root = try Parser.arithmetic(text)
    }

    package init(_ root: Arithmetic) { self.root = root }

    package var names: Set<String> { root.names }

    /// The value, or nil when a name has none.
    package func evaluate(_ value: (String) -> Double?) -> Double? { root.evaluate(value) }

    /// The formula in one normal spelling; reads back as the same expression.
    package var text: String { root.text }
}
