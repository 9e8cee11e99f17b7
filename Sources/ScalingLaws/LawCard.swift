package import Runs

/// What a page needs to show a law without knowing it.
package struct LawCard: Sendable, Hashable, Codable {
    /// Kebab-case, the same in CLI, API and pages.
    package var id: String
    package var title: String
    package var equation: String
    package var citation: String
    package var symbols: [Symbol]
    /// Raw names of the roles a run must have.
    package var inputs: [Role]
    package var validity: String

    package struct Symbol: Sendable, Hashable, Codable {
        package var symbol: String
        package var name: String
        package var unit: String
    }
}
