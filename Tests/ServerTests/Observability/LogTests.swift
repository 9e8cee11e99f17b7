import Foundation
import Logging
import Server
import Synchronization
import Testing

@Suite struct LogTests {
    @Test func `a client's request id is kept in the answer and in every line`() async throws {
        let log = CollectedLog()
        try await TestApplication.with(logger: log.logger(.debug)) { app in
            let reply = try await app.get("/api/v1/fits/x", headers: ["X-Request-ID": "job-7.a_B"])
            #expect(reply.headers["x-request-id"] == "job-7.a_B")
            #expect(reply.text.contains(#""requestID":"job-7.a_B""#))
        }
        let lines = try log.objects.filter { $0["path"] == "/api/v1/fits/x" }
        #expect(lines.count == 1)
        #expect(lines.first?["requestID"] == "job-7.a_B")
        #expect(lines.first?["status"] == "404")
        #expect(lines.first?["level"] == "info")
    }

    @Test(arguments: ["", "a b", "ü", "x\"y", String(repeating: "a", count: 65), "<script>"])
    func `an id that is none is replaced`(id: String) async throws {
        try await TestApplication.with { app in
            let headers = ["X-Request-ID": id]
            let first = try await app.get("/health", headers: headers).headers["x-request-id"]
            let second = try await app.get("/health", headers: headers).headers["x-request-id"]
            #expect(first != id && first?.isEmpty == false && first != second)
        }
    }

    @Test func `an answer in time gets one line, at debug`() async throws {
        let log = CollectedLog()
        try await TestApplication.with(logger: log.logger(.debug)) { app in
            let reply = try await app.get("/health")
            let timing = try #require(reply.headers["server-timing"])
            let match = try #require(timing.wholeMatch(of: /app;dur=([0-9]+\.[0-9]{3})/))
            let milliseconds = try #require(Double(match.1))
            #expect(milliseconds < 10_000)
        }
        let lines = try log.objects.filter { $0["path"] == "/health" }
        #expect(lines.map { $0["level"] } == ["debug"])
    }

    @Test func `lines in JSON hold what was said, whatever it was`() throws {
        let log = CollectedLog()
        var logger = log.logger(.info)
        logger[metadataKey: "a"] = "line\nbreak \"quoted\""
        logger.info("ü\u{1}", metadata: ["level": "no", "list": ["1", "2"]])
        logger.debug("not told")
        let lines = try log.objects
        let line = try #require(lines.first)
        #expect(lines.count == 1)
        #expect(line["message"] == "ü\u{1}")
        #expect(line["a"] == "line\nbreak \"quoted\"")
        #expect(line["level"] == "info")
        #expect(line["time"]?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z/) != nil)
    }
}

/// Keeps the lines of a log.
final class CollectedLog: Sendable {
    private let lines = Mutex<[String]>([])

    func logger(_ level: Logger.Level) -> Logger {
        var logger = Logger(label: "test") { _ in
            JSONLogHandler { line in self.lines.withLock { $0.append(line) } }
        }
        logger.logLevel = level
        return logger
    }

    var objects: [[String: String]] {
        get throws {
            try lines.withLock { $0 }.map { line in
                #expect(line.hasSuffix("\n"))
                return try JSONDecoder().decode([String: String].self, from: Data(line.utf8))
            }
        }
    }
}
