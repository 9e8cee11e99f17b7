import Foundation
import TestSupport
import Testing

/// Laws of the loss from the command line, on the published table of Chinchilla's runs.
@Suite(.serialized, .needsPublicData("chinchilla/svg_extracted_data.csv"))
struct LawCommandTests {
    @Test(.timeLimit(.minutes(10)))
    func `a table with compute instead of tokens gives the published Chinchilla constants`()
        async throws
    {
        let table = try #require(PublicData.path("chinchilla/svg_extracted_data.csv"))
        try await ServerProcess.with { server in
            let isoloss = CommandLineClient(server: server.url)
            let imported = try await isoloss.answer([
                "import", table, "--project", "chinchilla", "--map",
                "parameterCount=\"Model Size\"", "--map", "computeFLOPs=\"Training FLOP\"",
                "--map", "loss=loss",
            ])
            #expect(imported["inserted"] as? Int == 245)
            let asking = [
                "fit", "--project", "chinchilla", "--law", "chinchilla", "--where", "loss < 3.42",
                "--seed", "3", "--draws", "200",
            ]
            let fit = try await isoloss.answer(asking)
            #expect(fit["law"] as? String == "chinchilla" && fit["runs"] as? Int == 240)
            let objective = try #require(fit["objective"] as? Double)
            #expect(objective <= 1.01827405e-3)
            let parameters = try #require(fit["parameters"] as? [String: [String: Double]])
            for (symbol, published) in ["E": 1.8172, "alpha": 0.3473, "beta": 0.3672] {
                let found = try #require(parameters[symbol])
                let value = try #require(found["value"])
                let low = try #require(found["low"])
                let high = try #require(found["high"])
                #expect(abs(value - published) <= 0.0005, "\(symbol) = \(value)")
                #expect(low < value && value < high, "\(symbol): \(low) … \(high)")
            }
            let diagnostics = try #require(fit["diagnostics"] as? [String: Any])
            #expect(diagnostics["isConverged"] as? Bool == true)
            #expect(diagnostics["draws"] as? Int == 200)
            let again = try await isoloss.answer(asking)
            #expect(again["parameters"] as? [String: [String: Double]] == parameters)
            try await expectText(server)
            let laws = try await isoloss.answer(["laws"])
            let cards = try #require(laws["laws"] as? [[String: Any]])
            let ids = cards.compactMap { $0["id"] as? String }
            #expect(
                Set(ids).isSuperset(of: ["step-law", "chinchilla"]) && ids.count == cards.count
            )
        }
    }

    /// What people read has every parameter with its range, and the error on unseen runs.
    private func expectText(_ server: ServerProcess) async throws {
        let listed = try await CommandLineClient(server: server.url).answer([
            "fits", "--project", "chinchilla",
        ])
        let fits = try #require(listed["fits"] as? [[String: Any]])
        #expect(fits.count == 2 && fits.allSatisfy { $0["parameters"] is [String: Any] })
        let id = try #require(fits.first?["id"] as? String)
        let shown = try await ChildProcess.run(
            Products.program("isoloss"),
            ["--server", server.url, "fits", "show", id]
        )
        for word in ["alpha", "beta", "nats per token", "largest scale", "Residuals"] {
            #expect(shown.output.contains(word), "\(word): \(shown.output)")
        }
        let cancelled = try await ChildProcess.run(
            Products.program("isoloss"),
            ["--server", server.url, "fits", "cancel", id]
        )
        #expect(cancelled.status == 1 && cancelled.errors.contains("finished"))
    }
}
