/// Rows under headings, aligned with spaces: text to the left, numbers to the right.
package struct Table {
    package enum Alignment { case left, right }

    private var columns: [(title: String, alignment: Alignment)]
    private var rows: [[String]] = []

    package init(_ columns: [(title: String, alignment: Alignment)]) { self.columns = columns }

    /// Missing cells are empty; line ends and other control characters are shown as spaces.
    package mutating func add(_ cells: [String]) {
        let padded = cells + Array(repeating: "", count: max(0, columns.count - cells.count))
        rows.append(
            padded.prefix(columns.count).map { cell in
                String(cell.map { $0.isNewline || $0 < " " ? " " : $0 })
            }
        )
    }

    package var text: String {
        let widths = columns.indices.map { index in
            rows.reduce(columns[index].title.count) { max($0, $1[index].count) }
        }
        let lines = [columns.map { $0.title }] + rows
        return lines.map { cells in
            var line = ""
            for (index, cell) in cells.enumerated() {
                let space = String(repeating: " ", count: widths[index] - cell.count)
                line += (index > 0 ? "  " : "")
                line += columns[index].alignment == .left ? cell + space : space + cell
            }
            while line.last == " " { line.removeLast() }
            return line
        }
        .joined(separator: "\n")
    }
}
