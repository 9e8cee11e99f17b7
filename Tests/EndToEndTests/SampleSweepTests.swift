import Foundation
import TestSupport
import Testing

/// The recorded sweep of `examples/tiny-lm`, through the ordinary importer of the real server.
@Suite(.serialized) struct SampleSweepTests {
    @Test(.timeLimit(.minutes(10)))
    func `the recorded sweep loads once, and its held-out loss becomes the project's`()
        async throws
    {
        let log = "\(Products.root)/examples/tiny-lm/logs/sweep.jsonl.gz"
        let size = try FileManager.default.attributesOfItem(atPath: log)[.size] as? Int
        #expect(try #require(size) < 3_000_000)
        try await ServerProcess.with { server in
            let isoloss = CommandLineClient(server: server.url)
            let importing = [
                "import", log, "--project", "tiny-lm", "--map", "loss=val_loss",
                "--parameter-convention", "nonEmbedding",
            ]
            let first = try await isoloss.answer(importing)
            #expect(first["inserted"] as? Int == 304)
            #expect(first["rejectedCount"] as? Int == 0)
            let second = try await isoloss.answer(importing)
            #expect(second["inserted"] as? Int == 0)
            #expect(second["unchanged"] as? Int == 304)

            let answer = try await isoloss.answer(["roles", "--project", "tiny-lm"])
            let roles = try #require(answer["roles"] as? [[String: Any]])
            for (name, expression) in [
                ("loss", "val_loss"), ("tokenCount", "train_tokens"),
                ("parameterCount", "nonEmbeddingParameterCount"),
            ] {
                let role = try #require(roles.first { $0["role"] as? String == name })
                #expect(role["expression"] as? String == expression)
                #expect(role["resolvedRuns"] as? Int == 304)
            }
        }
    }

    @Test(.timeLimit(.minutes(10)))
    func `the recorded batches determine a critical batch at both sizes`() async throws {
        let log = "\(Products.root)/examples/tiny-lm/logs/batches.jsonl.gz"
        try await ServerProcess.with { server in
            let isoloss = CommandLineClient(server: server.url)
            let loaded = try await isoloss.answer([
                "import", log, "--project", "batches", "--map", "loss=val_loss",
                "--parameter-convention", "nonEmbedding",
            ])
            #expect(loaded["inserted"] as? Int == 70)
            let answer = try await isoloss.answer([
                "fit", "--project", "batches", "--law", "critical-batch",
            ])
            let fit = try #require(answer["fit"] as? [String: Any])
            let groups = try #require(fit["groups"] as? [[String: Any]])
            #expect(Set(groups.compactMap { $0["parameters"] as? Double }).count == 2)
            for group in groups {
                let batch = try #require(group["criticalBatchTokens"] as? [String: Double])
                let (low, high) = (batch["low"] ?? 0, batch["high"] ?? .infinity)
                #expect(low > 1_000 && high < 131_072, "\(group)")
            }
        }
    }
}
