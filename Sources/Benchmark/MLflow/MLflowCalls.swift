import Foundation
import Runs

/// The MLflow calls that set a benchmark up, the same for every server that speaks them.
struct MLflowCalls {
    static let prefix = "/api/2.0/mlflow"
    let server: MeasuredServer

    /// Makes an experiment of a name not used before; its id.
    func makeExperiment(_ name: String) throws -> String {
        try makeExperiment(named: Self.unique(name))
    }

    /// Makes an experiment of exactly this name; its id.
    func makeExperiment(named name: String) throws -> String {
        struct Answer: Decodable { var experiment_id: String }
        let answer: Answer = try post("/experiments/create", ["name": name])
        return answer.experiment_id
    }

    /// A name that no other benchmark of the process takes.
    static func unique(_ name: String) -> String { "\(name)-\(UInt64.random(in: 0 ... .max))" }

    /// Makes `count` runs; their ids.
    func makeRuns(_ count: Int, experiment: String) throws -> [String] {
        var connection = try LoadConnection(port: server.port)
        return try (0..<count).map { index in
            let request = try Self.makeRunRequest(experiment: experiment, name: "run-\(index)")
            return try Self.runID(try connection.exchange(request))
        }
    }

    static func makeRunRequest(experiment: String, name: String) throws -> [UInt8] {
        struct Message: Encodable {
            var experiment_id: String
            var run_name: String
            var user_id = "load"
            var start_time = Int(Date().timeIntervalSince1970 * 1_000)
        }
        let message = Message(experiment_id: experiment, run_name: name)
        let body = try JSONEncoder().encode(message)
        return RequestText.post(prefix + "/runs/create", [UInt8](body))
    }

    static func runID(_ response: LoadAnswer) throws -> String {
        struct Answer: Decodable {
            struct Run: Decodable {
                struct Info: Decodable { var run_id: String }
                var info: Info
            }
            var run: Run
        }
        guard response.status == 200 else {
            throw LoadError.refused(
                call: "runs/create",
                status: response.status,
                body: response.text
            )
        }
        return try JSONDecoder().decode(Answer.self, from: Data(response.body)).run.info.run_id
    }

    private func post<Answer: Decodable>(
        _ path: String,
        _ message: [String: String]
    ) throws -> Answer {
        let body = try JSONEncoder().encode(message)
        let response = try server.call(RequestText.post(Self.prefix + path, [UInt8](body)))
        guard response.status == 200 else {
            throw LoadError.refused(call: path, status: response.status, body: response.text)
        }
        return try JSONDecoder().decode(Answer.self, from: Data(response.body))
    }
}
