import API
import Foundation
import FoundationNetworking
import Runs
import Storage
import TestSupport
import Testing

@Suite struct SeriesControllerTests {
    @Test func `a long series is answered in buckets that keep its extremes`() async throws {
        try await TestApplication.with { app in
            let run = try await app.store.sampleRun("p")
            var points = Samples.series(count: 5_000)
            points.values[2_500] = 99
            let batch = RunBatch(runID: run.id, series: ["loss": points])
            try await app.store.writer.write(batch, now: Samples.now)
            let path = "/api/v1/series?runs=\(run.id.hex)&metrics=loss&buckets=50"
            let series = try #require(try await app.get(path).decoded(SeriesList.self).series.first)
            #expect(series.x.count <= 50 && series.count.reduce(0, +) == 5_000)
            #expect(series.max.max() == 99)
            let zoom = try await app.get(path + "&from=100&to=120").decoded(SeriesList.self)
            #expect(zoom.series.first?.x.first == 100 && zoom.series.first?.x.last == 120)
        }
    }

    @Test func `the token axis needs a batch and says so`() async throws {
        try await TestApplication.with { app in
            let run = try await app.store.sampleRun("p")
            let points = Samples.series(count: 10)
            try await app.store.writer.write(
                RunBatch(runID: run.id, series: ["loss": points]),
                now: Samples.now
            )
            let path = "/api/v1/series?runs=\(run.id.hex)&metrics=loss&x=tokens"
            let without = try await app.get(path).decoded(SeriesList.self)
            #expect(without.series.isEmpty && without.leftOut?.count == 1)
            try await app.store.writer.write(
                RunBatch(runID: run.id, params: ["batchTokens": "1000"]),
                now: Samples.now
            )
            let with = try await app.get(path).decoded(SeriesList.self)
            #expect(with.series.first?.x.last == 9_000)
        }
    }

    @Test func `logged tokens and parameters place points on axes of tokens and FLOPs`()
        async throws
    {
        try await TestApplication.with { app in
            let run = try await app.store.sampleRun("p")
            var seen = Samples.series(count: 10)
            seen.values = seen.steps.map { Double($0 * $0) * 100 }
            let batch = RunBatch(
                runID: run.id,
                series: ["loss": Samples.series(count: 10), "tokens_seen": seen],
                params: ["batchTokens": "7", "n_params": "1e6"]
            )
            try await app.store.writer.write(batch, now: Samples.now)
            let path = "/api/v1/series?runs=\(run.id.hex)&metrics=loss&x="
            let tokens = try await app.get(path + "tokens").decoded(SeriesList.self)
            #expect(tokens.series.first?.x == seen.values)
            #expect(tokens.sources == [.init(run: run.id, source: "tokens_seen")])
            let flops = try await app.get(path + "flops&from=6e8").decoded(SeriesList.self)
            #expect(flops.series.first?.x == seen.values.dropFirst().map { $0 * 6e6 })
            #expect(flops.sources?.first?.source == "6 * parameterCount * tokens_seen")
        }
    }

    @Test func `an answer that did not change is not sent again`() async throws {
        try await TestApplication.with { app in
            let run = try await app.store.sampleRun("p")
            func write(_ step: Int64) async throws {
                let points = Samples.series(count: 1, first: step)
                let batch = RunBatch(runID: run.id, series: ["loss": points])
                try await app.store.writer.write(batch, now: Samples.now)
            }
            try await write(1)
            let path = "/api/v1/series?runs=\(run.id.hex)&metrics=loss"
            let first = try await app.get(path)
            let tag = try #require(first.headers.first { $0.key.lowercased() == "etag" })
            let again = try await app.get(path, headers: ["If-None-Match": tag.value])
            #expect(again.status == 304 && again.text.isEmpty)
            try await write(2)
            let changed = try await app.get(path, headers: ["If-None-Match": tag.value])
            #expect(changed.status == 200 && changed.text.contains("\"count\":[1,1]"))
        }
    }

    @Test func `all points of series are exported as lines and as a table`() async throws {
        try await TestApplication.with { app in
            let run = try await app.store.sampleRun("p")
            var long = Samples.series(count: Limits.historyPageCount + 10)
            long.values[3] = .nan
            let series = ["loss": long, "a,b": Samples.series(count: 3)]
            let batch = RunBatch(runID: run.id, series: series, params: ["lr": "1"])
            try await app.store.writer.write(batch, now: Samples.now)
            let path = "/api/v1/series/export?runs=\(run.id.hex)"
            let table = try await app.get(path + "&format=csv").text
            let lines = table.split(separator: "\r\n")
            #expect(lines.count == long.count + 4)
            #expect(lines[0] == "run,metric,step,time,value")
            #expect(lines[1].hasPrefix("\(run.id.hex),\"a,b\",0,"))
            #expect(table.contains(",\"NaN\"\r\n"))
            let one = try await app.get(path + "&format=csv&metrics=loss").text
            #expect(one.split(separator: "\r\n").count == long.count + 1)

            let text = try await app.get(path).text
            let reply = try await app.send(
                "POST",
                "/api/v1/imports?project=q&format=jsonl",
                body: Data(text.utf8)
            )
            #expect(reply.status == 202)
            let id = try reply.decoded(ImportMessage.self).id
            var state = try await app.get("/api/v1/imports/\(id)").decoded(ImportMessage.self)
            while state.status == .queued || state.status == .running {
                try await Task.sleep(for: .milliseconds(20))
                state = try await app.get("/api/v1/imports/\(id)").decoded(ImportMessage.self)
            }
            #expect(state.inserted == 1 && state.rejectedCount == 0)
            let project = try #require(try await app.store.projects.find(name: "q"))
            let copy = try #require(try await app.store.runs.all(projectID: project.id).first)
            #expect(copy.params == run.params.merging(["lr": "1"]) { $1 })
            let back = try await app.store.points.series(copy.id, metric: "loss")
            #expect("\(back)" == "\(long)")
        }
    }

    @Test(.timeLimit(.minutes(10)))
    func `a page that was away for long is told to fetch anew`() async throws {
        try await TestApplication.with { app in
            _ = try await app.store.sampleRun("p")
            let since = Int64(Date().timeIntervalSince1970 * 1_000_000) - 60_000_000
            let stream = EventLines(app.origin + "/api/v1/stream?project=p&since=\(since)-\(since)")
            defer { stream.stop() }
            var text = ""
            for await piece in stream.pieces {
                text += piece
                if text.contains("event: heartbeat") { break }
            }
            #expect(text.contains("event: reset"))
        }
    }

    @Test(arguments: ["x=hours", "buckets=0", "buckets=601", "from=nan", "metrics=", "runs=1"])
    func `a series that cannot be drawn is refused`(query: String) async throws {
        try await TestApplication.with { app in
            let run = try await app.store.sampleRun("p")
            let names = query.hasPrefix("metrics") ? "" : "&metrics=loss"
            let path = "/api/v1/series?\(query)\(names)"
            let runs = query.hasPrefix("runs") ? "" : "&runs=\(run.id.hex)"
            #expect(try await app.get(path + runs).status == 400)
        }
    }

    @Test(.timeLimit(.minutes(10)))
    func `new points and changed runs arrive on the stream`() async throws {
        try await TestApplication.with { app in
            let run = try await app.store.sampleRun("p")
            let now = Int64(Date().timeIntervalSince1970 * 1_000_000)
            let since = now - 1_000_000
            let stream = EventLines(app.origin + "/api/v1/stream?project=p&since=\(since)-\(since)")
            defer { stream.stop() }
            let points = Samples.series(count: 3)
            let batch = RunBatch(runID: run.id, series: ["loss": points])
            try await app.store.writer.write(batch, now: now)
            var text = ""
            for await piece in stream.pieces {
                text += piece
                if text.contains("event: points"), text.contains("event: runs") { break }
            }
            #expect(text.contains(run.id.hex) && text.contains("\"metric\":\"loss\""))
            #expect(text.contains("\nid: ") && text.contains("event: heartbeat"))
        }
    }

    @Test(.timeLimit(.minutes(10)))
    func `a change is told also after thousands of runs changed at once`() async throws {
        try await TestApplication.with { app in
            let lines = (0..<2 * Limits.runPageCount + 7).map {
                "{\"name\":\"r\($0)\",\"metrics\":{\"loss\":{\"steps\":[1],\"values\":[3]}}}"
            }
            let since = Int64(Date().timeIntervalSince1970 * 1_000_000)
            let report = try await app.importFile(
                lines.joined(separator: "\n"),
                "project=p&format=jsonl"
            )
            #expect(report.inserted == lines.count, "\(report)")
            let stream = EventLines(app.origin + "/api/v1/stream?project=p&since=\(since)-\(since)")
            defer { stream.stop() }
            let run = try await app.store.sampleRun("p")
            let later = Int64(Date().timeIntervalSince1970 * 1_000_000)
            try await app.store.writer.write(
                RunBatch(runID: run.id, tags: ["a": "at last"]),
                now: later
            )
            var text = ""
            for await piece in stream.pieces {
                text += piece
                if text.contains("at last") { break }
            }
            #expect(lines.indices.allSatisfy { text.contains("\"name\":\"r\($0)\"") })
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a page that is left gives its stream back at once`() async throws {
        try await TestApplication.with { app in
            _ = try await app.post("/api/v1/projects", json: #"{"name": "p"}"#)
            let head = "GET /api/v1/stream?project=p HTTP/1.1\r\nHost: localhost\r\n\r\n"
            for _ in 0..<(Limits.streamsPerClientCount + 4) {
                let answer = try await RawHTTP.exchange(app, Array(head.utf8), endsEarly: true)
                #expect(answer.status == 200)
            }
        }
    }

    @Test func `a stream that cannot be resumed is refused`() async throws {
        try await TestApplication.with { app in
            _ = try await app.store.sampleRun("p")
            for since in ["x", "1", "1-2-3", "-5-5", "99999999999999999-1"] {
                #expect(try await app.get("/api/v1/stream?project=p&since=\(since)").status == 400)
            }
        }
    }
}

/// Pieces of an answer that never ends, as they arrive.
private final class EventLines: NSObject, URLSessionDataDelegate, Sendable {
    let pieces: AsyncStream<String>
    private let yield: AsyncStream<String>.Continuation

    init(_ address: String) {
        (pieces, yield) = AsyncStream.makeStream()
        super.init()
        guard let url = URL(string: address) else {
            yield.finish()
            return
        }
        let configuration = URLSessionConfiguration.ephemeral
        configuration.connectionProxyDictionary = [:]
        let session = URLSession(configuration: configuration, delegate: self, delegateQueue: nil)
        let task = session.dataTask(with: url)
        yield.onTermination = { _ in task.cancel() }
        task.resume()
        session.finishTasksAndInvalidate()
    }

    func stop() { yield.finish() }

    func urlSession(_: URLSession, dataTask _: URLSessionDataTask, didReceive data: Data) {
        yield.yield(String(decoding: data, as: UTF8.self))
    }

    func urlSession(_: URLSession, task _: URLSessionTask, didCompleteWithError _: (any Error)?) {
        yield.finish()
    }
}
