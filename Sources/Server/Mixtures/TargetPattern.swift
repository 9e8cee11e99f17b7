import API
import Mixtures
import Runs

/// What is to be made small: one metric, or the mean of all metrics that match a pattern.
///
/// A `*` stands for any text, so `metric/*` is the mean over every validation set of a swarm whose
/// metrics begin so. A metric whose name has a star is named by itself.
struct TargetPattern: Sendable, Hashable {
    let text: String

    /// Metrics of the table that the target means, in the order of the table.
    func metrics(of table: MixtureTable) throws(APIError) -> [String] {
        let known = table.targets.map(\.name)
        if known.contains(text) { return [text] }
        let found = text.contains("*") ? known.filter(matches).sorted() : []
        guard found.isEmpty else { return found }
        let names = known.prefix(20).joined(separator: ", ")
        throw APIError(
            .invalid,
            table.rows.isEmpty
                ? "No finished run of the project has a mixture and a metric."
                : "No metric of the runs with a mixture is \(text.prefix(80)); there are \(names).",
            hint: table.rows.isEmpty
                ? "Log params \(RunMixture.requestedPrefix)<domain>, or import tables with "
                    + "`isoloss import mixtures`."
                : "A * stands for any text: metric/* is the mean of all that begin so.",
            field: "target"
        )
    }

    /// Runs that have every metric of the target, each with the mean of them as its loss.
    func data(of table: MixtureTable) throws(APIError) -> (data: MixtureData, leftOut: Int) {
        let metrics = try metrics(of: table)
        if metrics.count == 1 {
            let data = try MixtureData(table, target: metrics[0])
            return (data, table.rows.count - data.runs.count)
        }
        var mean = table
        for index in mean.rows.indices {
            let values = metrics.compactMap { mean.rows[index].values[$0] }
            guard values.count == metrics.count else { continue }
            mean.rows[index].values[text] = values.reduce(0, +) / Double(values.count)
        }
        let data = try MixtureData(mean, target: text)
        return (data, table.rows.count - data.runs.count)
    }

    private func matches(_ name: String) -> Bool {
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
