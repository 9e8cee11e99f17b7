/// An amount shared out by weights under a cap for each domain: what a full domain cannot take goes
/// to the others, by their weights.
package struct CappedShares: Sendable, Hashable, Codable {
    /// Amount of each domain, in the unit of the total; never above its cap.
    package var amounts: [String: Double]
    /// What no domain can take: the total less the sum of the caps, or 0.
    package var unplaced: Double

    /// - Parameters:
    ///   - total: tokens or examples to share out.
    ///   - weights: relative wishes by domain, not negative.
    ///   - caps: most that a domain can take, in the unit of the total; none for a missing name.
    package init(
        total: Double,
        weights: [String: Double],
        caps: [String: Double]
    ) throws(MixtureError) {
        try PresetInput.check("total", total)
        try PresetInput.check("weights", weights)
        try PresetInput.check("caps", caps, isEmptyAllowed: true)
        try PresetInput.checkNames("caps", caps.keys, within: weights.keys)
        let names = weights.keys.sorted()
        let scale = weights.values.max() ?? 0
        guard scale > 0 else {
            throw .invalid(field: "weights", reason: "weights are all 0; one must be positive.")
        }
        let wishes = names.map { (weights[$0] ?? 0) / scale }
        let limits = names.map { caps[$0] ?? .infinity }
        let shared = Self.fill(total, wishes, limits)
        amounts = Dictionary(uniqueKeysWithValues: zip(names, shared))
        let placed = shared.reduce(0, +)
        // Sums of shares differ from the total by roundings only when nothing is full.
        let rest = total - placed
        unplaced = rest > 1e-9 * total ? rest : 0
    }

    /// Water-filling in order of cap over weight: the domains that fill first are found once, so
    /// the answer does not depend on a number of rounds.
    static func fill(_ total: Double, _ weights: [Double], _ caps: [Double]) -> [Double] {
        var amounts = [Double](repeating: 0, count: weights.count)
        let order = weights.indices.filter { weights[$0] > 0 }
            .sorted { (caps[$0] / weights[$0], $0) < (caps[$1] / weights[$1], $1) }
        var weight = order.reduce(0) { $0 + weights[$1] }
        var rest = total
        for index in order {
            let share = weight > 0 ? rest * min(1, weights[index] / weight) : rest
            amounts[index] = min(caps[index], share)
            rest = max(0, rest - amounts[index])
            weight -= weights[index]
        }
        // Domains without a wish take what the others cannot.
        let idle = weights.indices.filter { weights[$0] <= 0 }
        guard rest > 1e-9 * total, !idle.isEmpty else { return amounts }
        let ones = idle.map { _ in 1.0 }
        for (index, amount) in zip(idle, fill(rest, ones, idle.map { caps[$0] })) {
            amounts[index] = amount
        }
        return amounts
    }

    /// The amounts as shares of what was placed.
    package var proportions: [String: Double] {
        let sum = amounts.orderedSum
        return amounts.mapValues { sum > 0 ? $0 / sum : 0 }
    }
}

/// Checks of the numbers that presets take, with the name of the faulty field and domain.
enum PresetInput {
    /// Amounts above this are no tokens of this world, and their products would overflow.
    static let largest = 1e30

    static func check(_ field: String, _ value: Double) throws(MixtureError) {
        guard value.isFinite, value > 0, value <= largest else {
            throw .invalid(
                field: field,
                reason: "\(field) is \(value); a positive number up to 1e30 was expected."
            )
        }
    }

    static func check(
        _ field: String,
        _ values: [String: Double],
        isEmptyAllowed: Bool = false
    ) throws(MixtureError) {
        guard isEmptyAllowed || !values.isEmpty else {
            throw .invalid(field: field, reason: "\(field) is empty; name at least one domain.")
        }
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            guard value.isFinite, value >= 0, value <= largest else {
                throw .invalid(
                    field: field,
                    reason: "\(field) of \(name) is \(value); a number from 0 to 1e30 was expected."
                )
            }
        }
    }

    static func checkNames(
        _ field: String,
        _ names: some Sequence<String>,
        within known: some Collection<String>
    ) throws(MixtureError) {
        let domains = Set(known)
        for name in names.sorted() where !domains.contains(name) {
            throw .invalid(
                field: field,
                reason: "\(field) names \(name), which is no domain here; the domains are "
                    + known.sorted().prefix(20).joined(separator: ", ") + "."
            )
        }
    }
}

extension Dictionary where Key == String, Value == Double {
    /// The sum in order of names: dictionaries have another order in each process, and sums of
    /// floating-point numbers depend on it in the last digits.
    var orderedSum: Double { sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value } }
}
