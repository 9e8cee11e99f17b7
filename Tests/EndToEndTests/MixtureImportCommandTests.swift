import Foundation
import TestSupport
import Testing

/// A swarm's two tables through the real command line and server.
@Suite(.serialized) struct MixtureImportCommandTests {
    @Test(.timeLimit(.minutes(10)))
    func `two tables are joined by their column and loaded once`() async throws {
        try await ServerProcess.with { server in
            let folder = try ServerProcess.makeDataDirectory()
            let mixtures = folder + "/mixtures.csv"
            let metrics = folder + "/metrics.csv"
            try Data("index,code,prose\n1,0.25,0.75\n2,0.497,0.5\n".utf8)
                .write(to: URL(filePath: mixtures))
            try Data("index,loss:code\n2,2.5\n1,3.5\n".utf8).write(to: URL(filePath: metrics))
            let isoloss = CommandLineClient(server: server.url)
            let importing = [
                "import", "mixtures", mixtures, metrics, "--project", "swarm", "--join", "index",
            ]
            let first = try await isoloss.answer(importing)
            #expect(first["inserted"] as? Int == 2)
            let notes = try #require(first["notes"] as? [String])
            #expect(notes.contains { $0.hasPrefix("sumOffOne: 1 of 2 runs (run 2)") })
            let second = try await isoloss.answer(importing)
            #expect(second["inserted"] as? Int == 0 && second["unchanged"] as? Int == 2)
            let runs = try await isoloss.answer(["runs", "--project", "swarm", "--sort", "name"])
            let listed = try #require(runs["runs"] as? [[String: Any]])
            let shares = listed.compactMap { ($0["params"] as? [String: String])?["mixture/code"] }
            #expect(shares == ["0.25", "0.497"])
            try FileManager.default.removeItem(atPath: folder)
        }
    }

    @Test func `tables that cannot be joined are 65, a missing project is 64`() async throws {
        try await ServerProcess.with { server in
            let folder = try ServerProcess.makeDataDirectory()
            let one = folder + "/one.csv"
            let two = folder + "/two.csv"
            try Data("index,code\n0,1\n1,1\n".utf8).write(to: URL(filePath: one))
            try Data("index,loss\n1,2\n2,2\n".utf8).write(to: URL(filePath: two))
            let program = Products.program("isoloss")
            let environment = ["ISOLOSS_SERVER": server.url]
            let shifted = try await ChildProcess.run(
                program,
                ["import", "mixtures", one, two, "--project", "p", "--join", "index"],
                environment: environment
            )
            #expect(shifted.status == 65 && shifted.errors.contains("numbers from 0"))
            let usage = try await ChildProcess.run(
                program,
                ["import", "mixtures", one, two],
                environment: environment
            )
            #expect(usage.status == 64)
            try FileManager.default.removeItem(atPath: folder)
        }
    }
}
