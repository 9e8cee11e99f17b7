import API
import Mixtures
import Runs

/// What is to be made small: one metric, the mean of all metrics that match a pattern, or a
/// weighted sum of such, "0.6 * loss/a + 0.4 * loss/b".
///
/// A `*` within a name stands for any text, so `metric/*` is the mean over every validation set of
/// a swarm whose metrics begin so. A metric whose name has a star is named by itself.
struct TargetPattern: Sendable, Hashable {
    let text: String

    /// Metrics of the table that the target is made of, with their weights.
    func parts(of table: MixtureTable) throws(APIError) -> [TargetPart] {
        let known = table.targets.map(\.name)
        if known.contains(text) { return [TargetPart(name: text, weight: 1)] }
        let terms: [WeightedTarget.Term]
        do {
            terms = try WeightedTarget(parsing: text).terms
        } catch {
            throw APIError(.invalid, error.message, field: "target")
        }
        var weights: [String: Double] = [:]
        for term in terms {
            let found = try Self.metrics(term.name, known, hasRows: !table.rows.isEmpty)
            for name in found { weights[name, default: 0] += term.weight / Double(found.count) }
        }
        return weights.sorted { $0.key < $1.key }
            .map { TargetPart(name: $0.key, weight: $0.value) }
    }

    private static func metrics(
        _ pattern: String,
        _ known: [String],
        hasRows: Bool
    ) throws(APIError) -> [String] {
        if known.contains(pattern) { return [pattern] }
        let found = pattern.contains("*") ? known.filter { matches($0, pattern) } : []
        guard found.isEmpty else { return found }
        let names = known.prefix(20).joined(separator: ", ")
        throw APIError(
            .invalid,
            hasRows
                ? "No metric of the runs with a mixture is \(pattern.prefix(80)); there are \(names)."
                : "No finished run of the project has a mixture and a metric.",
            hint: hasRows
                ? "A * stands for any text: metric/* is the mean of all that begin so; a weighted"
                    + " sum is 0.6 * loss/a + 0.4 * loss/b."
                : "Log params \(RunMixture.requestedPrefix)<domain>, or import tables with "
                    + "`isoloss import mixtures`.",
            field: "target"
        )
    }

    /// Runs that have every metric of the target, each with their weighted sum as its loss.
    func data(of table: MixtureTable) throws(APIError) -> (data: MixtureData, leftOut: Int) {
        let parts = try parts(of: table)
        guard parts.count > 1 else {
            var data = try MixtureData(table, target: parts[0].name)
            for index in data.runs.indices { data.runs[index].loss *= parts[0].weight }
            return (data, table.rows.count - data.runs.count)
        }
        var whole = table
        whole.rows = table.rows.filter { row in
            parts.allSatisfy { row.values[$0.name] != nil }
        }
        guard !whole.rows.isEmpty else {
            throw APIError(
                .invalid,
                "No run has all \(parts.count) metrics of the target \(text.prefix(80)).",
                field: "target"
            )
        }
        let first = try MixtureData(whole, target: parts[0].name)
        let losses = whole.rows.map { row in
            parts.map { part in
                let value = row.values[part.name] ?? .nan
                return row.isHigherBetter ? 1 - value : value
            }
        }
        do {
            let data = try MixtureData(
                domains: first.domains,
                runs: first.runs,
                parts: parts,
                losses: losses,
                availableTokens: first.availableTokens
            )
            return (data, table.rows.count - data.runs.count)
        } catch {
            throw APIError(.invalid, error.message, field: "target")
        }
    }

    private static func matches(_ name: String, _ text: String) -> Bool {
        let parts = text.split(separator: "*", omittingEmptySubsequences: false)
        guard let first = parts.first, let last = parts.last, name.hasPrefix(first) else {
            return false
        }
        var rest = name.dropFirst(first.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let range = rest.firstRange(of: part) else { return false }
            rest = rest[range.upperBound...]
        }
        return rest.hasSuffix(last)
    }
}
