package import Runs

/// Reads one kind of file into runs. Adding a format: one file in `Formats/`, one line in
/// `Catalogue.swift`.
///
/// 1. A fault of the whole file (no header, unknown column, not UTF-8, too large) throws, and
///    nothing is imported; a fault of one row puts that row among the rejected and the rest is
///    imported.
/// 2. Reading the same bytes with the same options gives runs of the same identities.
/// 3. Diverged runs are kept and carry the tag of `DivergedTag`.
package protocol Importer: Sendable {
    /// The word in `--format` and on the wire.
    static var format: String { get }
    /// What the format is, for people.
    static var title: String { get }

    /// - Parameter progress: told now and then which share of the bytes is read, 0 to 1.
    static func read(
        _ bytes: [UInt8],
        options: ImportOptions,
        progress: (Double) -> Void
    ) throws(ImportError) -> ImportOutcome
}

/// How a file is to be understood.
package struct ImportOptions: Sendable {
    /// Formulas over the file's columns; each value is stored as a param of the role's name, a loss
    /// as a point of the metric `loss`.
    package var map: [Role: Expression]
    /// The column that names the runs and makes a second import recognise them.
    package var nameColumn: String?
    /// Separates files whose names or numbers repeat each other's.
    package var label: String?
    /// Rows that do not pass are left out and counted.
    package var filter: RunFilter?
    package var parameterConvention: String?
    /// A name of `ImportPreset.all`; options given beside it win over its own.
    package var preset: String?
    /// How mixtures and results stand in the file or files.
    package var mixtures: MixtureImportOptions
    /// Time of points for which the file gives none, in microseconds since 1970.
    package var importTime: Int64

    package init(
        map: [Role: Expression] = [:],
        nameColumn: String? = nil,
        label: String? = nil,
        where filter: RunFilter? = nil,
        parameterConvention: String? = nil,
        preset: String? = nil,
        mixtures: MixtureImportOptions = MixtureImportOptions(),
        importTime: Int64 = 0
    ) {
        self.map = map
        self.nameColumn = nameColumn
        self.label = label
        self.filter = filter
        self.parameterConvention = parameterConvention
        self.preset = preset
        self.mixtures = mixtures
        self.importTime = importTime
    }

    /// These options with the preset's filled in where nothing was given.
    package func applyingPreset() throws(ImportError) -> ImportOptions {
        guard let preset else { return self }
        guard let known = ImportPreset.all.first(where: { $0.name == preset }) else {
            throw .unknownPreset(preset, known: ImportPreset.all.map { $0.name })
        }
        var options = self
        options.preset = nil
        for (role, text) in known.map where options.map[role] == nil {
            do {
                options.map[role] = try Expression(parsing: text)
            } catch {
                throw .format(line: nil, reason: "Preset \(preset): \(error.message)")
            }
        }
        options.nameColumn = nameColumn ?? known.nameColumn
        options.parameterConvention = parameterConvention ?? known.parameterConvention
        options.mixtures = mixtures.completed(by: known.mixtures)
        return options
    }
}

/// What a file held.
package struct ImportOutcome: Sendable {
    package var runs: [ImportedRun] = []
    package var rejected: [RejectedRow] = []
    /// Runs among `runs` whose loss is not finite or above 1.5 times the least of their (N, D)
    /// cell.
    package var diverged = 0
    /// Rows left out by the filter.
    package var filtered = 0
    /// Sentences about values that contradict each other, for people.
    package var notes: [String] = []

    package init() {}
}

/// A row that was not imported.
package struct RejectedRow: Sendable, Hashable, Codable {
    /// 1-based line on which the row begins.
    package var line: Int
    package var column: String?
    package var reason: String

    package init(line: Int, column: String? = nil, reason: String) {
        self.line = line
        self.column = column
        self.reason = reason
    }
}
