import API
import Client
import Foundation

/// What a spool holds, run by run.
enum SpoolSummary {
    struct Row: Codable, Sendable {
        var run: String
        var id: String?
        var server: String
        var points: Int
        var records: Int
        var bytes: Int
        /// Seconds since the first record that waits.
        var oldestSeconds: Double?
        var refused: Int
        var lastError: String?
        var folder: String
    }

    /// Runs of which something waits or was set aside.
    static func rows(_ folder: SpoolFolder) throws(SpoolError) -> [Row] {
        var rows: [Row] = []
        for run in folder.runs() {
            let waiting = try run.waiting()
            let refused = run.refusedCount()
            guard waiting.records > 0 || refused > 0, let target = try? run.target() else {
                continue
            }
            rows.append(
                Row(
                    run: target.shown,
                    id: target.run,
                    server: shown(target.server),
                    points: waiting.points,
                    records: waiting.records,
                    bytes: SpoolFolder.byteCount(below: run.folder),
                    oldestSeconds: waiting.since.map {
                        Double(max(0, currentMicroseconds() - $0)) / 1e6
                    },
                    refused: refused,
                    lastError: run.progress().lastError,
                    folder: run.folder
                )
            )
        }
        return rows
    }

    static func table(_ rows: [Row]) -> String {
        guard !rows.isEmpty else { return "Nothing waits." }
        var table = Table([
            ("run", .left), ("server", .left), ("points", .right), ("KiB", .right),
            ("oldest", .right), ("refused", .right),
        ])
        for row in rows {
            table.add([
                row.run, row.server, "\(row.points)", "\((row.bytes + 1_023) >> 10)",
                row.oldestSeconds.map { "\(Int($0)) s" } ?? "–", "\(row.refused)",
            ])
        }
        var lines = [table.text]
        for row in rows {
            if let error = row.lastError { lines.append("\(row.run): \(error)") }
            if row.refused > 0 { lines.append("\(row.run): see \(row.folder)/refused") }
        }
        return lines.joined(separator: "\n")
    }

    static func json(_ rows: [Row]) -> String {
        // Rows of texts and numbers can always be written.
        let data = (try? WireJSON.encoder().encode(["runs": rows])) ?? Data()
        return String(decoding: data, as: UTF8.self)
    }

    private static func shown(_ server: String) -> String {
        (try? ServerAddress(server))?.shown ?? server
    }
}
