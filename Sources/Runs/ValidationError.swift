/// A value that breaks one of our rules, with all a person needs to correct it.
package struct ValidationError: Error, Hashable, Sendable {
    /// Path of the field, as the sender wrote it: `metrics[3].key`.
    package var field: String
    /// What is expected: "1 to 250 characters".
    package var rule: String
    /// What was given, cut to a readable length.
    package var given: String

    package init(field: String, rule: String, given: String) {
        self.field = field
        self.rule = rule
        self.given = given.count > 80 ? given.prefix(80) + "…" : given
    }

    package var message: String { "\(field) must be \(rule); it was \(given)." }
}
