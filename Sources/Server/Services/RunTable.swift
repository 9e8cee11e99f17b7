package import API
import Foundation
import Runs

/// Runs as rows of a table of chosen fields, as CSV or JSON lines. Pure.
///
/// 1. CSV is RFC 4180. Texts that a spreadsheet would run as a formula get an apostrophe before
///    them; numbers are written as they are, so -1 stays a number.
/// 2. JSON lines keep a number a number and a text a text; what a run lacks is null.
package struct RunTable: Sendable {
    package enum Format: String, Sendable, CaseIterable {
        case csv, jsonl
    }

    package enum Cell: Sendable, Hashable {
        case number(Double)
        case integer(Int64)
        case text(String)
        case missing
    }

    /// What every run has.
    package static let headFields = [
        "id", "name", "status", "state", "group", "parent", "startTime", "endTime", "updatedAt",
        "heardAt", "note",
    ]

    package let fields: [String]
    package let format: Format

    package init(fields: [String], format: Format) {
        self.fields = fields
        self.format = format
    }

    /// The line above the rows; nothing for JSON lines.
    package var head: String {
        format == .csv
            ? fields.map { Self.quoted(Self.disarmed($0)) }.joined(separator: ",") + "\r\n" : ""
    }

    package func line(_ run: RunMessage) -> [UInt8] {
        let cells = fields.map { Self.cell($0, of: run) }
        switch format {
        case .csv:
            return Array((cells.map(Self.csv).joined(separator: ",") + "\r\n").utf8)
        case .jsonl:
            var writer = JSONWriter(capacity: 64 * fields.count + 64)
            for (index, cell) in cells.enumerated() {
                writer.byte(UInt8(ascii: index == 0 ? "{" : ","))
                writer.string(fields[index])
                writer.byte(UInt8(ascii: ":"))
                switch cell {
                case .number(let value): writer.number(value)
                case .integer(let value): writer.number(value)
                case .text(let text): writer.string(text)
                case .missing: writer.raw("null")
                }
            }
            writer.raw("}\n")
            return Array(writer.bytes)
        }
    }

    /// What a field's name stands for: one of `headFields`, or `params.X`, `tags.X`, `roles.X`,
    /// `metrics.X` for its last value, and `metrics.X.min`, `.max`, `.lastStep`, `.count`,
    /// `.notFinite`.
    package static func cell(_ field: String, of run: RunMessage) -> Cell {
        switch field {
        case "id": return .text(run.id.hex)
        case "name": return .text(run.name)
        case "project": return .text(run.project.hex)
        case "status": return .text(run.status.rawValue)
        case "state": return .text(run.state.rawValue)
        case "group": return text(run.group)
        case "parent": return text(run.parent?.hex)
        case "note": return text(run.note)
        case "startTime": return .integer(run.startTime)
        case "endTime": return run.endTime.map(Cell.integer) ?? .missing
        case "updatedAt": return .integer(run.updatedAt)
        case "heardAt": return .integer(run.heardAt)
        default: return named(field, of: run)
        }
    }

    /// Whether `cell` can answer for the field at all.
    package static func isKnown(_ field: String) -> Bool {
        if headFields.contains(field) || field == "project" { return true }
        let prefixes = ["params.", "tags.", "metrics.", "roles."]
        return prefixes.contains { field.hasPrefix($0) && field.count > $0.count }
    }

    private static func named(_ field: String, of run: RunMessage) -> Cell {
        guard let dot = field.firstIndex(of: ".") else { return .missing }
        let name = String(field[field.index(after: dot)...])
        switch field[..<dot] {
        case "params": return text(run.params[name])
        case "tags": return text(run.tags[name])
        case "roles":
            return Role(rawValue: name).flatMap { run.roles[$0] }.map(Cell.number) ?? .missing
        case "metrics": return metric(name, of: run)
        default: return .missing
        }
    }

    /// A metric may itself be called `a.min`, so the whole name is looked for first.
    private static func metric(_ name: String, of run: RunMessage) -> Cell {
        if let metric = run.metrics[name] { return .number(metric.last) }
        guard let dot = name.lastIndex(of: "."), let metric = run.metrics[String(name[..<dot])]
        else { return .missing }
        switch name[name.index(after: dot)...] {
        case "last": return .number(metric.last)
        case "min": return metric.min.map(Cell.number) ?? .missing
        case "max": return metric.max.map(Cell.number) ?? .missing
        case "lastStep": return .integer(metric.lastStep)
        case "count": return .integer(metric.count)
        case "notFinite": return .integer(metric.notFinite)
        default: return .missing
        }
    }

    private static func text(_ text: String?) -> Cell { text.map(Cell.text) ?? .missing }

    private static func csv(_ cell: Cell) -> String {
        switch cell {
        case .number(let value): NumberText.text(value)
        case .integer(let value): String(value)
        case .text(let text): quoted(disarmed(text))
        case .missing: ""
        }
    }

    private static func disarmed(_ text: String) -> String {
        guard let first = text.unicodeScalars.first, "=+-@\t\r\n".unicodeScalars.contains(first),
            NumberText.number(text) == nil
        else { return text }
        return "'" + text
    }

    private static func quoted(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { "\",\r\n".unicodeScalars.contains($0) })
        else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
