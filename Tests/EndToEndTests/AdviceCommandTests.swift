import Foundation
import TestSupport
import Testing

/// Forecasts, plans and transfers, with the real server and the real command line.
@Suite(.serialized, .timeLimit(.minutes(10))) struct AdviceCommandTests {
    private let folder = NSTemporaryDirectory() + "isoloss-advice-\(UUID().uuidString)"

    private func isoloss(
        _ server: ServerProcess,
        _ arguments: [String]
    ) async throws -> ChildProcess.Result {
        try await ChildProcess.run(
            Products.program("isoloss"),
            arguments,
            environment: ["ISOLOSS_SERVER": server.url, "ISOLOSS_SPOOL": folder + "/spool"]
        )
    }

    private func text(_ server: ServerProcess, _ arguments: [String]) async throws -> String {
        let result = try await isoloss(server, arguments)
        #expect(result.status == 0, "\(arguments): \(result.errors)")
        return result.output
    }

    private func importSweep(_ server: ServerProcess) async throws {
        _ = try await text(
            server,
            [
                "import", "\(Products.root)/examples/tiny-lm/logs/sweep.jsonl.gz", "--project",
                "tiny-lm", "--map", "loss=val_loss", "--parameter-convention", "nonEmbedding",
            ]
        )
    }

    @Test func `a job of the recorded sweep is forecast while it runs`() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await ServerProcess.with { server in
            try await importSweep(server)
            let idle = try await text(server, ["forecast", "--project", "tiny-lm"])
            #expect(idle.contains("No run of the project is running."))
            // The first half of a run of the sweep, whose held-out loss ended at 2.2000.
            let params = [
                "train_tokens=262144", "global_batch_size=1", "seq_length=32",
                "learning_rate=0.001", "width=16", "layers=2", "nonEmbeddingParameterCount=6224",
            ]
            var run = ""
            for (step, loss) in [(2_119, 2.3892), (4_075, 2.2759)] {
                var arguments = ["log", "--project", "tiny-lm", "--name", "half"]
                arguments += params.flatMap { ["--param", $0] }
                arguments += ["--metric", "val_loss=\(loss)", "--step", "\(step)"]
                run = try await text(server, arguments)
                    .trimmingCharacters(in: .whitespacesAndNewlines)
            }
            let client = CommandLineClient(server: server.url)
            let answer = try await client.answer(["forecast", "--project", "tiny-lm"])
            let job = try #require((answer["jobs"] as? [[String: Any]])?.first)
            #expect(job["runID"] as? String == run)
            let forecast = try #require(job["forecast"] as? [String: Any], "\(job)")
            let final = try #require(forecast["finalLoss"] as? [String: Double])
            let (low, high) = (try #require(final["low"]), try #require(final["high"]))
            #expect(low < high && low...high ~= 2.2)
            #expect(forecast["horizonSteps"] as? Double == 8_192)
            let shown = try await text(server, ["forecast", "--project", "tiny-lm", "--run", run])
            for piece in ["half", "49.74 %", "simpler rules", "304 finished runs", "val_loss"] {
                #expect(shown.contains(piece), "\(piece) in \(shown)")
            }
        }
    }

    /// L = 1.8 + 480/N^0.35 + 2100/D^0.37 on a grid, by a seeded 0.2 % of noise.
    private static var lossTable: String {
        var noise: UInt64 = 1
        var lines = ["name,N,D,loss"]
        for n in [1e8, 2e8, 4e8, 8e8, 1.6e9] {
            for ratio in [5.0, 10, 20, 40] {
                noise = noise &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let factor = 1 + 0.002 * (Double(noise >> 11) / 4.5e15 - 1)
                let loss = (1.8 + 480 * pow(n, -0.35) + 2_100 * pow(n * ratio, -0.37)) * factor
                lines.append("r\(lines.count),\(n),\(n * ratio),\(loss)")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    @Test func `a budget is split by the law of loss, and the next runs can be launched`()
        async throws
    {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let table = folder + "/loss.csv"
        try Data(Self.lossTable.utf8).write(to: URL(filePath: table))
        try await ServerProcess.with { server in
            let client = CommandLineClient(server: server.url)
            let maps = ["parameterCount=N", "tokenCount=D", "loss=loss"].flatMap { ["--map", $0] }
            let arguments = ["import", table, "--project", "grid", "--name", "name"] + maps
            _ = try await client.answer(arguments)
            let ask = ["recommend", "--project", "grid", "--flops", "1e21"]
            let advice = try await client.answer(ask)
            #expect(advice["law"] as? String == "chinchilla")
            let source = try #require(advice["provenance"] as? [String: Any])
            #expect(source["runs"] as? Int == 20 && source["fitID"] is String)
            let shown = try await text(server, ask)
            let statement = try #require(advice["statement"] as? String)
            #expect(shown.contains(statement) && shown.contains("90 % interval"))
            let extra = try await client.answer(ask + ["--devices", "8", "--law", "chinchilla"])
            let warnings = try #require(extra["warnings"] as? [String])
            #expect(warnings.contains { $0.contains("devices") })
            try await expectPlan(server, client)
        }
    }

    private func expectPlan(_ server: ServerProcess, _ client: CommandLineClient) async throws {
        let ask = ["next-runs", "--project", "grid", "--budget-flops", "1e20", "--count", "3"]
        let target = ["--flops", "1e21"]
        let plan = try await client.answer(ask + target)
        let runs = try #require(plan["runs"] as? [[String: Any]])
        #expect((1...3).contains(runs.count))
        let total = try #require(plan["totalFLOPs"] as? Double)
        #expect(total <= 1e20 * 1.000_001)
        let lines = try await text(
            server,
            ask + target + ["--template", "train.py -n {parameterCount} -d {tokenCount}"]
        )
        .split(separator: "\n")
        #expect(lines.count == runs.count)
        #expect(lines.allSatisfy { $0.hasPrefix("train.py -n ") && !$0.contains("{") })
        let json = try await text(server, ask + target + ["--format", "json"])
        let list = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]]
        #expect(list?.count == runs.count)
        let yaml = try await text(server, ask + target + ["--format", "yaml"])
        #expect(yaml.hasPrefix("- parameterCount: "))
        #expect(try await text(server, ask + target).contains("FLOPs in all"))
        for arguments in [
            ask + target + ["--template", "{rate}"], ask + target + ["--format", "cli"],
            ask + target + ["--law", "critical-batch"], ask,
        ] {
            #expect(try await isoloss(server, arguments).status == 64, "\(arguments)")
        }
    }

    @Test func `an empty project gets runs to launch first`() async throws {
        try await ServerProcess.with { server in
            let ask = ["first-runs", "--project", "Default", "--parameters", "7B"]
            let shown = try await text(server, ask)
            #expect(shown.contains("36 runs") && !shown.contains("of the gain"), "\(shown)")
            let template = ["--template", "train.py --lr {peakLearningRate} --n {parameterCount}"]
            let lines = try await text(server, ask + template).split(separator: "\n")
            #expect(lines.count == 36 && lines.allSatisfy { $0.hasPrefix("train.py --lr ") })
            #expect(!lines.contains { $0.contains("{") || $0.contains("nan") })
            let other = try await text(server, ask + ["--law", "moe-joint"])
            #expect(other.contains("differ in more than size"))
            let wrong = try await isoloss(server, ask + ["--law", "none"])
            #expect(wrong.status == 64)
        }
    }

    @Test func `hyperparameters are transferred from a file and by flags`() async throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let base = folder + "/base.json"
        try Data(#"{"width": 256, "depth": 4, "peakLearningRate": 0.003, "beta2": null}"#.utf8)
            .write(to: URL(filePath: base))
        try await ServerProcess.with { server in
            let mup = ["--rule", "mup", "--target-width", "1024"]
            let flags = ["--base-width", "256", "--base-depth", "4"]
            let rate = ["--base-peak-learning-rate", "3e-3"]
            let client = CommandLineClient(server: server.url)
            let fromFile = try await client.answer(["transfer", "--base", base] + mup)
            let fromFlags = try await client.answer(["transfer"] + flags + rate + mup)
            #expect(NSDictionary(dictionary: fromFile) == NSDictionary(dictionary: fromFlags))
            let shown = try await text(server, ["transfer", "--base", base] + mup)
            #expect(shown.contains("Hidden matrices") && shown.contains("7.50e-4"), "\(shown)")
            let yaml = ["transfer", "--base", base, "--format", "yaml"] + mup
            #expect(try await text(server, yaml).contains("groups:\n  embedding:"))
            for (arguments, status) in [
                (["transfer"], Int32(64)), (["transfer", "--base", folder + "/none"], 65),
                (["transfer", "--base-width", "256", "--base-depth", "0.5"], 64),
                (["transfer"] + flags + ["--target-token-count", "1B"], 64),
            ] {
                #expect(try await isoloss(server, arguments).status == status, "\(arguments)")
            }
            try Data("[1]".utf8).write(to: URL(filePath: base))
            #expect(try await isoloss(server, ["transfer", "--base", base]).status == 65)
        }
    }
}
