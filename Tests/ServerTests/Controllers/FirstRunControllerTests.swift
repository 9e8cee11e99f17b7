import API
import Foundation
import TestSupport
import Testing

/// Runs to launch for a law that cannot be fitted yet.
@Suite struct FirstRunControllerTests {
    private struct Plan: Decodable {
        struct Run: Decodable {
            var parameterCount: Double
            var tokenCount: Double
            var peakLearningRate: Double
            var batchTokens: Double
            var flops: Double
        }

        var law: String
        var runs: [Run]
        var totalFLOPs: Double
        var reason: String?
    }

    @Test func `an empty project gets a whole plan, at the scale that is asked for`() async throws {
        try await TestApplication.with { app in
            _ = try await app.post("/api/v1/projects", json: #"{"name": "p"}"#)
            let path = "/api/v1/first-runs?project=p&parameters=6.4B&tokens=128B"
            let plan = try await app.get(path).decoded(Plan.self)
            #expect(plan.law == "step-law" && plan.runs.count == 36)
            #expect(Set(plan.runs.map(\.parameterCount)) == [1e8, 4e8])
            #expect(plan.totalFLOPs == plan.runs.reduce(0) { $0 + $1.flops })
            #expect(plan.totalFLOPs < 0.1 * 6 * 6.4e9 * 128e9)
            let sizes = try await app.get(path + "&law=chinchilla").decoded(Plan.self)
            #expect(sizes.runs.count == 9)
        }
    }

    @Test func `what was run is left out, and its size sets the scale`() async throws {
        try await TestApplication.with { app in
            let text = [1e-3, 2e-3, 4e-3].map { rate in
                "{\"name\":\"\(rate)\",\"params\":{\"n_params\":\"1e8\",\"train_tokens\":\"2e9\","
                    + "\"learning_rate\":\"\(rate)\",\"batchTokens\":\"131072\"},"
                    + "\"metrics\":{\"loss\":{\"steps\":[1],\"values\":[\(3 + rate)]}}}"
            }
            _ = try await app.importFile(text.joined(separator: "\n"), "project=p&format=jsonl")
            let plan = try await app.get("/api/v1/first-runs?project=p").decoded(Plan.self)
            #expect(!plan.runs.isEmpty && plan.runs.allSatisfy { $0.parameterCount <= 4e8 })
            let own = plan.runs.filter { $0.parameterCount == 1e8 && $0.tokenCount == 2e9 }
            // Around the best, the lowest rate: two of the nine were run, and it.
            #expect(
                own.count == 7
                    && !own.contains { $0.batchTokens == 131_072 && $0.peakLearningRate >= 1e-3 }
            )
        }
    }

    @Test func `a law whose runs differ in more says so, an unknown one is refused`() async throws {
        try await TestApplication.with { app in
            _ = try await app.post("/api/v1/projects", json: #"{"name": "p"}"#)
            let plan = try await app.get("/api/v1/first-runs?project=p&law=moe-joint")
                .decoded(Plan.self)
            #expect(plan.runs.isEmpty && plan.reason?.contains("moe-joint") == true)
            for query in ["law=nothing", "parameters=-1", "parameters=much"] {
                #expect(try await app.get("/api/v1/first-runs?project=p&" + query).status == 400)
            }
            #expect(try await app.get("/api/v1/first-runs?project=q").status == 404)
        }
    }
}
