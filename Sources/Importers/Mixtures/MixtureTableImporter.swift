import Runs

/// Mixtures and results of a swarm: two tables joined by a key, never by position, or one wide
/// table. Domains and metrics keep the names of the columns.
///
/// Shares are kept as they are written, in params `mixture/<domain>`; what was wrong with their
/// sums is told. Each row is one run. Its identity is its key with its shares, so that two files
/// that both number from 1 do not hide each other.
package enum MixtureTableImporter: Importer {
    package static let format = "mixtures"
    package static let title = "Mixtures and results of a swarm: two tables or one wide one"

    package static func read(
        _ bytes: [UInt8],
        options: ImportOptions,
        progress: (Double) -> Void
    ) throws(ImportError) -> ImportOutcome {
        let options = try options.applyingPreset()
        let rows: JoinedMixtures
        if let count = options.mixtures.mixtureBytes {
            guard count > 0, count < bytes.count else {
                throw .format(
                    line: nil,
                    reason:
                        "The first table must end inside the \(bytes.count) bytes that were sent; "
                        + "its end was given as \(count)."
                )
            }
            let mixtures = try TextTable(Array(bytes[..<count]), title: "mixtures")
            let metrics = try TextTable(Array(bytes[count...]), title: "metrics")
            rows = try MixtureJoin(mixtures, metrics, options).rows()
        } else {
            rows = try WideMixtures(try TextTable(bytes, title: "mixtures"), options).rows()
        }
        progress(0.5)
        return try MixtureRunMaker(options).outcome(of: rows)
    }
}

/// What the tables said, before it is made into runs.
struct JoinedMixtures {
    struct Row {
        var line: Int
        var name: String
        var identity: String
        /// Written shares by domain.
        var shares: [String: String]
        /// Written results by metric.
        var metrics: [String: String]
        /// Every column of the row, for formulas and filters.
        var cells: [String: String]
        /// Columns that are neither shares nor results.
        var params: [String: String]
    }

    var rows: [Row] = []
    var rejected: [RejectedRow] = []
    var warnings: [MixtureWarning] = []
    /// Every column's name, to tell when a formula names another.
    var columns: Set<String> = []
}

/// Turns rows into runs and tells what was set right.
struct MixtureRunMaker {
    let options: ImportOptions

    init(_ options: ImportOptions) { self.options = options }

    func outcome(of table: JoinedMixtures) throws(ImportError) -> ImportOutcome {
        try check(table)
        var assembler = RunAssembler(options: options, automatic: [:])
        for row in table.rejected {
            assembler.reject(line: row.line, column: row.column, row.reason)
        }
        var quirks = MixtureQuirks()
        for row in table.rows {
            let mixture: Mixture
            do {
                mixture = try Mixture(row.shares)
            } catch {
                assembler.reject(line: row.line, column: error.name, error.reason)
                continue
            }
            quirks.note(mixture, row.name)
            try assembler.add(
                line: row.line,
                field: { name in
                    if name == "name" { return FieldValue(text: row.name) }
                    return row.cells[name].map(FieldValue.init(text:))
                },
                draft: { assembler in draft(row, &quirks, &assembler) }
            )
        }
        assembler.tell(table.warnings + quirks.warnings())
        return try assembler.finished()
    }

    private func check(_ table: JoinedMixtures) throws(ImportError) {
        if let name = options.nameColumn, !table.columns.contains(name) {
            throw .unknownColumn(
                name,
                usedIn: "the name of the runs",
                known: table.columns.sorted()
            )
        }
        for (role, expression) in options.map.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            for name in expression.names.sorted() where !table.columns.contains(name) {
                throw .unknownColumn(
                    name,
                    usedIn: "\(role.rawValue)=\(expression.text)",
                    known: table.columns.sorted()
                )
            }
        }
    }

    private func draft(
        _ row: JoinedMixtures.Row,
        _ quirks: inout MixtureQuirks,
        _ assembler: inout RunAssembler
    ) -> RunAssembler.Draft? {
        var params = row.params
        for (domain, text) in row.shares { params[RunMixture.requestedPrefix + domain] = text }
        for (name, text) in params {
            guard text.count <= Limits.paramValueCharacters, name.count <= Limits.keyCharacters
            else {
                assembler.reject(line: row.line, column: name, "the name or value is too long")
                return nil
            }
        }
        var series: [String: PointColumns] = [:]
        for (metric, text) in row.metrics {
            guard let value = NumberText.number(text) else {
                quirks.noteMissing(metric, row.name)
                continue
            }
            series[metric] = PointColumns(
                steps: [0],
                times: [options.importTime],
                values: [value]
            )
        }
        return RunAssembler.Draft(
            name: row.name,
            params: params,
            tags: options.mixtures.tags,
            series: series,
            identity: row.identity
        )
    }
}

/// Counts what was set right in the mixtures of a file.
struct MixtureQuirks {
    private var names: [MixtureWarning.Kind: [String]] = [:]
    private var sums: [Double] = []
    private var missing: [String: Int] = [:]
    private var incomplete: [String] = []

    mutating func note(_ mixture: Mixture, _ run: String) {
        sums.append(mixture.givenSum)
        for kind in mixture.quirks { names[kind, default: []].append(run) }
    }

    mutating func noteMissing(_ metric: String, _ run: String) {
        missing[metric, default: 0] += 1
        if incomplete.last != run { incomplete.append(run) }
    }

    func warnings() -> [MixtureWarning] {
        let sentences: [(MixtureWarning.Kind, String)] = [
            (.sumOffOne, "have shares whose sum is more than 0.001 from 1"),
            (.rounded, "have rounded shares that do not sum to 1 exactly"),
            (.percent, "have shares in per cent"),
            (.duplicateDomain, "name a domain twice"),
        ]
        let ends = [sums.min() ?? 1, sums.max() ?? 1]
            .map { NumberText.text(($0 * 1e6).rounded() / 1e6) }
        var warnings = sentences.compactMap { kind, text -> MixtureWarning? in
            guard let runs = names[kind] else { return nil }
            let shown = runs.prefix(MixtureWarning.shownNameCount).joined(separator: ", ")
            let more = runs.count > MixtureWarning.shownNameCount ? ", …" : ""
            return MixtureWarning(
                kind,
                "\(runs.count) of \(sums.count) runs (\(shown)\(more)) \(text); all sums lie from "
                    + "\(ends[0]) to \(ends[1]). A fit divides by the sum.",
                runs: runs
            )
        }
        if !missing.isEmpty {
            let metrics = missing.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(5)
                .map { "\($0.key) in \($0.value)" }.joined(separator: ", ")
            warnings.append(
                MixtureWarning(
                    .missingValue,
                    "Results are missing or no numbers: \(metrics) runs; these runs count for the "
                        + "other metrics only.",
                    runs: incomplete
                )
            )
        }
        return warnings
    }
}
