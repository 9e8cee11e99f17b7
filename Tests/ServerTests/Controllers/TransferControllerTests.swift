import API
import Foundation
import ScalingLaws
import Testing

@Suite struct TransferControllerTests {
    private static let base = """
        {"width": 256, "depth": 4, "headCount": 4, "batchTokens": 65536, "tokenCount": 1e9,
        "parameterCount": 4e6, "peakLearningRate": 0.003, "weightDecay": 0.1, "beta1": 0.9,
        "beta2": 0.95, "epsilon": 1e-8, "initStandardDeviation": 0.02}
        """

    @Test func `a table of groups answers, as JSON and as YAML`() async throws {
        try await TestApplication.with { app in
            let body = #"{"base": \#(Self.base), "target": {"width": 1024, "headCount": 16},"#
            let mup = body + #" "rule": "mup"}"#
            let reply = try await app.post("/api/v1/transfer", json: mup)
            #expect(reply.status == 200, "\(reply.text)")
            let table = try reply.decoded(TransferTable.self)
            let hidden = try #require(table.rows.first { $0.group == .hidden }?.learningRate)
            #expect(try #require(hidden.target) == 0.003 / 4)
            for (path, headers) in [
                ("/api/v1/transfer?format=yaml", [:]),
                ("/api/v1/transfer", ["Accept": "application/yaml"]),
            ] {
                let yaml = try await app.send("POST", path, headers: headers, body: Data(mup.utf8))
                #expect(yaml.headers["content-type"]?.hasPrefix("application/yaml") == true)
                #expect(yaml.text == table.yaml)
            }
            let other = try await app.post("/api/v1/transfer", json: body + "}")
            #expect(try other.decoded(TransferTable.self).question.rule == .completep)
        }
    }

    /// What the call takes is what the question has: no member is forgotten.
    @Test func `every member of a question is taken`() async throws {
        var base = TransferQuestion.Configuration(width: 256, depth: 4)
        base.headCount = 4
        base.parameterCount = 4e6
        base.batchTokens = 65_536
        base.tokenCount = 1e9
        base.peakLearningRate = 0.003
        base.weightDecay = 0.1
        base.beta1 = 0.9
        base.beta2 = 0.95
        base.epsilon = 1e-8
        base.initStandardDeviation = 0.02
        var target = TransferQuestion.Target()
        target.width = 512
        target.depth = 8
        target.headCount = 8
        target.parameterCount = 3.2e7
        target.batchTokens = 131_072
        target.tokenCount = 2e9
        target.learningRateFactor = 0.9
        for mirror in [Mirror(reflecting: base), Mirror(reflecting: target)] {
            #expect(mirror.children.allSatisfy { "\($0.value)" != "nil" }, "A new member is open.")
        }
        let question = TransferQuestion(base: base, target: target)
        let json = String(decoding: try WireJSON.encoder().encode(question), as: UTF8.self)
        try await TestApplication.with { app in
            let reply = try await app.post("/api/v1/transfer", json: json)
            #expect(reply.status == 200, "\(reply.text)")
            #expect(try reply.decoded(TransferTable.self).question == question)
        }
    }

    @Test(arguments: [
        ("", nil), ("[]", nil), ("{}", "base"), (#"{"base": 1}"#, "base"),
        (#"{"base": {"width": 256}}"#, "base.depth"),
        (#"{"base": {"width": -1, "depth": 4}}"#, "base.width"),
        (#"{"base": {"width": "NaN", "depth": 4}}"#, "base.width"),
        (#"{"base": {"width": 256, "depth": 4, "witdh": 3}}"#, "base.witdh"),
        (#"{"base": {"width": 256, "depth": 4}, "traget": {}}"#, "traget"),
        (#"{"base": {"width": 256, "depth": 4}, "rule": "none"}"#, "rule"),
        (
            #"{"base": {"width": 256, "depth": 4}, "target": {"tokenCount": 1e9}}"#,
            "base.tokenCount"
        ),
    ])
    func `a question that is none is refused, with its field`(
        body: String,
        field: String?
    ) async throws {
        try await TestApplication.with { app in
            let reply = try await app.post("/api/v1/transfer", json: body)
            #expect(reply.status == 400, "\(reply.text)")
            #expect(try reply.decoded(APIError.self).field == field)
        }
    }

    @Test func `a format that there is none of is refused`() async throws {
        try await TestApplication.with { app in
            let body = #"{"base": {"width": 256, "depth": 4}}"#
            let reply = try await app.post("/api/v1/transfer?format=xml", json: body)
            #expect(reply.status == 400)
            #expect(try reply.decoded(APIError.self).field == "format")
        }
    }
}
