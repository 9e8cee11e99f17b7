import Foundation
import TestSupport
import Testing

/// From a table of runs to an answer, with the real server and the real command line.
@Suite(.serialized) struct AnswerTests {
    @Test(.timeLimit(.minutes(10)))
    func `a table is imported, fitted and asked for the next run`() async throws {
        try await ServerProcess.with { server in
            let folder = try ServerProcess.makeDataDirectory()
            let table = folder + "/planted.csv"
            try Data(PlantedSweep.csv.utf8).write(to: URL(fileURLWithPath: table))
            let maps = [
                "parameterCount=N", "tokenCount=D", "peakLearningRate=lr", "batchTokens=bs*2048",
                "loss=\"final loss\"",
            ]
            let isoloss = CommandLineClient(server: server.url)
            let importing =
                ["import", table, "--project", "planted", "--name", "run"]
                + maps.flatMap { ["--map", $0] }
            let first = try await isoloss.answer(importing)
            #expect(first["inserted"] as? Int == PlantedSweep.rowCount)
            let second = try await isoloss.answer(importing)
            #expect(second["inserted"] as? Int == 0)
            #expect(second["unchanged"] as? Int == PlantedSweep.rowCount)
            let fit = try await isoloss.answer(["fit", "--project", "planted", "--law", "step-law"])
            #expect(fit["id"] is String)
            try await expectAnswer(from: isoloss, project: "planted")
            try FileManager.default.removeItem(atPath: folder)
        }
    }

    @Test(
        .timeLimit(.minutes(10)),
        .enabled(if: publicTable != nil, "ISOLOSS_PUBLIC_DATA holds no Step Law table")
    )
    func `the public Step Law table gives an answer with its evidence`() async throws {
        let table = try #require(Self.publicTable)
        try await ServerProcess.with { server in
            let isoloss = CommandLineClient(server: server.url)
            let imported = try await isoloss.answer([
                "import", table, "--project", "steplaw", "--preset", "step-law",
            ])
            #expect(imported["inserted"] as? Int == 1_911)
            try await expectAnswer(from: isoloss, project: "steplaw")
        }
    }

    private func expectAnswer(from isoloss: CommandLineClient, project: String) async throws {
        let answer = try await isoloss.answer([
            "recommend", "--project", project, "--parameters", "1.0737e9", "--tokens", "1e11",
        ])
        for quantity in ["peakLearningRate", "batchTokens"] {
            let interval = try #require(answer[quantity] as? [String: Any], "\(answer)")
            let low = try #require(interval["low"] as? Double)
            let value = try #require(interval["value"] as? Double)
            let high = try #require(interval["high"] as? Double)
            #expect(0 < low && low <= value && value <= high, "\(quantity): \(interval)")
        }
        #expect(answer.keys.contains("predictedLoss"))
        #expect(answer["provenance"] is [String: Any])
        #expect(answer["extrapolation"] is [String: Any])
    }

    private static let publicTable: String? = {
        guard let folder = ProcessInfo.processInfo.environment["ISOLOSS_PUBLIC_DATA"] else {
            return nil
        }
        let path = folder + "/steplaw/dense_lr_bs_loss.csv"
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }()
}

/// The real command line, always asked for JSON.
struct CommandLineClient {
    let server: String

    /// The object on standard output; the command must end with status 0.
    func answer(_ arguments: [String]) async throws -> [String: Any] {
        let result = try await ChildProcess.run(
            Products.program("isoloss"),
            ["--server", server] + arguments + ["--json"]
        )
        #expect(result.status == 0, "\(arguments.first ?? ""): \(result.errors.suffix(2_000))")
        let value = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
        return try #require(value as? [String: Any], "\(result.output.prefix(500))")
    }
}

/// A sweep whose best rate and batch follow Step Law's published form.
private enum PlantedSweep {
    private static let parameters = [6e7, 2e8, 5e8]
    private static let tokens = [2e9, 8e9, 3e10]
    static let rowCount = 3 * 3 * 6 * 5

    static var csv: String {
        var text = "run,N,D,lr,bs,final loss\n"
        var index = 0
        for n in parameters {
            for d in tokens {
                let rate = 1.79 * pow(n, -0.713) * pow(d, 0.307)
                let batch = 0.58 * pow(d, 0.571)
                for lr in rates {
                    for sequences in batches(around: batch / 2_048) {
                        let x = log(lr / rate)
                        let y = log(sequences * 2_048 / batch)
                        let loss =
                            1.7 + 400 * pow(n, -0.34) + 410 * pow(d, -0.28)
                            + 0.02 * x * x + 0.006 * y * y - 0.004 * x * y
                        text += "r\(index),\(n),\(d),\(lr),\(sequences),\(loss)\n"
                        index += 1
                    }
                }
            }
        }
        return text
    }

    private static let rates = (0..<6).map { 2.5e-4 * pow(2, Double($0)) }

    private static func batches(around best: Double) -> [Double] {
        (-2...2).map { pow(2, (log2(best)).rounded() + Double($0)) }
    }
}
