import Foundation

/// Reads a history of a million points back by MLflow's pages.
struct HistoryBenchmark {
    let server: MeasuredServer
    let points: Int

    static let table = Table([
        "server", "points", "pages", "fill points/s", "read s", "first page s", "MB",
        "CPU µs/point", "Python json s",
    ])

    struct Report {
        var cells: [String]
        var seconds: Double
    }

    func run(parsesWithPython: Bool) async throws -> Report {
        let calls = MLflowCalls(server: server)
        let experiment = try calls.makeExperiment("history")
        let run = try calls.makeRuns(1, experiment: experiment)[0]
        let seeder = SeriesSeeder(server: server)
        let fill = try await seeder.fillHistory(run: run, points: points)
        let meter = server.meter
        let before = meter.read()
        let walk = try HistoryWalk.read(
            port: server.port,
            run: run,
            key: "train/metric_0",
            keepsBodies: parsesWithPython
        )
        let used = meter.read() - before
        guard walk.points == points else {
            throw LoadError.malformed("\(walk.points) points came back of \(points)")
        }
        let python = parsesWithPython ? try await Self.pythonSeconds(walk.bodies) : .nan
        let cells = [
            server.name, "\(walk.points)", "\(walk.pages)", short(fill.pointsPerSecond),
            short(walk.seconds), short(walk.firstPageSeconds), short(Double(walk.bytes) / 1e6),
            short(used.seconds / Double(points) * 1e6), short(python),
        ]
        return Report(cells: cells, seconds: walk.seconds)
    }

    /// Seconds that Python's own JSON reader takes for the same bytes.
    private static func pythonSeconds(_ bodies: [[UInt8]]) async throws -> Double {
        let path = "/tmp/isoloss-benchmark-pages-\(getpid()).jsonl"
        defer { try? FileManager.default.removeItem(atPath: path) }
        var data = Data()
        for body in bodies { data += body + [UInt8(ascii: "\n")] }
        try data.write(to: URL(fileURLWithPath: path))
        let script = """
            import json, sys, time
            lines = open(sys.argv[1], "rb").read().split(b"\\n")[:-1]
            start = time.perf_counter()
            for line in lines: json.loads(line)
            print(time.perf_counter() - start)
            """
        let log = path + ".log"
        defer { try? FileManager.default.removeItem(atPath: log) }
        let program = try ChildProgram(["python3", "-c", script, path], log: log)
        _ = await program.wait()
        return Double(program.log.trimmingCharacters(in: .whitespacesAndNewlines)) ?? .nan
    }
}
