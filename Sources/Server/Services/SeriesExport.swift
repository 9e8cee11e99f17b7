import API
import Hummingbird
import NIOCore
import Runs
import Storage

/// Writes whole series while they are read, so that series of any length take the memory of a page.
struct SeriesExport<Writer: ResponseBodyWriter> {
    private var writer: Writer
    private let points: PointStore
    private var text = JSONWriter(capacity: pieceBytes * 2)
    private var failure: (any Error)?

    private static var pieceBytes: Int { 256 << 10 }

    init(_ writer: Writer, _ points: PointStore) {
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
            text.raw(#":{"steps":["#)
            try await writeColumns(run.id, name)
            text.raw("]}")
        }
        text.raw("}}\n")
        try await flush()
    }

    /// Lines of run, metric, step, time and value.
    mutating func writeTable(_ run: Run, metrics: [String]?) async throws {
        for name in run.metrics.keys.filter({ metrics?.contains($0) ?? true }).sorted() {
            let head = "\(run.id.hex),\(Self.cell(name)),"
            try await read(run.id, name, passes: 1) { export, _, page in
                for index in page.steps.indices {
                    export.text.raw(head)
                    export.text.number(page.steps[index])
                    export.text.raw(",")
                    export.text.number(page.times[index])
                    export.text.raw(",")
                    export.text.number(page.values[index])
                    export.text.raw("\r\n")
                }
            }
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

    /// Steps, then times, then values: one pass over the series for each.
    private mutating func writeColumns(_ run: RunID, _ metric: String) async throws {
        var last = 0
        var isFirst = true
        try await read(run, metric, passes: 3) { export, pass, page in
            if pass != last { export.text.raw(pass == 1 ? #"],"times":["# : #"],"values":["#) }
            isFirst = isFirst || pass != last
            last = pass
            if !isFirst, !page.isEmpty { export.text.raw(",") }
            isFirst = false
            switch pass {
            case 0: export.text.elements(page.steps)
            case 1: export.text.elements(page.times)
            default: export.text.elements(page.values)
            }
        }
        if last == 0 { text.raw(#"],"times":[],"values":["#) }
    }

    private mutating func read(
        _ run: RunID,
        _ metric: String,
        passes: Int,
        _ add: (inout Self, Int, PointColumns) -> Void
    ) async throws {
        try await points.readPages(run, metric: metric, passes: passes) { pass, page in
            add(&self, pass, page)
            do {
                try await flush(above: Self.pieceBytes)
            } catch {
                failure = error
            }
            return failure == nil
        }
        if let failure { throw failure }
    }

    private mutating func flush(above limit: Int = 0) async throws {
        guard text.count > limit else { return }
        let buffer = ByteBuffer(bytes: text.bytes)
        text.removeAll()
        try await writer.write(buffer)
    }

    /// Quoted where it holds what would end it.
    private static func cell(_ text: String) -> String {
        guard text.contains(where: { ",\"\r\n".contains($0) }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
