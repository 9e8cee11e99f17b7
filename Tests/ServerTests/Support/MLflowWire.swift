import Foundation
import Testing

/// MLflow's calls against the application under test.
struct MLflowWire: Sendable {
    let app: TestApplication

    static let prefix = "/api/2.0/mlflow/"

    /// What came back; `fields` is empty unless the body is a JSON object.
    struct Answer {
        let status: Int
        let headers: [String: String]
        let body: Data
        let fields: [String: Any]

        var code: String? { fields["error_code"] as? String }
        var message: String { fields["message"] as? String ?? "" }
        var text: String { String(decoding: body, as: UTF8.self) }

        /// `a/b/0/c` inside the fields.
        subscript(path: String) -> Any? {
            path.split(separator: "/").reduce(fields as Any?) { value, name in
                if let index = Int(name) {
                    let list = value as? [Any] ?? []
                    return list.indices.contains(index) ? list[index] : nil
                }
                return (value as? [String: Any])?[String(name)]
            }
        }

        func string(_ path: String) -> String? { self[path] as? String }
        func number(_ path: String) -> Double? { (self[path] as? NSNumber)?.doubleValue }

        /// `[{"key": …, "value": …}]` as a dictionary.
        func pairs(_ path: String) -> [String: String] {
            let entries = self[path] as? [[String: Any]] ?? []
            return Dictionary(
                entries.map { ("\($0["key"] ?? "")", "\($0["value"] ?? "")") },
                uniquingKeysWith: { first, _ in first }
            )
        }

        func names(_ path: String, _ name: String) -> [String] {
            (self[path] as? [Any] ?? []).compactMap { entry in
                name.split(separator: "/").reduce(entry as Any?) {
                    ($0 as? [String: Any])?[String($1)]
                }.map { "\($0)" }
            }
        }
    }

    static func with(_ body: @Sendable (MLflowWire) async throws -> Void) async throws {
        try await TestApplication.with { try await body(MLflowWire(app: $0)) }
    }

    func send(
        _ method: String,
        _ path: String,
        headers: [String: String] = [:],
        body: Data? = nil
    ) async throws -> Answer {
        let path = path.hasPrefix("/") ? path : Self.prefix + path
        let reply = try await app.send(method, path, headers: headers, body: body)
        let object = try? JSONSerialization.jsonObject(with: reply.body)
        return Answer(
            status: reply.status,
            headers: reply.headers,
            body: reply.body,
            fields: object as? [String: Any] ?? [:]
        )
    }

    func get(_ path: String, headers: [String: String] = [:]) async throws -> Answer {
        try await send("GET", path, headers: headers)
    }

    func post(_ path: String, _ json: String) async throws -> Answer {
        try await send("POST", path, body: Data(json.utf8))
    }

    /// A call that must be answered with 200.
    @discardableResult
    func must(_ path: String, _ json: String) async throws -> Answer {
        let answer = try await post(path, json)
        #expect(answer.status == 200, "\(path) \(json.prefix(200)): \(answer.text.prefix(500))")
        return answer
    }

    /// A call that must be refused.
    @discardableResult
    func refused(
        _ path: String,
        _ json: String,
        _ code: String = "INVALID_PARAMETER_VALUE",
        status: Int = 400
    ) async throws -> Answer {
        let answer = try await post(path, json)
        #expect(answer.status == status, "\(path) \(json.prefix(200)): \(answer.text.prefix(300))")
        #expect(answer.code == code, "\(path) \(json.prefix(200)): \(answer.text.prefix(300))")
        #expect(!answer.message.isEmpty)
        return answer
    }

    func makeExperiment(_ name: String = UUID().uuidString) async throws -> String {
        let answer = try await must("experiments/create", #"{"name":"\#(name)"}"#)
        return try #require(answer.string("experiment_id"))
    }

    func makeRun(experiment: String = "0", _ more: String = "") async throws -> String {
        let answer = try await must(
            "runs/create",
            #"{"experiment_id":"\#(experiment)"\#(more)}"#
        )
        return try #require(answer.string("run/info/run_id"))
    }

    func run(_ id: String) async throws -> Answer {
        let answer = try await get("runs/get?run_id=\(id)&run_uuid=\(id)")
        #expect(answer.status == 200, "\(answer.text.prefix(300))")
        return answer
    }
}
