import Runs

/// Logs with one run a line, as `GET /api/v1/projects/{project}/export` writes them:
///
///     {"name": …, "status": "finished", "startTime": µs, "endTime": µs, "params": {…},
///      "tags": {…}, "metrics": {"loss": {"steps": […], "times": […], "values": […]}}}
///
/// Only `metrics` or `params` must be there. `times` may be left out (every point then stands at
/// the run's start) or be `{"start": µs, "interval": µs}`. A metric may be one number: its final
/// value.
package enum JSONLinesImporter: Importer {
    package static let format = "jsonl"
    package static let title = "One JSON object a line and run, with its metric series"

    package static func read(
        _ bytes: [UInt8],
        options: ImportOptions,
        progress: (Double) -> Void
    ) throws(ImportError) -> ImportOutcome {
        let options = try options.applyingPreset()
        guard bytes.count <= Limits.importDecompressedBytes else {
            throw .tooLarge(
                what: "bytes",
                count: bytes.count,
                limit: Limits.importDecompressedBytes
            )
        }
        var assembler = RunAssembler(options: options, automatic: [:])
        var line = 0
        var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        while start < bytes.count {
            line += 1
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            try readLine(bytes[start..<end], line: line, into: &assembler)
            start = end + 1
            if line % 16 == 0 { progress(Double(start) / Double(bytes.count)) }
        }
        progress(1)
        return try assembler.finished()
    }

    private static func readLine(
        _ bytes: ArraySlice<UInt8>,
        line: Int,
        into assembler: inout RunAssembler
    ) throws(ImportError) {
        guard bytes.contains(where: { $0 > 0x20 }) else { return }
        let value: JSONValue
        do {
            value = try JSONParser.parse(bytes)
        } catch {
            let reason = "not JSON: \(error.reason), at byte \(error.offset)"
            let isFirst = assembler.outcome.runs.isEmpty && assembler.outcome.rejected.isEmpty
            if isFirst, assembler.outcome.filtered == 0 {
                throw .format(line: line, reason: reason + ". Is the file of another format?")
            }
            assembler.reject(line: line, reason)
            return
        }
        let reader = JSONRun(value: value, options: assembler.options)
        do {
            let draft = try reader.draft()
            try assembler.add(line: line, field: reader.field(draft), draft: { _ in draft })
        } catch let fault as JSONRun.Fault {
            assembler.reject(line: line, column: fault.field, fault.reason)
        } catch let error as ImportError {
            throw error
        } catch {
            assembler.reject(line: line, "the run cannot be read")
        }
    }
}
