import Runs

/// Tables of finished runs, one a row. Every column is kept as a param with its text unchanged;
/// what the columns mean is said by `ImportOptions.map`.
package enum CSVImporter: Importer {
    package static let format = "csv"
    package static let title = "Table with a header line, separated by comma, semicolon or tab"

    package static func read(
        _ bytes: [UInt8],
        options: ImportOptions,
        progress: (Double) -> Void
    ) throws(ImportError) -> ImportOutcome {
        let options = try options.applyingPreset()
        try checkBytes(bytes)
        var reader = CSVReader(bytes)
        var fields: [CSVReader.Field] = []
        guard try reader.next(into: &fields) != nil else { throw .empty }
        let header = try CSVHeader(fields, reader: reader)
        try header.check(options)
        var assembler = RunAssembler(
            options: options,
            automatic: header.automaticRoles(besides: options.map)
        )
        var rowCount = 0
        while let line = try reader.next(into: &fields) {
            rowCount += 1
            if rowCount % 512 == 0 { progress(Double(reader.position) / Double(bytes.count)) }
            let row = CSVRow(header: header, fields: fields, reader: reader, line: line)
            try row.add(to: &assembler)
        }
        progress(1)
        return try assembler.finished()
    }

    static func checkBytes(_ bytes: [UInt8]) throws(ImportError) {
        guard bytes.count <= Limits.importDecompressedBytes else {
            throw .tooLarge(
                what: "bytes",
                count: bytes.count,
                limit: Limits.importDecompressedBytes
            )
        }
        guard !bytes.contains(0) else {
            throw .format(
                line: nil,
                reason: "The file holds zero bytes: it is not text, or it is UTF-16. "
                    + "Save it as UTF-8 and import it again."
            )
        }
    }
}

/// The names of the columns.
struct CSVHeader {
    let names: [String]
    let indices: [String: Int]

    init(_ fields: [CSVReader.Field], reader: CSVReader) throws(ImportError) {
        guard fields.count <= Limits.importColumnCount else {
            throw .tooLarge(what: "columns", count: fields.count, limit: Limits.importColumnCount)
        }
        var names: [String] = []
        var indices: [String: Int] = [:]
        for (index, field) in fields.enumerated() {
            guard let text = reader.text(field) else { throw .notUTF8(line: 1) }
            let name = text.isEmpty ? "column\(index + 1)" : Self.trimmed(text)
            try Self.check(name, number: index + 1)
            if let first = indices.updateValue(index, forKey: name) {
                throw .format(
                    line: 1,
                    reason: "columns \(first + 1) and \(index + 1) are both called \(name); "
                        + "rename one."
                )
            }
            names.append(name)
        }
        self.names = names
        self.indices = indices
    }

    /// Refuses options that speak of columns that do not exist.
    func check(_ options: ImportOptions) throws(ImportError) {
        for (role, expression) in options.map.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            for name in expression.names.sorted() where indices[name] == nil {
                throw .unknownColumn(
                    name,
                    usedIn: "\(role.rawValue)=\(expression.text)",
                    known: names
                )
            }
        }
        if let name = options.nameColumn, indices[name] == nil {
            throw .unknownColumn(name, usedIn: "the name of the runs", known: names)
        }
        let required = options.filter?.requiredNames.sorted() ?? []
        for name in required where indices[name] == nil && Role(rawValue: name) == nil {
            throw .unknownColumn(name, usedIn: "the filter", known: names)
        }
    }

    /// For each role the best column that is called like it.
    func automaticRoles(besides mapped: [Role: Expression]) -> [Role: Expression] {
        var found: [Role: Expression] = [:]
        for role in Role.allCases where mapped[role] == nil {
            let aliases = RoleAliases.names[role] ?? []
            guard let name = aliases.first(where: { indices[$0] != nil }) else { continue }
            found[role] = Expression(.name(name))
        }
        return found
    }

    private static func check(_ name: String, number: Int) throws(ImportError) {
        let isPrintable = name.unicodeScalars.allSatisfy {
            $0.properties.generalCategory != .control
        }
        guard name.count <= Limits.keyCharacters, isPrintable else {
            throw .format(
                line: 1,
                reason: "the name of column \(number) must be at most \(Limits.keyCharacters) "
                    + "printable characters."
            )
        }
    }

    static func trimmed(_ text: String) -> String {
        var text = text[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}

/// One row under its header.
struct CSVRow {
    let header: CSVHeader
    let fields: [CSVReader.Field]
    let reader: CSVReader
    let line: Int

    func add(to assembler: inout RunAssembler) throws(ImportError) {
        guard fields.count == header.names.count else {
            assembler.reject(
                line: line,
                "the row has \(fields.count) fields, the header has \(header.names.count)"
            )
            return
        }
        guard let texts = texts() else { throw .notUTF8(line: line) }
        try assembler.add(
            line: line,
            field: { name in
                header.indices[name].map { FieldValue(text: texts[$0]) }
            },
            draft: { assembler in draft(texts, &assembler) }
        )
    }

    private func texts() -> [String]? {
        var texts: [String] = []
        texts.reserveCapacity(fields.count)
        for field in fields {
            guard let text = reader.text(field) else { return nil }
            texts.append(text)
        }
        return texts
    }

    private func draft(_ texts: [String], _ assembler: inout RunAssembler) -> RunAssembler.Draft? {
        var params: [String: String] = Dictionary(minimumCapacity: texts.count + 8)
        for (name, text) in zip(header.names, texts) where !text.isEmpty {
            guard
                text.utf8.count <= Limits.paramValueCharacters
                    || text.count <= Limits.paramValueCharacters
            else {
                assembler.reject(
                    line: line,
                    column: name,
                    "the value has more than \(Limits.paramValueCharacters) characters"
                )
                return nil
            }
            params[name] = text
        }
        let name = assembler.options.nameColumn.flatMap { header.indices[$0] }.map { texts[$0] }
        return RunAssembler.Draft(
            name: name,
            params: params,
            identity: name
                ?? (assembler.options.map.isEmpty ? texts.joined(separator: "\u{1F}") : "")
        )
    }
}
