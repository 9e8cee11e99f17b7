import Foundation
import TestSupport
import Testing

/// Figures by the real command line on the real server.
@Suite(.serialized, .timeLimit(.minutes(5))) struct FigureCommandTests {
    private let folder = NSTemporaryDirectory() + "isoloss-figures-\(UUID().uuidString)"

    @Test func `a figure is said in words and saved as a figure and as a table`() async throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var rows = (mixtures: "index,web,code,other\n", metrics: "index,loss\n")
        for index in 0..<28 {
            let (web, code) = (0.05 + 0.1 * Double(index % 7), 0.05 + 0.08 * Double(index / 7))
            let used = 0.1 + 1.5 * web.squareRoot() + 0.8 * code.squareRoot()
            rows.mixtures += "\(index),\(web),\(code),\(1 - web - code)\n"
            rows.metrics += "\(index),\(2 + pow(used, -0.3))\n"
        }
        let mixtures = try write("mixtures.csv", rows.mixtures)
        let metrics = try write("metrics.csv", rows.metrics)
        try await ServerProcess.with { server in
            let isoloss = CommandLineClient(server: server.url)
            _ = try await isoloss.answer([
                "import", "mixtures", mixtures, metrics, "--project", "swarm", "--join", "index",
            ])
            let kinds = try await isoloss.answer(["figure"])["figures"] as? [[String: Any]]
            #expect((kinds?.count ?? 0) > 30)

            let program = Products.program("isoloss")
            let about = [
                "figure", "mixture-sensitivity", "--project", "swarm", "--server", server.url,
                "--set", "target=loss",
            ]
            let words = try await ChildProcess.run(program, about)
            #expect(words.status == 0 && words.output.contains("each of 3 domains"), "\(words)")

            for (file, start) in [("figure.json", "{"), ("figure.csv", "domain")] {
                let path = folder + "/" + file
                let saved = try await ChildProcess.run(program, about + ["--output", path])
                #expect(saved.status == 0)
                let text = try String(contentsOfFile: path, encoding: .utf8)
                #expect(text.hasPrefix(start), "\(text.prefix(80))")
            }
            let wrong = try await ChildProcess.run(program, about + ["--set", "law"])
            #expect(wrong.status == 64 && wrong.errors.contains("NAME=VALUE"))
            let none = try await ChildProcess.run(
                program,
                ["figure", "none", "--project", "swarm", "--server", server.url]
            )
            #expect(none.status == 1 && none.errors.contains("There is no figure none"))
        }
    }

    private func write(_ name: String, _ text: String) throws -> String {
        try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
        return "\(folder)/\(name)"
    }
}
