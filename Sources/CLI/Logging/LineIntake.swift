import Client
import Foundation
import Importers
import Runs

/// Turns followed lines into records of the spool.
struct LineIntake {
    /// Lines in one record.
    static let lineCount = 1_000
    static let valueCount = 20_000

    private var reader: LogLineReader
    private let endMarker: String?
    /// Lines with metrics so far, which stand for the step where a log has none.
    private(set) var acceptedCount: Int64
    private var lastStep: Int64?
    private(set) var rejectedCount = 0
    private(set) var firstProblem: String?
    private(set) var isEnded = false

    init(_ reader: LogLineReader, endMarker: String?, mark: SourceMark?) {
        self.reader = reader
        self.endMarker = endMarker
        acceptedCount = mark?.lineCount ?? 0
        lastStep = mark?.lastStep
    }

    var needsHeader: Bool { reader.needsHeader }

    mutating func startOver() { reader.startOver() }

    mutating func readHeader(_ line: [UInt8]) { _ = try? reader.read(line[...]) }

    /// Reads lines; the last record carries the mark, so that lines and mark are kept together.
    /// - Parameter now: microseconds since 1970, for lines that say no time.
    mutating func records(
        _ lines: [LineCutter.Line],
        mark: SourceMark?,
        now: Int64
    ) -> [SpoolRecord] {
        var logged: [LoggedLine] = []
        var records: [SpoolRecord] = []
        var valueCount = 0
        for line in lines {
            guard !isEnded, let read = read(line, now: now) else { continue }
            logged.append(read)
            valueCount += read.metrics.count
            if logged.count >= Self.lineCount || valueCount >= Self.valueCount {
                records += Self.records(logged, now)
                logged = []
                valueCount = 0
            }
        }
        records += Self.records(logged, now)
        guard var mark, !lines.isEmpty else { return records }
        mark.lineCount = acceptedCount
        mark.lastStep = lastStep
        if records.isEmpty {
            return [SpoolRecord(.checkpoint, .init(time: now, marks: [mark]))]
        }
        records[records.count - 1].header.marks = [mark]
        return records
    }

    private mutating func read(_ line: LineCutter.Line, now: Int64) -> LoggedLine? {
        if let endMarker, Self.trimmed(line.bytes) == Array(endMarker.utf8)[...] {
            isEnded = true
            return nil
        }
        do {
            guard let read = try reader.read(line.bytes) else { return nil }
            let metrics = read.metrics.filter { Self.isName($0.key) }
            if metrics.count < read.metrics.count {
                reject("a metric's name is empty, too long or not printable")
            }
            guard !metrics.isEmpty else { return nil }
            let step = read.step ?? lastStep ?? acceptedCount
            if let given = read.step { lastStep = given }
            acceptedCount += 1
            return LoggedLine(step: step, time: read.time ?? now, metrics: metrics)
        } catch {
            reject(error.message)
            return nil
        }
    }

    private mutating func reject(_ problem: String) {
        rejectedCount += 1
        firstProblem = firstProblem ?? problem
    }

    static func isName(_ name: String) -> Bool {
        (1...Limits.keyCharacters).contains(name.count)
            && name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var bytes = bytes.drop { $0 <= 0x20 }
        while let last = bytes.last, last <= 0x20 { bytes.removeLast() }
        return bytes
    }

    private static func records(_ lines: [LoggedLine], _ now: Int64) -> [SpoolRecord] {
        PointsText.entries(lines).map { entry in
            SpoolRecord(.points, .init(time: now, pointCount: entry.pointCount), body: entry.body)
        }
    }
}
