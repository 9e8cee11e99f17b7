import Foundation
import Postgres
import TestSupport
import Testing

/// Two server processes on one database share the queue of fits.
@Suite(.serialized, .timeLimit(.minutes(10))) struct TwoServersTests {
    private func fits(_ client: CommandLineClient) async throws -> [[String: Any]] {
        let answer = try await client.answer(["fits", "--project", "p"])
        return answer["fits"] as? [[String: Any]] ?? []
    }

    /// Asks until `isReached`, which must be before any fit ends.
    private func wait(
        _ client: CommandLineClient,
        _ isReached: ([[String: Any]]) -> Bool
    ) async throws {
        let deadline = ContinuousClock.now + .seconds(120)
        while true {
            let known = try await fits(client)
            if isReached(known) { return }
            let open = known.allSatisfy { ["queued", "running"].contains($0["status"] as? String) }
            try #require(open && ContinuousClock.now < deadline, "\(known)")
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    private func start(_ client: ServerProcess, law: String) async throws {
        let body = #"{"project": "p", "law": "\#(law)", "options": {"drawCount": 5000}}"#
        let result = try await ChildProcess.run(
            "/usr/bin/curl",
            [
                "--silent", "--noproxy", "*", "--json", body, client.url + "/api/v1/fits",
            ]
        )
        #expect(result.output.contains("\"status\""), "\(result.output)")
    }

    @Test func `each tells how far the other's fit is, and cancels it`() async throws {
        let folder = try ServerProcess.makeDataDirectory()
        let first = try await ServerProcess(dataDirectory: folder)
        let database = await EmbeddedPostgres(dataDirectory: folder).conninfo(database: "isoloss")
        let second = try await ServerProcess(
            dataDirectory: try ServerProcess.makeDataDirectory(),
            environment: ["ISOLOSS_DATABASE_URL": database]
        )
        let (near, far) = (
            CommandLineClient(server: first.url), CommandLineClient(server: second.url)
        )
        let file = folder + "/runs.jsonl"
        let lines = (0..<10).flatMap { copy in
            (PlantedProjects.lines(of: "chinchilla") ?? [])
                .map { $0.replacing("\"planted", with: "\"copy \(copy) planted") }
        }
        try Data(lines.joined(separator: "\n").utf8).write(to: URL(filePath: file))
        _ = try await near.answer(["import", file, "--project", "p"])
        // One for each server: whoever is free takes the next.
        for _ in 0..<2 { try await start(first, law: "farseer") }
        func progress(_ fit: [String: Any]) -> Double { fit["progress"] as? Double ?? 0 }
        for client in [near, far] {
            try await wait(client) { $0.count == 2 && $0.allSatisfy { progress($0) > 0 } }
        }
        for fit in try await fits(near) {
            let id = try #require(fit["id"] as? String)
            let ended = try await near.answer(["fits", "cancel", id])
            #expect(ended["status"] as? String == "cancelled")
        }
        // Both are free again: a small fit that each is asked for ends.
        for client in [near, far] {
            let fit = try await client.answer([
                "fit", "--project", "p", "--law", "chinchilla", "--draws", "50",
            ])
            #expect(fit["status"] as? String == "finished")
        }
        for fit in try await fits(far) where fit["law"] as? String == "farseer" {
            #expect(fit["status"] as? String == "cancelled" && fit["parameters"] == nil)
        }
        #expect(await second.stop() == 0)
        #expect(await first.stop() == 0)
        for path in [folder, second.dataDirectory] {
            try FileManager.default.removeItem(atPath: path)
        }
    }
}
