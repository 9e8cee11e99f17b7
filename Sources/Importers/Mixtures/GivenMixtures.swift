/// A table of mixtures: a column that names each row, then one column per domain. Also what
/// `isoloss mixture predict` reads.
package enum GivenMixtures {
    package struct Row: Sendable, Hashable {
        package var index: String
        /// As written, by domain.
        package var proportions: [String: Double]
    }

    /// Names of columns that name a row and are no domains.
    package static let indexNames: Set<String> = ["", "index", "run", "name", "id", "run_id"]

    /// - Returns: rows in the order of the file; their index is the column `index`, else the first
    ///   that names rows, else the place of the row from 0.
    package static func read(_ bytes: [UInt8]) throws(ImportError) -> [Row] {
        var reader = CSVReader(bytes)
        var fields: [CSVReader.Field] = []
        guard try reader.next(into: &fields) != nil else {
            throw .format(line: 1, reason: "The table is empty; a header with domains is needed.")
        }
        let header = try texts(fields, reader, line: 1)
        let domains = header.indices.filter { !indexNames.contains(header[$0].lowercased()) }
        guard !domains.isEmpty else {
            throw .format(line: 1, reason: "The header names no domain.")
        }
        if let twice = duplicate(domains.map { header[$0] }) {
            throw .format(line: 1, reason: "The domain \(twice) has two columns.")
        }
        let naming =
            header.firstIndex { $0.lowercased() == "index" }
            ?? header.indices.first { indexNames.contains(header[$0].lowercased()) }
        var rows: [Row] = []
        while let line = try reader.next(into: &fields) {
            let cells = try texts(fields, reader, line: line)
            guard cells.count == header.count else {
                throw .format(
                    line: line,
                    reason: "The row has \(cells.count) cells; the header has \(header.count)."
                )
            }
            var proportions: [String: Double] = [:]
            for column in domains {
                guard let value = Double(cells[column]), value.isFinite, value >= 0 else {
                    throw .format(
                        line: line,
                        reason: "The share of \(header[column]) is \"\(cells[column].prefix(40))\";"
                            + " it must be a number from 0 to 1."
                    )
                }
                proportions[header[column]] = value
            }
            let index = naming.map { cells[$0] } ?? String(rows.count)
            rows.append(Row(index: index, proportions: proportions))
        }
        guard !rows.isEmpty else {
            throw .format(line: 2, reason: "The table has a header and no rows.")
        }
        return rows
    }

    private static func texts(
        _ fields: [CSVReader.Field],
        _ reader: CSVReader,
        line: Int
    ) throws(ImportError) -> [String] {
        var texts: [String] = []
        for field in fields {
            guard let text = reader.text(field) else {
                throw .format(line: line, reason: "A cell is not UTF-8.")
            }
            texts.append(trimmed(text))
        }
        return texts
    }

    private static func trimmed(_ text: String) -> String {
        var rest = text[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }

    private static func duplicate(_ names: [String]) -> String? {
        var seen: Set<String> = []
        return names.first { !seen.insert($0).inserted }
    }
}
