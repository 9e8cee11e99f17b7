import API
import Foundation
import TestSupport
import Testing

/// Figures of several targets over mixtures, over the API, and constraints that mean nothing.
@Suite struct MixtureFigureControllerTests {
    private func fit(_ app: TestApplication, _ target: String) async throws {
        let queued = try await app.post(
            "/api/v1/fits",
            json: #"{"project": "swarm", "law": "effective-data", "target": "\#(target)"}"#
        )
        var state = try queued.decoded(FitMessage.self)
        for _ in 0..<600 where !state.status.isEnd {
            try await Task.sleep(for: .milliseconds(100))
            state = try await app.get("/api/v1/fits/\(state.id)").decoded(FitMessage.self)
        }
        #expect(state.status == .finished, "\(state)")
    }

    @Test(.timeLimit(.minutes(5)))
    func `targets are repeated, and constraints and mixtures are JSON`() async throws {
        try await TestApplication.with { app in
            try await PlantedSwarm.load(app)
            try await fit(app, "loss")
            try await fit(app, "loss/web")
            let both = "project=swarm&target=loss&target=loss%2Fweb"
            let bounds = "%7B%22bounds%22%3A%7B%22web%22%3A%7B%22high%22%3A0.4%7D%7D%7D"
            for query in [
                "mixture-worth?project=swarm&target=%5B%22loss%22%2C%22loss%2Fweb%22%5D",
                "mixture-worth?\(both)", "mixture-tradeoff?\(both)&constraints=\(bounds)",
                "mixture-ternary?\(both)&domains=web&domains=code&domains=other"
                    + "&mixture=%7B%22web%22%3A0.5%2C%22code%22%3A0.5%7D",
            ] {
                let figure = try await app.get("/api/v1/figures/\(query)")
                #expect(figure.status == 200, "\(query): \(figure.text.prefix(300))")
                let table = try await app.get("/api/v1/figures/\(query)&format=csv")
                #expect(table.text.split(separator: "\r\n").count > 1, "\(query)")
            }
            for (query, status, field) in [
                ("mixture-worth?project=swarm", 400, "target"),
                ("mixture-worth?project=swarm&target=loss&target=loss", 400, "target"),
                ("mixture-worth?project=swarm&target=nothing", 400, "target"),
                ("mixture-tradeoff?\(both)&constraints=%7B", 400, "constraints"),
                ("mixture-tradeoff?\(both)&constraints=%7B%22bound%22%3A1%7D", 400, "constraints"),
                ("mixture-ternary?\(both)&mixture=%7B%22web%22%3A2%7D", 400, "mixture"),
                ("mixture-ternary?\(both)&domains=web", 422, nil),
                ("mixture-tradeoff?project=swarm&target=loss", 422, nil),
            ] {
                let refused = try await app.get("/api/v1/figures/\(query)")
                #expect(refused.status == status, "\(query): \(refused.text.prefix(300))")
                #expect(try refused.decoded(APIError.self).field == field, "\(query)")
            }
        }
    }

    @Test(
        .timeLimit(.minutes(5)),
        arguments: [
            (#"{"bound": {}}"#, "constraints"),
            (#"{"bounds": {"web": {"min": 0.2}}}"#, "constraints.bounds.web"),
            (#"{"groups": [{"domains": ["web"], "most": 0.2}]}"#, "constraints.groups[0]"),
            (#"[]"#, "constraints"),
        ]
    )
    func `a constraint that is misspelt is refused, not ignored`(
        constraints: String,
        field: String
    ) async throws {
        try await TestApplication.with { app in
            try await PlantedSwarm.load(app)
            try await fit(app, "loss")
            let reply = try await app.post(
                "/api/v1/mixtures/optima",
                json: #"{"project": "swarm", "target": "loss", "constraints": \#(constraints)}"#
            )
            #expect(reply.status == 400, "\(reply.text)")
            #expect(try reply.decoded(APIError.self).field == field)
        }
    }
}
