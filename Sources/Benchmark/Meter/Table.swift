import Foundation

/// A table as Markdown, so that a figure goes from the terminal to the page as it is.
struct Table {
    let columns: [String]
    private(set) var rows: [[String]] = []

    init(_ columns: [String]) { self.columns = columns }

    mutating func add(_ cells: [String]) { rows.append(cells) }

    func show() {
        let widths = columns.indices.map { column in
            ([columns] + rows).map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        show(columns, widths)
        say("|" + widths.map { String(repeating: "-", count: $0 + 2) }.joined(separator: "|") + "|")
        for row in rows { show(row, widths) }
        say("")
    }

    private func show(_ cells: [String], _ widths: [Int]) {
        let padded = zip(cells, widths).map {
            $0.padding(toLength: $1, withPad: " ", startingAt: 0)
        }
        say("| " + padded.joined(separator: " | ") + " |")
    }
}

/// Writes a line at once: a benchmark's output is often a file that somebody watches.
func say(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
}

/// A number with about three digits that count.
func short(_ value: Double) -> String {
    guard value.isFinite else { return "–" }
    let size = abs(value)
    if size >= 1e6 { return String(format: "%.2fM", value / 1e6) }
    if size >= 1e4 { return String(format: "%.0fk", value / 1e3) }
    if size >= 1_000 { return String(format: "%.2fk", value / 1e3) }
    if size >= 100 { return String(format: "%.0f", value) }
    if size >= 10 { return String(format: "%.1f", value) }
    return String(format: size >= 1 ? "%.2f" : "%.3f", value)
}
