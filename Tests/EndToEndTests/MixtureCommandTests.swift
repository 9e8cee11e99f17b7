import Foundation
import TestSupport
import Testing

/// Mixtures by the real command line on the real server.
@Suite(.serialized, .timeLimit(.minutes(10))) struct MixtureCommandTests {
    private let folder = NSTemporaryDirectory() + "isoloss-mixtures-\(UUID().uuidString)"

    /// L = 2 + (0.1 + 1.5 √web + 0.8 √code + 0.1 √other)^−0.3
    private static func loss(_ shares: [Double]) -> Double {
        let sum = zip([1.5, 0.8, 0.1], shares).reduce(0.1) { $0 + $1.0 * $1.1.squareRoot() }
        return 2 + pow(sum, -0.3)
    }

    private func tables() throws -> (mixtures: String, metrics: String) {
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true
        )
        var random = SeededGenerator(seed: 11)
        var mixtures = "index,web,code,other\n"
        var metrics = "index,valid: web/loss\n"
        for index in 0..<32 {
            let draws = (0..<3).map { _ in -log(Double.random(in: 1e-6..<1, using: &random)) }
            let shares = draws.map { $0 / draws.reduce(0, +) }
            mixtures += "\(index)," + shares.map { "\($0)" }.joined(separator: ",") + "\n"
            metrics += "\(index),\(Self.loss(shares))\n"
        }
        let paths = (folder + "/mixtures.csv", folder + "/metrics.csv")
        try mixtures.write(toFile: paths.0, atomically: true, encoding: .utf8)
        try metrics.write(toFile: paths.1, atomically: true, encoding: .utf8)
        return paths
    }

    private func write(_ name: String, _ text: String) throws -> String {
        try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
        return "\(folder)/\(name)"
    }

    @Test func `two tables lead to a fit, predictions and the best mixture`() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (mixtures, metrics) = try tables()
        try await ServerProcess.with { server in
            let isoloss = CommandLineClient(server: server.url)
            let loaded = try await isoloss.answer([
                "import", "mixtures", mixtures, metrics, "--project", "swarm", "--join", "index",
            ])
            #expect(loaded["inserted"] as? Int == 32)
            let about = ["--project", "swarm", "--target", "valid: web/loss"]
            let fit = try await isoloss.answer(
                ["mixture", "fit", "--predictor", "effective-data"] + about
            )
            #expect(fit["law"] as? String == "effective-data" && fit["runs"] as? Int == 32)

            let asked = try write(
                "asked.csv",
                "index,web,code,other\na,0.5,0.3,0.2\nb,0.1,0.1,0.8\n"
            )
            let lines = try await ChildProcess.run(
                Products.program("isoloss"),
                ["--server", server.url, "mixture", "predict", "--mixtures", asked, "--json"]
                    + about
            )
            let rows = try lines.output.split(separator: "\n").map {
                try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
            }
            #expect(rows.map { $0["index"] as? String } == ["a", "b"], "\(lines.errors)")
            for (row, shares) in zip(rows, [[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]]) {
                let prediction = try #require(row["prediction"] as? Double)
                #expect(abs(prediction - Self.loss(shares)) < 0.003)
                #expect((row["sd"] as? Double ?? -1) >= 0)
            }

            let bounds = try write("bounds.json", #"{"bounds": {"web": {"high": 0.6}}}"#)
            let best = try await isoloss.answer(
                ["mixture", "optimise", "--bounds", bounds] + about
            )
            let weights = try #require(best["weights"] as? [String: [String: Double]])
            #expect(abs((weights["web"]?["value"] ?? 0) - 0.6) < 0.02)
            #expect(
                weights.values.allSatisfy { weight in
                    let value = weight["value"] ?? -1
                    return (weight["low"] ?? 2) <= value && value <= (weight["high"] ?? -1)
                }
            )
            let binding = try #require(best["binding"] as? [[String: Any]])
            #expect(binding.contains { ($0["constraint"] as? String)?.contains("web") == true })
            let given = try await isoloss.answer(
                ["mixture", "optimise", "--bounds", #"{"bounds": {"web": {"high": 0.6}}}"#] + about
            )
            #expect(given["weights"] as? [String: [String: Double]] == weights)
            try await expectDesignOfProject(isoloss)
        }
    }

    /// A least share holds for the domains that the runs have.
    private func expectDesignOfProject(_ isoloss: CommandLineClient) async throws {
        let design = try await isoloss.answer([
            "mixture", "design", "--project", "swarm", "--minimum", "0.1", "--count", "4",
        ])
        let shares = (design["runs"] as? [[String: Any]] ?? [])
            .flatMap { ($0["proportions"] as? [String: Double] ?? [:]).values }
        #expect(shares.count == 12 && shares.allSatisfy { $0 >= 0.1 - 1e-9 })
    }

    @Test func `a design is within its bounds, as text, table and files`() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await ServerProcess.with { server in
            let isoloss = CommandLineClient(server: server.url)
            let asking = [
                "mixture", "design", "--domains", "web,code,other", "--count", "12", "--minimum",
                "0.05",
            ]
            let plan = try await isoloss.answer(asking)
            let runs = try #require(plan["runs"] as? [[String: Any]])
            #expect(runs.count == 12)
            for run in runs {
                let shares = try #require(run["proportions"] as? [String: Double])
                #expect(shares.values.allSatisfy { $0 >= 0.05 - 1e-9 })
                #expect(abs(shares.values.reduce(0, +) - 1) < 1e-9)
            }
            let files = try await ChildProcess.run(
                Products.program("isoloss"),
                ["--server", server.url] + asking
                    + ["--format", "regmix", "--output", folder + "/plan"]
            )
            #expect(files.status == 0, "\(files.errors)")
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder + "/plan").count == 12
            )
            let refused = try await ChildProcess.run(
                Products.program("isoloss"),
                [
                    "--server", server.url, "mixture", "design", "--domains", "a,b", "--minimum",
                    "0.6",
                ]
            )
            #expect(refused.status == 64, "\(refused.errors)")
        }
    }
}
