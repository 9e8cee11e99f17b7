import Foundation
import Runs

/// Reads a log line by line while it is still being written: JSON lines, or a table with a header.
///
/// Numbers are metrics, `NaN` and infinities among them; texts, lists and nulls are passed over.
/// The step is the mapped column, else the first well-known one; the time likewise, as text of ISO
/// 8601 or as seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by size
/// (a small number, such as seconds since the start, is a metric).
package struct LogLineReader: Sendable {
    package enum Format: String, Sendable, CaseIterable { case jsonl, csv }

    private let format: Format
    private let mapping: LogLineMapping
    private var header: [UInt8]?

    package init(_ format: Format, mapping: LogLineMapping) {
        self.format = format
        self.mapping = mapping
    }

    /// A table's first line must be read before its rows, also when reading goes on in the middle.
    package var needsHeader: Bool { format == .csv && header == nil }

    /// A new file begins, with a header of its own.
    package mutating func startOver() { header = nil }

    /// Reads one line without its end; nil when it holds no metric: a blank line, a header, a
    /// message.
    package mutating func read(_ line: ArraySlice<UInt8>) throws(LogLineError) -> LogLine? {
        let isBlank = line.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
        if isBlank { return nil }
        let fields =
            switch format {
            case .jsonl: try object(line)
            case .csv: try row(line)
            }
        return interpret(fields)
    }

    private enum Value {
        case number(Double)
        case text(String)
    }

    private func object(_ line: ArraySlice<UInt8>) throws(LogLineError) -> [String: Value] {
        let value: JSONValue
        do {
            value = try JSONParser.parse(line)
        } catch {
            throw LogLineError("\(error.reason), at character \(error.offset + 1)")
        }
        guard let members = value.object else { throw LogLineError("it is no JSON object") }
        var fields: [String: Value] = [:]
        Self.flatten(members, prefix: "", into: &fields)
        return fields
    }

    private static func flatten(
        _ members: [String: JSONValue],
        prefix: String,
        into fields: inout [String: Value]
    ) {
        for (key, value) in members {
            switch value {
            case .number(let number): fields[prefix + key] = .number(number)
            case .text(let text): fields[prefix + key] = .text(text)
            case .object(let inner): flatten(inner, prefix: prefix + key + "/", into: &fields)
            case .null, .boolean, .numbers, .array: continue
            }
        }
    }

    private mutating func row(_ line: ArraySlice<UInt8>) throws(LogLineError) -> [String: Value] {
        guard let header else {
            self.header = Array(line)
            return [:]
        }
        // The header says what separates cells, so that it is read with every row.
        var reader = CSVReader(header + [0x0A] + line)
        let columns = try Self.cells(&reader)
        let cells = try Self.cells(&reader)
        guard cells.count == columns.count else {
            throw LogLineError("it has \(cells.count) cells; the header has \(columns.count)")
        }
        var fields: [String: Value] = [:]
        for (name, cell) in zip(columns, cells) where !cell.isEmpty {
            fields[name] = NumberText.number(cell).map(Value.number) ?? .text(cell)
        }
        return fields
    }

    private static func cells(_ reader: inout CSVReader) throws(LogLineError) -> [String] {
        var fields: [CSVReader.Field] = []
        do {
            _ = try reader.next(into: &fields)
        } catch {
            throw LogLineError(error.message)
        }
        return fields.map { reader.text($0) ?? "" }
    }

    private func interpret(_ fields: [String: Value]) -> LogLine? {
        var fields = fields
        var line = LogLine(step: nil, time: nil, metrics: [:])
        let stepNames = mapping.step.map { [$0] } ?? LogLineMapping.stepNames
        for name in stepNames {
            guard case .number(let value) = fields[name], let step = Int64(exactly: value) else {
                continue
            }
            line.step = step
            fields[name] = nil
            break
        }
        for name in mapping.time.map({ [$0] }) ?? LogLineMapping.timeNames {
            guard let value = fields[name], let time = Self.time(value) else { continue }
            line.time = time
            fields[name] = nil
            break
        }
        for (name, value) in fields {
            guard case .number(let number) = value else { continue }
            line.metrics[mapping.metrics[name] ?? name] = number
        }
        return line.metrics.isEmpty ? nil : line
    }

    /// Microseconds since 1970.
    private static func time(_ value: Value) -> Int64? {
        switch value {
        case .number(let number):
            switch number {
            case 1e8..<1e11: Int64(exactly: (number * 1e6).rounded())
            case 1e11..<1e14: Int64(exactly: (number * 1e3).rounded())
            case 1e14..<1e17: Int64(exactly: number.rounded())
            case 1e17..<9e18: Int64(exactly: (number / 1e3).rounded())
            default: nil
            }
        case .text(let text):
            date(text).map { Int64(($0.timeIntervalSince1970 * 1e6).rounded()) }
        }
    }

    private static func date(_ text: String) -> Date? {
        guard (10...40).contains(text.utf8.count) else { return nil }
        let joined = text.replacing(" ", with: "T")
        let hasZone =
            joined.hasSuffix("Z") || joined.dropFirst(10).contains { $0 == "+" || $0 == "-" }
        let full = hasZone ? joined : joined + "Z"
        for isFractional in [false, true] {
            let style = Date.ISO8601FormatStyle(includingFractionalSeconds: isFractional)
            if let date = try? style.parse(full) { return date }
        }
        return nil
    }
}
