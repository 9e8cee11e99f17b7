import API
import Foundation
import Runs
import Synchronization
import TestSupport
import Testing

/// The built command line against the real server.
@Suite(.serialized, .timeLimit(.minutes(10))) struct LoggingTests {
    private let folder = NSTemporaryDirectory() + "isoloss-log-\(UUID().uuidString)"

    private func isoloss(_ url: String, _ arguments: [String]) async throws -> ChildProcess.Result {
        try await ChildProcess.run(
            Products.program("isoloss"),
            arguments,
            environment: ["ISOLOSS_SERVER": url, "ISOLOSS_SPOOL": folder + "/spool"]
        )
    }

    @Test func `a server that is killed while a log is followed has every line once in the end`()
        async throws
    {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let data = try ServerProcess.makeDataDirectory()
        let first = try await ServerProcess(dataDirectory: data)
        let log = folder + "/train.jsonl"
        try Data().write(to: URL(filePath: log))
        let url = first.url
        async let following = isoloss(
            url,
            [
                "log", "--follow", log, "--project", "followed", "--name", "r", "--end-marker",
                "the end", "--status", "finished",
            ]
        )
        let handle = try FileHandle(forWritingTo: URL(filePath: log))
        func write(_ steps: Range<Int>) async throws {
            for start in stride(from: steps.lowerBound, to: steps.upperBound, by: 50) {
                let lines = (start..<min(steps.upperBound, start + 50)).map {
                    "{\"step\": \($0), \"loss\": \(1 / Double($0 + 1)), \"lr\": NaN}\n"
                }
                try handle.write(contentsOf: Data(lines.joined().utf8))
                try await Task.sleep(for: .milliseconds(20))
            }
        }
        try await write(0..<2_000)
        await first.killHard()
        try await write(2_000..<4_000)
        let second = try await ServerProcess(dataDirectory: data, port: first.port)
        try await write(4_000..<5_000)
        try handle.write(contentsOf: Data("the end\n".utf8))
        let followed = try await following
        #expect(followed.status == 0, "\(followed.errors)")
        let synced = try await isoloss(url, ["sync"])
        #expect(synced.status == 0, "\(synced.errors)")
        #expect(synced.output.hasSuffix(" 0 wait.\n"))
        let run = try await #require(runs(url, "followed").first)
        #expect(run.id.hex == followed.output.trimmingCharacters(in: .whitespacesAndNewlines))
        #expect(run.status == .finished)
        let points = try await points(url, "followed", "loss")
        #expect(points.map(\.step).sorted() == Array(0..<5_000))
        #expect(points.allSatisfy { $0.value == 1 / Double($0.step + 1) })
        #expect(run.metrics["lr"]?.notFinite == 5_000)
        #expect(await second.stop() == 0)
        try FileManager.default.removeItem(atPath: data)
    }

    @Test func `calls of a job are quick without a server and arrive in order later`() async throws
    {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let away = "http://127.0.0.1:9"
        for step in 0..<5 {
            var arguments = ["log", "--project", "calls", "--name", "r", "--param", "lr=0.1"]
            arguments += ["--metric", "loss=\(5 - step)", "--step", "\(step)"]
            let result = try await isoloss(away, arguments)
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.errors.contains("\(step + 1) points wait"))
        }
        let waiting = try await isoloss(away, ["sync", "--status"])
        #expect(waiting.output.contains("calls/r"))
        let once = try await isoloss(away, ["sync", "--once"])
        #expect(once.status == 69)
        #expect(once.output == "0 points sent, 5 wait.\n")
        try await ServerProcess.with { server in
            let moved = try await deliver(
                server.url,
                [
                    "log", "--project", "calls", "--name", "r", "--metric", "loss=1", "--status",
                    "failed",
                ],
                leaving: 5
            )
            #expect(moved.status == 0 && moved.text == "", "\(moved.text)")
            let run = try await #require(runs(server.url, "calls").first)
            #expect(run.status == .failed && run.metrics["loss"]?.count == 1)
            let refused = try await deliver(
                server.url,
                ["log", "--run", String(repeating: "0", count: 32), "--metric", "loss=1"],
                leaving: 5
            )
            #expect(refused.status == 65)
            #expect(refused.text.lowercased().contains("set aside"))
        }
    }

    /// How a call of `log` ends and what it says when all was sent. On a busy machine the server
    /// may take longer than a call waits; the rest goes by `sync`, but for `count` points of a
    /// server that is away.
    private func deliver(
        _ url: String,
        _ arguments: [String],
        leaving count: Int
    ) async throws -> (status: Int32, text: String) {
        let result = try await isoloss(url, arguments)
        guard result.errors.contains("wait in the spool") else {
            return (result.status, result.errors)
        }
        #expect(result.status == 0, "\(result.errors)")
        var refusals: [Substring] = []
        while true {
            let sync = try await isoloss(url, ["sync", "--once"])
            refusals += sync.errors.split(separator: "\n").filter { $0.hasPrefix("Set aside") }
            guard sync.output.hasSuffix(" \(count) wait.\n") else { continue }
            return (refusals.isEmpty ? 0 : 65, refusals.joined(separator: "\n"))
        }
    }

    private func get<Message: Decodable>(_ url: String, _ type: Message.Type) async throws
        -> Message
    {
        let text = try await ChildProcess.run("/usr/bin/env", ["curl", "-sSf", url])
        try #require(text.status == 0, "\(text.errors)")
        return try WireJSON.decoder().decode(type, from: Data(text.output.utf8))
    }

    private func runs(_ url: String, _ project: String) async throws -> [RunMessage] {
        try await get("\(url)/api/v1/runs?project=\(project)", RunList.self).runs
    }

    private func points(
        _ url: String,
        _ project: String,
        _ metric: String
    ) async throws -> [(step: Int, value: Double)] {
        struct Export: Decodable {
            struct Series: Decodable {
                let steps: [Int]
                let values: [Double]
            }
            let metrics: [String: Series]
        }
        let path = "\(url)/api/v1/projects/\(project)/export"
        let text = try await ChildProcess.run("/usr/bin/env", ["curl", "-sSf", path])
        let line = try #require(text.output.split(separator: "\n").first)
        let export = try WireJSON.decoder().decode(Export.self, from: Data(line.utf8))
        let series = try #require(export.metrics[metric])
        return Array(zip(series.steps, series.values)).map { (step: $0.0, value: $0.1) }
    }
}
