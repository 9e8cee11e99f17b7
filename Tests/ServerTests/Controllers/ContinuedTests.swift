import API
import Foundation
import Runs
import Server
import TestSupport
import Testing

/// Questions of continued pretraining, over the API.
@Suite struct ContinuedTests {
    /// Loss of the old data 2 + exp(−3·share − 1) by its share, and of the new data a bowl in
    /// ln(rate) and the log-odds of the share whose best rate moves with the share.
    private static func fill(_ app: TestApplication) async throws {
        for (index, share) in [0.05, 0.1, 0.2, 0.35, 0.5].enumerated() {
            for (place, rate) in [1e-4, 3e-4, 1e-3].enumerated() {
                let old = 2 + exp(-3 * share - 1)
                let x = log(rate / 3e-4)
                let y = log(share / (1 - share)) + 1.5
                let new = 1.5 + 0.1 * x * x + 0.05 * y * y + 0.04 * x * y
                let reply = try await app.post(
                    "/api/v1/runs",
                    json: """
                        {"project": "going-on", "name": "run \(index)-\(place)", "params": \
                        {"mixture/old": "\(share)", "mixture/new": "\(1 - share)", \
                        "peakLearningRate": "\(rate)"}}
                        """
                )
                let id = try reply.decoded(RunMessage.self).id.hex
                let points = """
                    {"runs": [{"run": "\(id)", "steps": [1], "metrics": {"loss/old": [\(old)], \
                    "loss/new": [\(new)]}}]}
                    """
                let logged = try await app.post("/api/v1/points", json: points)
                #expect(logged.status < 300, "\(logged.text)")
                let ended = try await app.send(
                    "PATCH",
                    "/api/v1/runs/\(id)",
                    body: Data(#"{"status": "finished"}"#.utf8)
                )
                #expect(ended.status == 200, "\(ended.text)")
            }
        }
    }

    @Test func `planted shares and rates are found`() async throws {
        try await TestApplication.with { app in
            try await Self.fill(app)
            let base = 2 + exp(-3 * 0.3 - 1)
            let reply = try await app.get(
                "/api/v1/mixtures/critical-proportions?project=going-on&target=loss/old&domain=old"
                    + "&baseLoss=\(base)"
            )
            #expect(reply.status == 200, "\(reply.text)")
            let critical = try #require(reply.decoded(CriticalProportionMessage.self).critical)
            #expect(abs(critical.value - 0.3) < 0.005, "\(critical)")
            let answer = try await app.get(
                "/api/v1/mixtures/rate-surfaces?project=going-on&target=loss/new&domain=old"
                    + "&share=0.35"
            )
            #expect(answer.status == 200, "\(answer.text)")
            let surface = try answer.decoded(RateSurfaceMessage.self)
            let rate = try #require(surface.learningRate)
            #expect(surface.runs == 15 && abs(log(rate.value / 3e-4)) < 0.01, "\(rate)")
            // The minimum along x at y is x = −0.2·y.
            let y = log(0.35 / 0.65) + 1.5
            let best = try #require(surface.bestRate)
            #expect(abs(log(best.value / 3e-4) + 0.2 * y) < 0.01, "\(best)")
        }
    }

    @Test(arguments: [
        "critical-proportions?project=going-on&target=loss/old&domain=old",
        "critical-proportions?project=going-on&target=loss/old&domain=nowhere&baseLoss=2",
        "critical-proportions?project=going-on&target=nothing&domain=old&baseLoss=2",
        "critical-proportions?project=going-on&target=loss/old&domain=old&baseLoss=-1",
        "rate-surfaces?project=going-on&target=loss/old",
    ])
    func `what is missing is named`(query: String) async throws {
        try await TestApplication.with { app in
            try await Self.fill(app)
            let reply = try await app.get("/api/v1/mixtures/" + query)
            #expect(reply.status == 400 && reply.text.contains("\"field\""), "\(reply.text)")
        }
    }
}
