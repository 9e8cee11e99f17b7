import Runs

/// One table with a training or checkpoint in each row: shares in columns of one prefix, results
/// in columns of another prefix or suffix.
struct WideMixtures {
    private static let knownPrefixes = [RunMixture.requestedPrefix, "weight_", "ratio_"]
    /// Token counts of one checkpoint that two rows give under slightly different numbers.
    private static let sameTokens = 0.01

    private let table: TextTable
    private let options: ImportOptions
    private let prefix: String

    init(_ table: TextTable, _ options: ImportOptions) throws(ImportError) {
        self.table = table
        self.options = options
        let candidates = options.mixtures.sharePrefix.map { [$0] } ?? Self.knownPrefixes
        let found = candidates.first { prefix in
            table.header.names.contains { $0.hasPrefix(prefix) && $0.count > prefix.count }
        }
        guard let found else {
            throw .format(
                line: 1,
                reason: "No column begins with \(candidates.joined(separator: ", ")): a table of "
                    + "mixtures alone has a share of a domain in each such column. Send the "
                    + "results as a second table otherwise."
            )
        }
        prefix = found
    }

    func rows() throws(ImportError) -> JoinedMixtures {
        let columns = MixtureColumns(table, besides: nil, options.mixtures)
        let shares = Set(table.header.names.filter { $0.hasPrefix(prefix) })
        let targets = Set(columns.numbers.filter(isMetric))
        var result = JoinedMixtures()
        result.columns = Set(table.header.names)
        result.rejected = table.rejected
        result.warnings = columns.warnings("mixtures")
        var seen: [String: (tokens: Double?, line: Int)] = [:]
        var repeated: [String] = []
        for (number, row) in table.rows.enumerated() {
            let made = self.row(number + 1, row, shares, targets)
            let tokens = options.map[.tokenCount]?.evaluate {
                made.cells[$0].flatMap { NumberText.number($0) }
            }
            // The same results of the same mixture at nearly the same tokens are one checkpoint.
            let content = Self.content(made, leavingOut: options.map[.tokenCount]?.names ?? [])
            if let first = seen[content], Self.isSame(first.tokens, tokens) {
                repeated.append("line \(row.line)")
                continue
            }
            seen[content] = (tokens, row.line)
            result.rows.append(made)
        }
        if !repeated.isEmpty {
            result.warnings.append(
                MixtureWarning(
                    .repeatedRow,
                    "Rows that repeat the checkpoint of another row were left out: "
                        + "\(repeated.count) (\(repeated.prefix(5).joined(separator: ", "))"
                        + "\(repeated.count > 5 ? ", …" : "")).",
                    runs: repeated
                )
            )
        }
        return result
    }

    private func isMetric(_ column: String) -> Bool {
        guard !column.hasPrefix(prefix) else { return false }
        let layout = options.mixtures
        if layout.metricPrefix == nil, layout.metricSuffix == nil {
            return !options.map.values.contains { $0.names.contains(column) }
        }
        return layout.metricPrefix.map(column.hasPrefix) ?? false
            || layout.metricSuffix.map(column.hasSuffix) ?? false
    }

    private func row(
        _ number: Int,
        _ row: TextTable.Row,
        _ shares: Set<String>,
        _ targets: Set<String>
    ) -> JoinedMixtures.Row {
        var made = JoinedMixtures.Row(
            line: row.line,
            name: "\(options.label ?? "run") \(number)",
            identity: row.cells.joined(separator: "\u{1F}"),
            shares: [:],
            metrics: [:],
            cells: [:],
            params: [:]
        )
        let unnamed = table.unnamedColumns
        for (name, text) in zip(table.header.names, row.cells) {
            if shares.contains(name) {
                if !text.isEmpty { made.shares[String(name.dropFirst(prefix.count))] = text }
            } else if targets.contains(name) {
                made.metrics[name] = text
            } else if !text.isEmpty, !unnamed.contains(name) {
                made.params[name] = text
            }
            if !text.isEmpty { made.cells[name] = text }
        }
        if let name = options.nameColumn.flatMap({ made.cells[$0] }) ?? made.cells["name"] {
            made.name = name
        }
        return made
    }

    private static func content(
        _ row: JoinedMixtures.Row,
        leavingOut names: Set<String>
    ) -> String {
        row.cells.filter { !names.contains($0.key) && !MixtureJoin.keyColumns.contains($0.key) }
            .map { "\($0.key)=\($0.value)" }.sorted().joined(separator: "\u{1F}")
    }

    private static func isSame(_ first: Double?, _ second: Double?) -> Bool {
        guard let first, let second else { return first == nil && second == nil }
        return abs(first - second) <= sameTokens * max(first, second)
    }
}
