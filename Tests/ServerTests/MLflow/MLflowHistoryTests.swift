import Foundation
import Runs
import Storage
import TestSupport
import Testing

/// Histories as MLflow's clients and pages read them.
@Suite struct MLflowHistoryTests {
    private struct Answer: Decodable {
        struct Point: Decodable {
            let key: String
            let value: Value
            let timestamp: Int64
            let step: Int64
            let run_id: String?
        }

        let metrics: [Point]?
        let next_page_token: String?
    }

    /// A number, or the text that stands for one JSON lacks.
    private enum Value: Decodable, Equatable {
        case number(Double)
        case text(String)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Double.self) {
                self = .number(number)
            } else {
                self = .text(try container.decode(String.self))
            }
        }
    }

    private func metrics(_ path: String, _ app: TestApplication) async throws -> Answer {
        let reply = try await app.get("/ajax-api/2.0/mlflow/metrics/" + path)
        #expect(reply.status == 200)
        return try JSONDecoder().decode(Answer.self, from: reply.body)
    }

    @Test func `pages walk a history by time, values that JSON lacks as text`() async throws {
        try await TestApplication.with { app in
            let run = try await app.store.sampleRun("p")
            var points = Samples.series(count: 25)
            points.times.reverse()
            points.values[3] = .nan
            points.values[4] = .infinity
            let batch = RunBatch(runID: run.id, series: ["a/b \"c": points])
            try await app.store.writer.write(batch, now: Samples.now)
            let name = "a%2Fb%20%22c"
            var found: [Answer.Point] = []
            var token = ""
            repeat {
                let query = "run_id=\(run.id.hex)&metric_key=\(name)&max_results=10&page_token="
                let page = try await metrics("get-history?" + query + token, app)
                found += page.metrics ?? []
                token = page.next_page_token ?? ""
            } while !token.isEmpty
            #expect(found.map(\.step) == points.steps.reversed())
            #expect(found.map(\.timestamp) == points.times.reversed().map { $0 / 1_000 })
            #expect(found.allSatisfy { $0.key == "a/b \"c" && $0.run_id == nil })
            #expect(found[21].value == .text("NaN") && found[20].value == .text("Infinity"))
            #expect(found[0].value == .number(points.values[24]))
            let none = "get-history?run_id=\(run.id.hex)&metric_key=none"
            #expect(try await metrics(none, app).metrics == nil)
        }
    }

    @Test func `histories of several runs come in one answer, cut at its limit`() async throws {
        try await TestApplication.with { app in
            var ids: [RunID] = []
            for _ in 0..<3 {
                let run = try await app.store.sampleRun("p")
                let batch = RunBatch(runID: run.id, series: ["loss": Samples.series(count: 10)])
                try await app.store.writer.write(batch, now: Samples.now)
                ids.append(run.id)
            }
            let query = ids.map { "run_id=\($0.hex)" }.joined(separator: "&") + "&metric_key="
            let all = try await metrics("get-history-bulk?\(query)loss", app).metrics ?? []
            let sorted = ids.map(\.hex).sorted()
            #expect(
                all.count == 30
                    && all.map(\.run_id) == sorted.flatMap { Array(repeating: $0, count: 10) }
            )
            let some = try await metrics("get-history-bulk?\(query)loss&max_results=13", app)
            #expect(some.metrics?.count == 13 && some.metrics?.last?.step == 2)
            #expect(
                try await metrics("get-history-bulk?\(query)none", app).metrics?.isEmpty == true
            )
        }
    }

    @Test func `a sample of a history keeps its extremes`() async throws {
        try await TestApplication.with { app in
            let run = try await app.store.sampleRun("p")
            var points = Samples.series(count: 9_000)
            points.values[4_321] = 77
            let batch = RunBatch(runID: run.id, series: ["loss": points])
            try await app.store.writer.write(batch, now: Samples.now)
            _ = try await app.store.merger.drain()
            let path = "get-history-bulk-interval?run_ids=\(run.id.hex)&metric_key=loss"
            let all = try await metrics(path + "&max_results=50", app).metrics ?? []
            #expect((20...50).contains(all.count))
            #expect(all.first?.step == 0 && all.last?.step == 8_999)
            #expect(all.contains { $0.value == .number(77) && $0.run_id == run.id.hex })
            let part = try await metrics(path + "&start_step=10&end_step=29", app).metrics ?? []
            #expect(part.map(\.step) == Array(10...29))
        }
    }

    @Test(arguments: [
        "get-history-bulk?metric_key=m", "get-history-bulk?run_id=ID", "get-history?run_id=ID",
        "get-history-bulk-interval?run_ids=ID&metric_key=m&start_step=1",
        "get-history-bulk-interval?run_ids=ID&metric_key=m&max_results=2501",
        "get-history-bulk-interval?run_ids=ID&metric_key=m&start_step=5&end_step=4",
        "get-history?run_id=ID&metric_key=m&page_token=x",
        "get-history?run_id=ID&metric_key=m&max_results=0",
    ])
    func `what MLflow refuses is refused`(query: String) async throws {
        try await TestApplication.with { app in
            let run = try await app.store.sampleRun("p")
            let path = query.replacing("ID", with: run.id.hex)
            let reply = try await app.get("/api/2.0/mlflow/metrics/" + path)
            #expect(reply.status == 400 && reply.text.contains("INVALID_PARAMETER_VALUE"))
        }
    }
}
