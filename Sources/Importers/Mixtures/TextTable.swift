import Runs

/// A small table read whole: cells as text under their column's name.
struct TextTable {
    struct Row {
        var line: Int
        /// One text a column, without blanks around it.
        var cells: [String]
    }

    let header: CSVHeader
    private(set) var rows: [Row] = []
    /// Rows with more or fewer cells than the header.
    private(set) var rejected: [RejectedRow] = []

    /// - Parameter title: what the table is called in the message of an error.
    init(_ bytes: [UInt8], title: String) throws(ImportError) {
        try CSVImporter.checkBytes(bytes)
        var reader = CSVReader(bytes)
        var fields: [CSVReader.Field] = []
        guard try reader.next(into: &fields) != nil else {
            throw .format(line: nil, reason: "The table of \(title) is empty.")
        }
        header = try CSVHeader(fields, reader: reader)
        while let line = try reader.next(into: &fields) {
            guard fields.count == header.names.count else {
                rejected.append(
                    RejectedRow(
                        line: line,
                        reason:
                            "the row of the \(title) has \(fields.count) fields, its header has "
                            + "\(header.names.count)"
                    )
                )
                continue
            }
            guard rows.count < Limits.importRunCount else {
                throw .tooLarge(what: "rows", count: rows.count + 1, limit: Limits.importRunCount)
            }
            var cells: [String] = []
            for field in fields {
                guard let text = reader.text(field) else { throw .notUTF8(line: line) }
                cells.append(CSVHeader.trimmed(text))
            }
            rows.append(Row(line: line, cells: cells))
        }
    }

    func cell(_ row: Row, _ column: String) -> String? {
        header.indices[column].map { row.cells[$0] }
    }

    /// Whether any cell of the column is a number.
    func hasNumbers(_ column: String) -> Bool {
        guard let index = header.indices[column] else { return false }
        return rows.contains { NumberText.number($0.cells[index]) != nil }
    }

    /// Columns that had no name in the file.
    var unnamedColumns: Set<String> {
        Set(
            header.names.enumerated().filter { $0.element == "column\($0.offset + 1)" }.map(
                \.element
            )
        )
    }
}
