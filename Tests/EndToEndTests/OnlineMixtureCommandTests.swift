import Foundation
import TestSupport
import Testing

/// Rules that move a mixture, and presets, by the real command line on the real server.
@Suite(.serialized, .timeLimit(.minutes(5))) struct OnlineMixtureCommandTests {
    private func run(_ server: ServerProcess, _ arguments: [String]) async throws
        -> ChildProcess.Result
    {
        try await ChildProcess.run(
            Products.program("isoloss"),
            ["--server", server.url] + arguments
        )
    }

    @Test func `a rule begins, moves once for an observation, and is shown`() async throws {
        try await ServerProcess.with { server in
            let isoloss = CommandLineClient(server: server.url)
            let online = ["mixture", "online"]
            let made = try await isoloss.answer(
                online + [
                    "create", "doremi", "--project", "Default", "--domains", "web,code",
                    "--start", "web=0.6,code=0.4", "--setting", "eta=0.5",
                ]
            )
            let id = try #require(made["id"] as? String)
            let first = try #require(made["weights"] as? [String: Double])
            #expect(abs((first["web"] ?? 0) - 0.6) < 1e-9)
            let observation =
                online + ["observe", id, "--step", "10", "--excess-losses", "web=0.1,code=0.9"]
            let moved = try await isoloss.answer(observation)
            let weights = try #require(moved["weights"] as? [String: Double])
            // ln w moves by η times the excess, then 1e-4 is smoothed away.
            let ratio = 0.4 * exp(0.45) / (0.6 * exp(0.05))
            #expect(abs((weights["code"] ?? 0) - ratio / (1 + ratio)) < 1e-3)
            let again = try await isoloss.answer(observation)
            #expect(again["outcome"] as? String == "repeated")
            #expect(again["weights"] as? [String: Double] == weights)
            let all = try await run(server, online + ["show", "--project", "Default"])
            #expect(all.output.contains(id) && all.output.contains("doremi"))
            let one = try await run(server, online + ["show", id])
            #expect(one.output.contains("after step 10, 1 observation;"))
            let rules = try await run(server, online + ["rules"])
            #expect(rules.output.contains("skill-it") && rules.output.contains("eta 0.2"))
        }
    }

    @Test func `a replay answers from a file, and refusals say what to give`() async throws {
        let file = NSTemporaryDirectory() + "isoloss-replay-\(UUID().uuidString).json"
        defer { try? FileManager.default.removeItem(atPath: file) }
        let steps = (1...20).map { #"{"step": \#($0), "losses": {"web": 3, "code": 1}}"# }
        try #"{"observations": [\#(steps.joined(separator: ","))]}"#
            .write(toFile: file, atomically: true, encoding: .utf8)
        try await ServerProcess.with { server in
            let replay = ["mixture", "online", "replay", "skill-it", "--domains", "web,code"]
            let graph = file + ".graph"
            defer { try? FileManager.default.removeItem(atPath: graph) }
            try #"{"web": {"web": 1, "code": 0}, "code": {"web": 0, "code": 1}}"#
                .write(toFile: graph, atomically: true, encoding: .utf8)
            let answer = try await CommandLineClient(server: server.url).answer(
                replay + ["--file", file, "--graph", graph]
            )
            #expect((answer["trace"] as? [Any])?.count == 20)
            let weights = try #require(answer["weights"] as? [String: Double])
            #expect((weights["web"] ?? 0) > 0.5)
            let text = try await run(server, replay + ["--file", file, "--graph", graph])
            #expect(text.output.contains("skill-it over 20 steps"), "\(text.errors)")
            for (arguments, words) in [
                (replay, "--file with observations"),
                (["mixture", "online", "observe", "x", "--losses", "web=1"], "--step"),
                (
                    ["mixture", "online", "observe", "x", "--step", "1", "--losses", "web"],
                    "NAME=NUMBER"
                ),
                (["mixture", "online", "show"], "--project for all"),
            ] {
                let refused = try await run(server, arguments)
                #expect(refused.status == 64 && refused.errors.contains(words), "\(refused)")
            }
        }
    }

    @Test func `presets take tokens and budgets as flags`() async throws {
        try await ServerProcess.with { server in
            let isoloss = CommandLineClient(server: server.url)
            let warm = try await isoloss.answer([
                "mixture", "preset", "temperature", "--tokens", "web=4B,code=1e9",
                "--temperature", "2",
            ])
            let shares = try #require(warm["proportions"] as? [String: Double])
            #expect(abs((shares["web"] ?? 0) - 2.0 / 3) < 1e-9)
            let even = try await run(
                server,
                [
                    "mixture", "preset", "unimax", "--tokens", "web=10B,code=1B", "--budget",
                    "10B", "--max-epochs", "2",
                ]
            )
            #expect(even.output.contains("0.2") && even.output.contains("0.8"), "\(even)")
            let refused = try await run(server, ["mixture", "preset", "unimax", "--budget", "1B"])
            #expect(refused.status == 64 && refused.errors.contains("--tokens or --project"))
        }
    }
}
