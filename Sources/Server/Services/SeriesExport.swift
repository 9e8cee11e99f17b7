import API
import Hummingbird
import NIOCore
import Runs
import Storage

/// Writes whole series while they are read, so that series of any length take the memory of a page.
struct SeriesExport {
    private var writer: any ResponseBodyWriter
    private let points: PointStore
    private var text = JSONWriter(capacity: 512 << 10)

    private static let pieceBytes = 256 << 10

    init(_ writer: any ResponseBodyWriter, _ points: PointStore) {
        self.writer = writer
        self.points = points
    }

    /// A line of JSON that the importer reads back as the same run; nil takes all its metrics.
    mutating func writeLine(_ run: Run, metrics: [String]?) async throws {
        text.raw("{")
        text.string("name")
        text.raw(":")
        text.string(run.name)
        text.field("status", run.status.rawValue, comma: true)
        text.raw(#","startTime":"#)
        text.number(run.startTime)
        if let endTime = run.endTime {
            text.raw(#","endTime":"#)
            text.number(endTime)
        }
        write("params", run.params)
        write("tags", run.tags)
        text.raw(#","metrics":{"#)
        let names = run.metrics.keys.filter { metrics?.contains($0) ?? true }.sorted()
        for (index, name) in names.enumerated() {
            if index > 0 { text.raw(",") }
            text.string(name)
            text.raw(":{")
            try await writeSeries(run.id, name)
            text.raw("}")
        }
        text.raw("}}\n")
        try await flush()
    }

    /// Lines of run, metric, step, time and value.
    mutating func writeTable(_ run: Run, metrics: [String]?) async throws {
        for name in run.metrics.keys.filter({ metrics?.contains($0) ?? true }).sorted() {
            let head = "\(run.id.hex),\(Self.cell(name)),"
            var cursor: HistoryCursor?
            repeat {
                let page = try await page(run.id, name, after: cursor)
                for index in page.points.steps.indices {
                    text.raw(head)
                    text.number(page.points.steps[index])
                    text.raw(",")
                    text.number(page.points.times[index])
                    text.raw(",")
                    text.number(page.points.values[index])
                    text.raw("\r\n")
                }
                try await flush(above: Self.pieceBytes)
                cursor = page.next
            } while cursor != nil
        }
        try await flush()
    }

    mutating func writeTableHead() { text.raw("run,metric,step,time,value\r\n") }

    mutating func finish() async throws {
        try await flush()
        try await writer.finish(nil)
    }

    private mutating func write(_ name: String, _ pairs: [String: String]) {
        text.raw(#","\#(name)":{"#)
        for (index, pair) in pairs.sorted(by: { $0.key < $1.key }).enumerated() {
            if index > 0 { text.raw(",") }
            text.string(pair.key)
            text.raw(":")
            text.string(pair.value)
        }
        text.raw("}")
    }

    /// Columns of a series that fits a page; of a longer one its points, because only these can be
    /// written while they are read.
    private mutating func writeSeries(_ run: RunID, _ metric: String) async throws {
        var page = try await page(run, metric, after: nil)
        guard page.next != nil else {
            text.raw(#""steps":"#)
            text.array(page.points.steps)
            text.raw(#","times":"#)
            text.array(page.points.times)
            text.raw(#","values":"#)
            return text.array(page.points.values)
        }
        text.raw(#""points":["#)
        var isFirst = true
        while true {
            for index in page.points.steps.indices {
                text.raw(isFirst ? "[" : ",[")
                isFirst = false
                text.number(page.points.steps[index])
                text.raw(",")
                text.number(page.points.times[index])
                text.raw(",")
                text.number(page.points.values[index])
                text.raw("]")
            }
            try await flush(above: Self.pieceBytes)
            guard let cursor = page.next else { break }
            page = try await self.page(run, metric, after: cursor)
        }
        text.raw("]")
    }

    private func page(
        _ run: RunID,
        _ metric: String,
        after cursor: HistoryCursor?
    ) async throws -> HistoryPage {
        try await points.history(
            run,
            metric: metric,
            limit: Limits.historyPageCount,
            after: cursor,
            order: .series
        )
    }

    private mutating func flush(above limit: Int = 0) async throws {
        guard text.count > limit else { return }
        let buffer = ByteBuffer(bytes: text.bytes)
        text.removeAll()
        try await writer.write(buffer)
    }

    /// Quoted where it holds what would end it; an apostrophe keeps a spreadsheet from taking it
    /// for a formula.
    private static func cell(_ text: String) -> String {
        let text = text.first.map { "=+-@".contains($0) } ?? false ? "'" + text : text
        guard text.contains(where: { ",\"\r\n".contains($0) }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
