import Runs

/// Joins a table of mixtures with one of results by the text of a key.
struct MixtureJoin {
    /// Columns that say which run a row is about; never domains or metrics.
    static let keyColumns = ["run", "name", "index", "run_id", "id"]

    private let mixtures: TextTable
    private let metrics: TextTable
    private let options: ImportOptions
    private let key: String

    init(
        _ mixtures: TextTable,
        _ metrics: TextTable,
        _ options: ImportOptions
    ) throws(ImportError) {
        self.mixtures = mixtures
        self.metrics = metrics
        self.options = options
        if let join = options.mixtures.join {
            for (table, title) in [
                (mixtures, "the join, in the mixtures"),
                (metrics, "the join, in the metrics"),
            ]
            where table.header.indices[join] == nil {
                throw .unknownColumn(join, usedIn: title, known: table.header.names)
            }
            key = join
            return
        }
        let shared = ["run", "run_id", "id", "index", "name"].first {
            mixtures.header.indices[$0] != nil && metrics.header.indices[$0] != nil
        }
        guard let shared else {
            throw .format(
                line: nil,
                reason: "The two tables share none of the columns run, run_id, id, index and name; "
                    + "name the column that both have by join."
            )
        }
        key = shared
    }

    func rows() throws(ImportError) -> JoinedMixtures {
        var result = JoinedMixtures()
        result.rejected = mixtures.rejected + metrics.rejected
        let columns = MixtureColumns(mixtures, besides: key, options.mixtures)
        let results = MixtureColumns(metrics, besides: key, options.mixtures)
        guard !columns.numbers.isEmpty else {
            throw .format(line: 1, reason: "The table of mixtures has no column of numbers.")
        }
        result.warnings = columns.warnings("mixtures") + results.warnings("metrics")
        result.columns = Set(mixtures.header.names).union(metrics.header.names)
        let byKey = Self.unique(metrics, key, "metrics", &result.rejected)
        let mine = Self.unique(mixtures, key, "mixtures", &result.rejected)
        try checkNumbering(Set(mine.keys), Set(byKey.keys))
        for row in mixtures.rows {
            guard let own = Self.key(row, mixtures, key), mine[own]?.line == row.line else {
                continue
            }
            guard let found = byKey[own] else {
                let reason = "no row of the metrics has \(key) \(own)"
                result.rejected.append(RejectedRow(line: row.line, column: key, reason: reason))
                continue
            }
            result.rows.append(joined(own, row, found, columns.numbers, results.numbers))
        }
        let unused = Set(byKey.keys).subtracting(mine.keys).sorted()
        if !unused.isEmpty {
            let shown = unused.prefix(5).joined(separator: ", ")
            result.warnings.append(
                MixtureWarning(
                    .unmatchedRow,
                    "Rows of the metrics without a mixture were left out: \(unused.count) "
                        + "(\(key) \(shown)\(unused.count > 5 ? ", …" : "")).",
                    runs: unused
                )
            )
        }
        guard !result.rows.isEmpty || byKey.isEmpty || mine.isEmpty else {
            throw .format(
                line: nil,
                reason: "No \(key) stands in both tables: the mixtures have \(shown(mine.keys)), "
                    + "the metrics \(shown(byKey.keys))."
            )
        }
        return result
    }

    private func shown(_ keys: Dictionary<String, TextTable.Row>.Keys) -> String {
        keys.sorted().prefix(3).joined(separator: ", ") + (keys.count > 3 ? ", …" : "")
    }

    /// Files that number the same runs from 0 and from 1 would join each run to its neighbour.
    private func checkNumbering(_ mine: Set<String>, _ other: Set<String>) throws(ImportError) {
        guard mine.count > 1, mine.count == other.count, mine != other else { return }
        for shift in [1.0, -1.0] {
            let moved = mine.compactMap { text in
                NumberText.number(text).map { NumberText.text($0 + shift) }
            }
            guard moved.count == mine.count, Set(moved) == other else { continue }
            throw .format(
                line: nil,
                reason:
                    "The \(key) of the metrics is that of the mixtures "
                    + (shift > 0 ? "plus" : "minus")
                    + " 1 throughout: one file numbers from 0 and one from 1. Number both alike."
            )
        }
    }

    private static func unique(
        _ table: TextTable,
        _ key: String,
        _ title: String,
        _ rejected: inout [RejectedRow]
    ) -> [String: TextTable.Row] {
        var found: [String: TextTable.Row] = [:]
        for row in table.rows {
            guard let own = Self.key(row, table, key) else {
                let reason = "the \(key) is missing in the \(title)"
                rejected.append(RejectedRow(line: row.line, column: key, reason: reason))
                continue
            }
            if let first = found[own] {
                let same = first.cells == row.cells ? "the same values" : "other values"
                let reason =
                    "the \(key) \(own) of the \(title) was already on line \(first.line), "
                    + "with \(same); the first counts"
                rejected.append(RejectedRow(line: row.line, column: key, reason: reason))
            } else {
                found[own] = row
            }
        }
        return found
    }

    /// Numbers in their shortest writing, so that 1 and 1.0 are the same key.
    private static func key(_ row: TextTable.Row, _ table: TextTable, _ name: String) -> String? {
        guard let text = table.cell(row, name), !text.isEmpty else { return nil }
        guard text.count <= 15, let number = NumberText.number(text), number.isFinite else {
            return text
        }
        return NumberText.text(number)
    }

    private func joined(
        _ own: String,
        _ mixture: TextTable.Row,
        _ result: TextTable.Row,
        _ domains: [String],
        _ targets: [String]
    ) -> JoinedMixtures.Row {
        var cells: [String: String] = [:]
        for (table, row) in [(metrics, result), (mixtures, mixture)] {
            for (name, text) in zip(table.header.names, row.cells) where !text.isEmpty {
                cells[name] = text
            }
        }
        let shares = Self.texts(domains, mixtures, mixture)
        let values = Self.texts(targets, metrics, result)
        let unnamed = mixtures.unnamedColumns.union(metrics.unnamedColumns)
        let params = cells.filter {
            !unnamed.contains($0.key) && !domains.contains($0.key) && values[$0.key] == nil
        }
        let name = options.nameColumn.flatMap { cells[$0] } ?? cells["name"]
        let written = domains.map { shares[$0] ?? "" }
        return JoinedMixtures.Row(
            line: mixture.line,
            name: name ?? "\(options.label ?? "run") \(own)",
            identity: ([own] + written).joined(separator: "\u{1F}"),
            shares: shares.filter { !$0.value.isEmpty },
            metrics: values,
            cells: cells,
            params: params
        )
    }

    private static func texts(
        _ names: [String],
        _ table: TextTable,
        _ row: TextTable.Row
    ) -> [String: String] {
        var texts: [String: String] = [:]
        for name in names { texts[name] = table.cell(row, name) }
        return texts
    }
}

/// Which columns of a table are numbers that matter.
struct MixtureColumns {
    /// In the order of the file.
    private(set) var numbers: [String] = []
    private var unnamed: [String] = []
    private var texts: [String] = []

    init(_ table: TextTable, besides key: String?, _ options: MixtureImportOptions) {
        let nameless = table.unnamedColumns
        for name in table.header.names where name != key && !MixtureJoin.keyColumns.contains(name) {
            if nameless.contains(name) {
                unnamed.append(name)
            } else if table.hasNumbers(name) || table.rows.isEmpty {
                numbers.append(name)
            } else {
                texts.append(name)
            }
        }
    }

    func warnings(_ title: String) -> [MixtureWarning] {
        var warnings: [MixtureWarning] = []
        if !unnamed.isEmpty {
            let places = unnamed.map { $0.dropFirst("column".count) }.joined(separator: ", ")
            warnings.append(
                MixtureWarning(
                    .unnamedColumn,
                    "Column \(places) of the \(title) has no name and was left out."
                )
            )
        }
        if !texts.isEmpty {
            warnings.append(
                MixtureWarning(
                    .textColumn,
                    "Columns of the \(title) without a number were kept as params: "
                        + texts.prefix(10).joined(separator: ", ") + "."
                )
            )
        }
        return warnings
    }
}
