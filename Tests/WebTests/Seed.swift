import Foundation
import FoundationNetworking

/// Fills a server through its public calls.
struct Seed: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    static let project = "planted sweep"
    let url: String

    /// A sweep whose optimum is known: LR* = 0.5·N^−0.3·D^0.05…, batch* growing with D.
    func plantSweep() async throws {
        var lines: [String] = []
        for size in [2e7, 6e7, 1.8e8] {
            for tokens in [5e8, 2e9] {
                for rate in [5e-4, 1e-3, 2e-3, 4e-3, 8e-3] {
                    for batch in [32_768.0, 65_536, 131_072, 262_144] {
                        lines.append(Self.run(size, tokens, rate, batch))
                    }
                }
            }
        }
        lines.append(Self.diverged)
        try await importLines(lines, to: Self.project)
    }

    /// Imports runs, one JSON object a line, and waits until they are there.
    func importLines(_ lines: [String], to project: String) async throws {
        let body = Data(lines.joined(separator: "\n").utf8)
        let name = project.replacing(" ", with: "%20")
        let answer = try await send("POST", "/api/v1/imports?project=\(name)&format=jsonl", body)
        guard let id = answer["id"] as? String else {
            throw Failure(description: "the import was not accepted: \(answer)")
        }
        for _ in 0..<600 {
            let state = try await send("GET", "/api/v1/imports/\(id)", nil)
            if state["status"] as? String == "finished" { return }
            if state["status"] as? String == "failed" {
                throw Failure(description: "the import failed: \(state)")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw Failure(description: "the import did not end within 30 s")
    }

    /// A new project with a running run; answers the run's id.
    func startRun(project: String, name: String) async throws -> String {
        let made = try await send(
            "POST",
            "/api/2.0/mlflow/experiments/create",
            json(["name": project])
        )
        return try await startRun(name, in: made["experiment_id"] as? String ?? "")
    }

    /// One more running run in the project of another.
    func startRun(name: String, beside run: String) async throws -> String {
        let found = try await send("GET", "/api/2.0/mlflow/runs/get?run_id=\(run)", nil)
        let info = (found["run"] as? [String: Any])?["info"] as? [String: Any]
        return try await startRun(name, in: info?["experiment_id"] as? String ?? "")
    }

    private func startRun(_ name: String, in experiment: String) async throws -> String {
        let created = try await send(
            "POST",
            "/api/2.0/mlflow/runs/create",
            json(["experiment_id": experiment, "run_name": name])
        )
        let info = (created["run"] as? [String: Any])?["info"] as? [String: Any]
        guard let id = info?["run_id"] as? String else {
            throw Failure(description: "no run was made: \(created)")
        }
        return id
    }

    func log(run: String, steps: Range<Int>) async throws {
        let metrics = steps.map { step in
            [
                "key": "loss", "value": 4 / pow(Double(step + 1), 0.1), "step": step,
                "timestamp": 1_700_000_000_000 + step * 1000,
            ] as [String: Any]
        }
        _ = try await send(
            "POST",
            "/api/2.0/mlflow/runs/log-batch",
            json(["run_id": run, "metrics": metrics])
        )
    }

    func json(_ value: [String: Any]) throws -> Data {
        try JSONSerialization.data(withJSONObject: value)
    }

    func send(
        _ method: String,
        _ path: String,
        _ body: Data?
    ) async throws -> [String: Any] {
        guard let address = URL(string: url + path) else {
            throw Failure(description: "\(path) is no path")
        }
        var request = URLRequest(url: address, timeoutInterval: 30)
        request.httpMethod = method
        request.httpBody = body
        if body != nil { request.setValue("application/json", forHTTPHeaderField: "Content-Type") }
        let (data, response) = try await URLSession.shared.data(for: request)
        let status = (response as? HTTPURLResponse)?.statusCode ?? 0
        guard (200..<300).contains(status) else {
            let text = String(decoding: data, as: UTF8.self)
            throw Failure(description: "\(method) \(path) answered \(status): \(text)")
        }
        return try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    }

    private static func run(
        _ size: Double,
        _ tokens: Double,
        _ rate: Double,
        _ batch: Double
    ) -> String {
        let bestRate = 2e-3 * pow(size / 6e7, -0.3) * pow(tokens / 1e9, 0.1)
        let bestBatch = 9e4 * pow(tokens / 1e9, 0.5)
        let x = Foundation.log(rate / bestRate)
        let y = Foundation.log(batch / bestBatch)
        let level = 1.8 + 40 / pow(size, 0.2) + 60 / pow(tokens, 0.2)
        let loss = level * (1 + 0.008 * x * x + 0.003 * y * y)
        let last = Int(tokens / batch)
        let steps = (1...12).map { max(1, last * $0 / 12) }
        let values = steps.map { loss * (1 + 0.6 * (pow(Double(last) / Double($0), 0.12) - 1)) }
        return line(
            "N\(Int(size / 1e6))M D\(Int(tokens / 1e6))M lr\(rate) b\(Int(batch))",
            [
                "nonEmbeddingParameterCount": size, "tokenCount": tokens, "learning_rate": rate,
                "batchTokens": batch,
            ],
            "{\"steps\":\(steps),\"values\":\(values)}"
        )
    }

    /// Its name is an attack: pages must show it as text.
    private static var diverged: String {
        line(
            "<img src=x onerror=alert(1)>",
            [
                "nonEmbeddingParameterCount": 2e7, "tokenCount": 5e8, "learning_rate": 0.1,
                "batchTokens": 65_536,
            ],
            "{\"steps\":[10,20,30],\"values\":[9.1,11.5,\"NaN\"]}"
        )
    }

    static func line(
        _ name: String,
        _ params: [String: Double],
        _ loss: String,
        isRunning: Bool = false,
        other: String = ""
    ) -> String {
        let values = params.map { "\"\($0)\":\"\($1)\"" }.sorted().joined(separator: ",")
        let end = isRunning ? "" : "\"endTime\":1700003600000000,"
        return "{\"name\":\"\(name)\",\"status\":\"\(isRunning ? "running" : "finished")\","
            + "\"startTime\":1700000000000000,\(end)\"params\":{\(values)},\"tags\":{},"
            + "\"metrics\":{\"loss\":\(loss)\(other)}}"
    }
}
