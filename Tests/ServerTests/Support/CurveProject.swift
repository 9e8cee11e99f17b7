import API
import Foundation
import Runs
import TestSupport
import Testing

/// A project of planted loss curves: finished runs, and jobs that are half done.
enum CurveProject {
    static let finishedCount = 40
    static let stepCount = 1_000

    /// Loss of the curve with this floor after so many steps, nats.
    static func loss(floor: Double, step: Int) -> Double {
        floor + 12 * pow(Double(step), -0.5)
    }

    static func floor(_ index: Int) -> Double { 2 + 0.02 * Double(index) }

    /// Finished runs as JSON lines.
    static var lines: String {
        var generator = SeededGenerator(seed: 3)
        return (0..<finishedCount).map { index in
            let steps = Array(stride(from: 20, through: stepCount, by: 20))
            let values = steps.map { step in
                let noise = Double.random(in: 0.998...1.002, using: &generator)
                return "\(loss(floor: floor(index), step: step) * noise)"
            }
            let times = steps.map { "\(1_700_000_000_000_000 + $0 * 1_000_000)" }
            return """
                {"name":"done\(index)","status":"finished","params":\(params(index)),
                "startTime":1700000000000000,"endTime":1700000001000000,"metrics":{"loss":{"steps":
                [\(steps.map(String.init).joined(separator: ","))],
                "times":[\(times.joined(separator: ","))],
                "values":[\(values.joined(separator: ","))]}}}
                """.replacing("\n", with: "")
        }
        .joined(separator: "\n")
    }

    private static func params(_ index: Int) -> String {
        #"{"max_steps":"\#(stepCount)","peak_lr":"\#(1e-3 * pow(1.05, Double(index)))"}"#
    }

    /// Starts a job and logs its first half; returns its id.
    static func startJob(
        _ app: TestApplication,
        project: String,
        name: String,
        floor: Double,
        params: String = #"{"max_steps":"1000","peak_lr":"0.002"}"#
    ) async throws -> String {
        let body = #"{"project":"\#(project)","name":"\#(name)","params":\#(params)}"#
        let reply = try await app.post("/api/v1/runs", json: body)
        #expect(reply.status < 300, "\(reply.text)")
        let id = try reply.decoded(RunMessage.self).id.hex
        let steps = Array(stride(from: 20, through: stepCount / 2, by: 20))
        let values = steps.map { "\(loss(floor: floor, step: $0))" }
        let points = """
            {"runs":[{"run":"\(id)","steps":[\(steps.map(String.init).joined(separator: ","))],
            "metrics":{"loss":[\(values.joined(separator: ","))]}}]}
            """
        let stored = try await app.post("/api/v1/points", json: points)
        #expect(stored.status == 200, "\(stored.text)")
        return id
    }
}
