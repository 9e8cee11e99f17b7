import Foundation

/// What other trackers' own Python clients cost the training loop; for reference.
struct ClientBenchmark {
    let environment: PeerEnvironment
    let steps: Int

    static let table = Table([
        "client, 10 metrics a step", "points/s", "µs/step in the loop", "CPU µs/point",
        "bytes/point",
    ])

    func run(_ client: String, into table: inout Table) async throws {
        struct Outcome: Decodable {
            var points: Double
            var loop: Double
            var total: Double
            var cpu: Double
            var bytes: Double
        }
        let folder = "/tmp/isoloss-benchmark-\(client)-\(getpid())"
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true
        )
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let program = try ChildProgram(
            [
                environment.program("python"), PeerEnvironment.scripts + "/clients.py", client,
                folder, "\(steps)",
            ],
            environment: ["HOME": folder],
            log: folder + ".log"
        )
        let status = await program.wait()
        defer { try? FileManager.default.removeItem(atPath: folder + ".log") }
        let line = program.log.split(separator: "\n").last { $0.hasPrefix("{") }
        guard status == 0, let line else {
            say("\(client) failed: \(program.log.suffix(600))")
            return
        }
        let outcome = try JSONDecoder().decode(Outcome.self, from: Data(line.utf8))
        table.add([
            client, short(outcome.points / outcome.total),
            short(outcome.loop / Double(steps) * 1e6), short(outcome.cpu / outcome.points * 1e6),
            short(outcome.bytes / outcome.points),
        ])
    }
}
