import API
import Foundation
import Runs
import Server
import TestSupport
import Testing

/// Rules that mix data for running jobs, over the API.
@Suite struct OnlineMixtureTests {
    private struct State: Decodable {
        var id: String
        var step: Int64?
        var observations: Int
        var weights: [String: Double]
        var outcome: String?
    }

    private func start(_ app: TestApplication, run: String? = nil) async throws -> State {
        let member = run.map { #", "run": "\#($0)""# } ?? ""
        let reply = try await app.post(
            "/api/v1/online-mixtures",
            json: """
                {"project": "online", "rule": "doremi", "domains": ["a", "b", "c"],
                "start": {"a": 0.2, "b": 0.3, "c": 0.5}, "settings": {"smoothing": 0.001}\(member)}
                """
        )
        #expect(reply.status == 201, "\(reply.text)")
        return try reply.decoded(State.self)
    }

    private func observe(_ app: TestApplication, _ id: String, step: Int) async throws -> State {
        let reply = try await app.post(
            "/api/v1/online-mixtures/\(id)/observations",
            json: #"{"step": \#(step), "excessLosses": {"a": 0.5, "b": 0.1, "c": 0}}"#
        )
        #expect(reply.status == 200, "\(reply.text)")
        return try reply.decoded(State.self)
    }

    private func project(_ app: TestApplication) async throws -> String {
        let reply = try await app.post(
            "/api/v1/runs",
            json: #"{"project": "online", "name": "job"}"#
        )
        return try reply.decoded(RunMessage.self).id.hex
    }

    @Test(.timeLimit(.minutes(5)))
    func `an observation moves the weights once, however often it is sent`() async throws {
        try await TestApplication.with { app in
            let run = try await project(app)
            let first = try await start(app, run: run)
            #expect(first.weights == ["a": 0.2, "b": 0.3, "c": 0.5] && first.step == nil)
            let moved = try await observe(app, first.id, step: 10)
            // What the rule's published update gives for these numbers.
            #expect(abs((moved.weights["a"] ?? 0) - 0.283995) < 1e-6)
            let again = try await observe(app, first.id, step: 10)
            #expect(moved.outcome == "moved" && again.outcome == "repeated")
            #expect(again.weights == moved.weights && again.observations == 1)
            let late = try await observe(app, first.id, step: 3)
            #expect(late.outcome == "late" && late.weights == moved.weights)
            let series = try await app.get(
                "/api/v1/series?runs=\(run)&metrics=onlineMixture/a&x=step"
            )
            let found = try JSONSerialization.jsonObject(with: series.body) as? [String: Any]
            let trace = try #require((found?["series"] as? [[String: Any]])?.first)
            #expect((trace["x"] as? [Any])?.count == 1)
            let seen = try await app.get("/api/v1/online-mixtures/\(first.id)").decoded(State.self)
            #expect(seen.weights == moved.weights && seen.step == 10)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `observations that come at once are taken one after the other`() async throws {
        try await TestApplication.with { app in
            _ = try await project(app)
            let id = try await start(app).id
            let outcomes = try await withThrowingTaskGroup(of: String?.self) { group in
                for step in 1...6 {
                    group.addTask { try await observe(app, id, step: step).outcome }
                }
                return try await group.reduce(into: [String?]()) { $0.append($1) }
            }
            let seen = try await app.get("/api/v1/online-mixtures/\(id)").decoded(State.self)
            #expect(seen.observations == outcomes.count { $0 == "moved" })
            #expect(seen.step == 6)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a logged run is replayed, beside fixed weights`() async throws {
        try await TestApplication.with { app in
            let run = try await project(app)
            let points = try await app.post(
                "/api/v1/points",
                json: """
                    {"runs": [{"run": "\(run)", "steps": [1, 2, 3], "metrics": {
                    "val_loss/a": [3, 2.5, 2.2], "val_loss/b": [2, 1.9, 1.8]}}]}
                    """
            )
            #expect(points.status == 200, "\(points.text)")
            let reply = try await app.post(
                "/api/v1/online-mixtures/replays",
                json: #"{"run": "\#(run)", "rule": "skill-it", "domains": ["a", "b"], "#
                    + #""graph": {"a": {"a": 1}, "b": {"b": 1}}}"#
            )
            #expect(reply.status == 200, "\(reply.text)")
            let found = try #require(
                try JSONSerialization.jsonObject(with: reply.body) as? [String: Any]
            )
            #expect((found["trace"] as? [Any])?.count == 3)
            let weights = try #require(found["weights"] as? [String: Double])
            #expect((weights["a"] ?? 0) > (weights["b"] ?? 1))
            #expect(found["stratifiedLoss"] as? Double != nil)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `hostile observations are refused and change nothing`() async throws {
        try await TestApplication.with { app in
            _ = try await project(app)
            let id = try await start(app).id
            for body in [
                #"{"step": 1, "excessLosses": {"a": -1}}"#, #"{"step": 1, "losses": {"a": 1e300}}"#,
                #"{"step": 1, "sampledDomain": "z"}"#, #"{"excessLosses": {"a": 1}}"#, "[]",
            ] {
                let path = "/api/v1/online-mixtures/\(id)/observations"
                let reply = try await app.post(path, json: body)
                #expect(reply.status == 400, "\(body): \(reply.text)")
            }
            let seen = try await app.get("/api/v1/online-mixtures/\(id)").decoded(State.self)
            #expect(seen.observations == 0)
            #expect(try await app.get("/api/v1/online-mixtures/none").status == 404)
            let unknown = try await app.post(
                "/api/v1/online-mixtures",
                json: #"{"project": "online", "rule": "magic", "domains": ["a", "b"]}"#
            )
            #expect(unknown.status == 400 && unknown.text.contains("doremi"))
        }
    }
}
