import API
import Foundation
import Runs
import Server
import TestSupport
import Testing

/// Fits and predictions over mixtures, over the API.
@Suite struct MixtureControllerTests {
    private func fit(
        _ app: TestApplication,
        _ law: String,
        target: String = "loss"
    ) async throws -> FitMessage {
        let queued = try await app.post(
            "/api/v1/fits",
            json: #"{"project": "swarm", "law": "\#(law)", "target": "\#(target)"}"#
        )
        #expect(queued.status == 202, "\(queued.text)")
        var state = try queued.decoded(FitMessage.self)
        for _ in 0..<600 where !state.status.isEnd {
            try await Task.sleep(for: .milliseconds(100))
            state = try await app.get("/api/v1/fits/\(state.id)").decoded(FitMessage.self)
        }
        return state
    }

    @Test(.timeLimit(.minutes(5)))
    func `a swarm tells its domains and targets, and a fit of one of them predicts`() async throws {
        try await TestApplication.with { app in
            try await PlantedSwarm.load(app)
            let before = try await app.get("/api/v1/mixtures?project=swarm")
                .decoded(SwarmMessage.self)
            #expect(before.domains.map(\.name) == ["code", "other", "web"])
            #expect(before.runs == PlantedSwarm.runCount)
            #expect(before.targets.map(\.name) == ["loss", "loss/web"])
            let found = try await fit(app, "effective-data")
            #expect(found.status == .finished && found.target == "loss", "\(found)")
            #expect(found.runs == PlantedSwarm.runCount)
            let after = try await app.get("/api/v1/mixtures?project=swarm")
                .decoded(SwarmMessage.self)
            #expect(after.targets.first?.fit == found.id)
            let reply = try await app.post(
                "/api/v1/mixtures/predictions",
                json: """
                    {"project": "swarm", "target": "loss", "mixtures": [
                    {"index": "a", "proportions": {"web": 0.5, "code": 0.3, "other": 0.2}},
                    {"proportions": {"web": 1}}]}
                    """
            )
            let list = try reply.decoded(MixturePredictionList.self)
            #expect(list.fit == found.id && list.predictions.map(\.index) == ["a", "1"])
            let truth = PlantedSwarm.loss([0.5, 0.3, 0.2])
            #expect(abs(list.predictions[0].prediction - truth) < 0.003)
            #expect(list.predictions.allSatisfy { $0.low <= $0.prediction && $0.sd >= 0 })
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a pattern is the mean of what it matches`() async throws {
        try await TestApplication.with { app in
            try await PlantedSwarm.load(app)
            let found = try await fit(app, "linear-mixture", target: "loss*")
            #expect(found.status == .finished, "\(found)")
            let reply = try await app.post(
                "/api/v1/mixtures/predictions",
                json: """
                    {"project": "swarm", "target": "loss*",
                    "mixtures": [{"proportions": {"web": 0.5, "code": 0.3, "other": 0.2}}]}
                    """
            )
            let list = try reply.decoded(MixturePredictionList.self)
            let truth = PlantedSwarm.loss([0.5, 0.3, 0.2]) + 0.25
            #expect(abs((list.predictions.first?.prediction ?? 0) - truth) < 0.05)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a weighted sum is fitted part by part where the law asks for it`() async throws {
        try await TestApplication.with { app in
            try await PlantedSwarm.load(app)
            let target = "0.25 * loss + 0.75 * loss/web"
            let found = try await fit(app, "explicit-effective-data", target: target)
            #expect(found.status == .finished, "\(found)")
            let reply = try await app.post(
                "/api/v1/mixtures/predictions",
                json: """
                    {"project": "swarm", "target": "\(target)",
                    "mixtures": [{"proportions": {"web": 0.5, "code": 0.3, "other": 0.2}}]}
                    """
            )
            let list = try reply.decoded(MixturePredictionList.self)
            #expect(list.law == "explicit-effective-data")
            let truth = PlantedSwarm.loss([0.5, 0.3, 0.2]) + 0.375
            #expect(abs((list.predictions.first?.prediction ?? 0) - truth) < 0.003)
            let odd = try await app.post(
                "/api/v1/fits",
                json:
                    #"{"project": "swarm", "law": "auto", "target": "0.5 * loss + -1 * loss/web"}"#
            )
            #expect(odd.status == 422 || odd.status == 400, "\(odd.text)")
            #expect(odd.text.contains("WEIGHT * METRIC"), "\(odd.text)")
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a law over sizes answers at the size and tokens asked for, others refuse them`()
        async throws
    {
        try await TestApplication.with { app in
            try await PlantedSwarm.loadSizes(app)
            let found = try await fit(app, "joint-effective-data")
            #expect(found.status == .finished, "\(found)")
            func ask(_ call: String, _ rest: String) async throws -> TestApplication.Reply {
                try await app.post(
                    "/api/v1/mixtures/\(call)",
                    json: #"{"project": "swarm", "target": "loss", \#(rest)}"#
                )
            }
            let rows = #""mixtures": [{"proportions": {"web": 0.5, "code": 0.3, "other": 0.2}}]"#
            let near = try await ask("predictions", rows).decoded(MixturePredictionList.self)
            let far = try await ask(
                "predictions",
                #""parameterCount": 1e9, "tokenCount": 4e10, "# + rows
            )
            .decoded(MixturePredictionList.self)
            let own = try #require(far.predictions.first).prediction
            let truth = PlantedSwarm.loss([0.5, 0.3, 0.2], parameters: 1e9, tokens: 4e10)
            #expect(abs(own / truth - 1) < 0.01)
            #expect(own < (near.predictions.first?.prediction ?? 0))
            #expect(far.warnings.contains { $0.contains("extrapolation") })
            let best = try await ask("optima", #""parameterCount": 1e9, "tokenCount": 4e10"#)
                .decoded(MixtureOptimumMessage.self)
            #expect(best.prediction.value <= own)
            for bad in ["0", "-1", "1e300"] {
                let odd = try await ask("predictions", #""parameterCount": \#(bad), "# + rows)
                #expect((400..<500).contains(odd.status), "\(odd.text)")
            }
            _ = try await fit(app, "effective-data")
            let refused = try await ask("predictions", #""tokenCount": 4e10, "# + rows)
            #expect(refused.text.contains("does not know what size"), "\(refused.text)")
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `what cannot be meant is refused, and says what to do`() async throws {
        try await TestApplication.with { app in
            try await PlantedSwarm.load(app)
            for (path, body, field) in [
                ("fits", #"{"project": "swarm", "law": "effective-data"}"#, "target"),
                ("fits", #"{"project": "swarm", "law": "auto", "target": "none"}"#, "target"),
                ("fits", #"{"project": "swarm", "law": "nonsense", "target": "loss"}"#, "law"),
                (
                    "mixtures/predictions",
                    #"{"project": "swarm", "target": "loss", "mixtures": []}"#, "mixtures"
                ),
                (
                    "mixtures/predictions",
                    #"{"project": "swarm", "target": "none", "mixtures": [{"proportions": {}}]}"#,
                    "target"
                ),
            ] {
                let reply = try await app.post("/api/v1/\(path)", json: body)
                #expect(reply.status == 400, "\(body): \(reply.text)")
                #expect(try reply.decoded(APIError.self).field == field)
            }
            _ = try await fit(app, "linear-mixture")
            for shares in [#"{"web": 0.5}"#, #"{"web": -1, "code": 2}"#, #"{"nowhere": 1}"#] {
                let reply = try await app.post(
                    "/api/v1/mixtures/predictions",
                    json: #"{"project": "swarm", "target": "loss", "mixtures": [{"proportions": "#
                        + shares + "}]}"
                )
                #expect(reply.status == 400, "\(shares): \(reply.text)")
            }
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `figures of a fit are drawn, and as tables`() async throws {
        try await TestApplication.with { app in
            try await PlantedSwarm.load(app)
            let found = try await fit(app, "effective-data")
            for kind in ["mixture-predicted", "mixture-slice", "mixture-sensitivity"] {
                let figure = try await app.get(
                    "/api/v1/figures/\(kind)?project=swarm&fit=\(found.id)"
                )
                #expect(figure.status == 200, "\(kind): \(figure.text.prefix(300))")
                let table = try await app.get(
                    "/api/v1/figures/\(kind)?project=swarm&target=loss&format=csv"
                )
                #expect(table.text.split(separator: "\r\n").count > PlantedSwarm.runCount)
            }
        }
    }
}
