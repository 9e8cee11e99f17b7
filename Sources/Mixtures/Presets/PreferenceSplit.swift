/// Whether a budget of fine-tuning examples is split between instruction and preference data as
/// published comparisons advise: below about a thousand examples all should be instructions;
/// above, a growing share of preferences pays, and a small part of instructions first (less than a
/// tenth is enough) keeps preference training from starting cold.
package struct PreferenceSplit: Sendable, Hashable, Codable {
    package var instructions: Double
    package var preferences: Double
    /// Share of the budget that is preferences.
    package var preferenceShare: Double
    package var isAdvised: Bool
    /// One sentence for each thing to change, or one that says nothing is to be changed.
    package var findings: [String]

    /// Examples below which preferences do not pay.
    package static let smallBudget = 1000.0

    /// - Parameters: numbers of examples, not negative.
    package init(instructions: Double, preferences: Double) throws(MixtureError) {
        let counts = ["instructions": instructions, "preferences": preferences]
        try PresetInput.check("examples", counts)
        let total = instructions + preferences
        try PresetInput.check("examples", total)
        self.instructions = instructions
        self.preferences = preferences
        preferenceShare = preferences / total
        var found: [String] = []
        if total < Self.smallBudget && preferences > 0 {
            found.append(
                "With fewer than 1,000 examples, instruction data alone did best; spend all of them"
                    + " on it."
            )
        }
        if total >= Self.smallBudget && instructions <= 0 {
            found.append(
                "Preference training without any instruction data starts cold; up to a tenth of the"
                    + " budget as instructions, trained first, avoids that."
            )
        }
        if total >= Self.smallBudget && preferences <= 0 {
            found.append(
                "Above 1,000 examples a part of the budget as preferences did better than"
                    + " instructions alone, the more so the larger the budget."
            )
        }
        isAdvised = found.isEmpty
        findings = found.isEmpty ? ["The split follows the published advice."] : found
    }
}
