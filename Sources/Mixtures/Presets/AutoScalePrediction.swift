import Foundation

/// AutoScale's step from the best amounts of two budgets to a third (arXiv 2407.20177): the best
/// amount of each domain is taken to grow by a power of the budget of its own, so a domain that
/// doubled its amount from the first to the second budget doubles it again on the third.
package struct AutoScalePrediction: Sendable, Hashable, Codable {
    /// Shares of tokens by domain, summing to 1.
    package var proportions: [String: Double]
    /// Tokens of the run that these shares are for, in the unit of the two budgets.
    package var tokens: Double

    /// Proportions of a run: `amounts` are shares of `tokens`, in any unit.
    package struct Anchor: Sendable, Hashable, Codable {
        package var tokens: Double
        package var amounts: [String: Double]

        package init(tokens: Double, amounts: [String: Double]) {
            self.tokens = tokens
            self.amounts = amounts
        }
    }

    /// The next scale: N3 = N2² / N1 for each domain.
    package static func next(after first: Anchor, _ second: Anchor) throws(MixtureError) -> Self {
        try at(2, from: first, second)
    }

    /// Between the two: the geometric mean of their amounts.
    package static func between(_ first: Anchor, _ second: Anchor) throws(MixtureError) -> Self {
        try at(0.5, from: first, second)
    }

    /// Amounts N1^(1 − place) · N2^place.
    ///
    /// - Parameter place: 0 is the first budget, 1 the second, 2 one step on.
    package static func at(
        _ place: Double,
        from first: Anchor,
        _ second: Anchor
    ) throws(MixtureError) -> Self {
        guard place.isFinite, abs(place) <= 16 else {
            throw .invalid(field: "place", reason: "place is \(place); -16 … 16 was expected.")
        }
        let low = try logAmounts(first, "first")
        let high = try logAmounts(second, "second")
        guard Set(low.keys) == Set(high.keys) else {
            throw .invalid(
                field: "amounts",
                reason: "The two budgets have different domains; give the same names for both."
            )
        }
        let logs = low.merging(high) { (1 - place) * $0 + place * $1 }
        let top = logs.values.max() ?? 0
        let shares = logs.mapValues { exp($0 - top) }
        let sum = shares.orderedSum
        let tokens = exp(top) * sum
        guard tokens.isFinite, tokens > 0 else {
            throw .invalid(
                field: "tokens",
                reason: "The next budget would be \(tokens) tokens; give two closer budgets."
            )
        }
        return Self(proportions: shares.mapValues { $0 / sum }, tokens: tokens)
    }

    private static func logAmounts(
        _ anchor: Anchor,
        _ name: String
    ) throws(MixtureError) -> [String: Double] {
        try PresetInput.check("tokens", anchor.tokens)
        try PresetInput.check("amounts", anchor.amounts)
        let sum = anchor.amounts.orderedSum
        for (domain, amount) in anchor.amounts.sorted(by: { $0.key < $1.key })
        where !(amount / sum > 0) {
            throw .invalid(
                field: "amounts",
                reason: "The \(name) budget has nothing of \(domain); a ratio of amounts needs"
                    + " positive ones. Give a small share, or leave the domain out of both."
            )
        }
        return anchor.amounts.mapValues { log($0 / sum) + log(anchor.tokens) }
    }
}
