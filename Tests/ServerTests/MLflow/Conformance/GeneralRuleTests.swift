import Foundation
import Testing

/// The general rules of MLflow's wire, G1 to G14.
@Suite(.serialized) struct GeneralRuleTests {
    @Test func `G1 a success is 200 with JSON and an empty result is an empty object`()
        async throws
    {
        try await MLflowWire.with { wire in
            let id = try await wire.makeRun()
            let answers = [
                try await wire.must("runs/set-tag", #"{"run_id":"\#(id)","key":"a","value":"b"}"#),
                try await wire.must("runs/search", #"{"experiment_ids":["999999"]}"#),
                try await wire.get("metrics/get-history?run_id=\(id)&metric_key=none"),
            ]
            for answer in answers {
                #expect(answer.status == 200 && answer.text == "{}")
                #expect(answer.headers["content-type"] == "application/json")
            }
        }
    }

    @Test func `G2 run_id and the deprecated run_uuid are both taken, and run_id wins`()
        async throws
    {
        try await MLflowWire.with { wire in
            let id = try await wire.makeRun()
            let other = try await wire.makeRun()
            let point = #""key":"x","value":1,"timestamp":1"#
            for (path, rest) in [
                ("runs/update", #""run_name":"n""#), ("runs/log-metric", point),
                ("runs/log-parameter", #""key":"p","value":"1""#),
                ("runs/set-tag", #""key":"t","value":"1""#),
            ] {
                try await wire.must(path, #"{"run_uuid":"\#(id)",\#(rest)}"#)
                try await wire.must(path, #"{"run_id":"\#(id)","run_uuid":"\#(other)",\#(rest)}"#)
            }
            let got = try await wire.get("runs/get?run_uuid=\(id)")
            #expect(got.string("run/info/run_name") == "n")
            #expect(got.pairs("run/data/params") == ["p": "1"])
            #expect(got.pairs("run/data/tags")["t"] == "1")
            #expect(try await wire.run(other).pairs("run/data/params").isEmpty)
            let both = try await wire.get("runs/get?run_uuid=\(other)&run_id=\(id)")
            #expect(both.string("run/info/run_id") == id)
        }
    }

    @Test func `G3 experiment ids are strings of digits and int64 fields are numbers`()
        async throws
    {
        try await MLflowWire.with { wire in
            let experiment = try await wire.makeExperiment()
            #expect(Int(experiment) != nil)
            let id = try await wire.makeRun(
                experiment: experiment,
                #","start_time":"1700000000123""#
            )
            let got = try await wire.run(id)
            #expect(got.string("run/info/experiment_id") == experiment)
            #expect(got.number("run/info/start_time") == 1_700_000_000_123)
            #expect(id.count == 32 && id.allSatisfy { $0.isHexDigit && !$0.isUppercase })
            // MLflow's server takes a whole number however it is written.
            let whole = try await wire.makeRun(experiment: "0", #","start_time":5.0"#)
            #expect(try await wire.run(whole).number("run/info/start_time") == 5)
            for time in ["1.5", "\"x\"", "true", "[]", "1e300"] {
                try await wire.refused(
                    "runs/create",
                    #"{"experiment_id":"0","start_time":\#(time)}"#
                )
            }
            try await wire.refused("runs/create", #"{"experiment_id":0}"#)
            #expect(try await wire.get("runs/get?run_id=a%20b").status == 400)
            #expect(try await wire.get("runs/get?run_id=none").status == 404)
        }
    }

    @Test func `G4 unknown fields are ignored`() async throws {
        try await MLflowWire.with { wire in
            let id = try await wire.makeRun(experiment: "0", #","unknown":{"a":[1,null]}"#)
            try await wire.must(
                "runs/log-batch",
                #"{"run_id":"\#(id)","x":1,"metrics":[{"key":"a","value":1,"timestamp":1,"y":2}]}"#
            )
        }
    }

    @Test func `G5 empty lists are left out`() async throws {
        try await MLflowWire.with { wire in
            let got = try await wire.run(try await wire.makeRun())
            #expect(got["run/data/metrics"] == nil && got["run/data/params"] == nil)
            #expect(got["run/inputs/dataset_inputs"] == nil)
            let files = try await wire.get("/api/2.0/mlflow-artifacts/artifacts?path=none")
            #expect(files.text == "{}")
        }
    }

    @Test func `G6 what JSON cannot write travels as a string both ways, infinities unharmed`()
        async throws
    {
        try await MLflowWire.with { wire in
            let id = try await wire.makeRun()
            for (name, value) in [("a", "NaN"), ("b", "Infinity"), ("c", "-Infinity")] {
                try await wire.must(
                    "runs/log-metric",
                    #"{"run_id":"\#(id)","key":"\#(name)","value":"\#(value)","timestamp":1}"#
                )
                let history = try await wire.get(
                    "metrics/get-history?run_id=\(id)&metric_key=\(name)"
                )
                #expect(history.string("metrics/0/value") == value)
            }
            let latest = try await wire.run(id).pairs("run/data/metrics")
            #expect(latest == ["a": "NaN", "b": "Infinity", "c": "-Infinity"])
        }
    }

    @Test func `G7 times are Unix milliseconds`() async throws {
        try await MLflowWire.with { wire in
            let before = Date().timeIntervalSince1970 * 1_000
            let id = try await wire.makeRun()
            let start = try #require(try await wire.run(id).number("run/info/start_time"))
            #expect(start >= before.rounded(.down) && start < before + 600_000)
        }
    }

    @Test func `G8 a large answer is compressed for clients that take it`() async throws {
        try await MLflowWire.with { wire in
            let id = try await wire.makeRun()
            let points = (0..<1_000).map { #"{"key":"x","value":\#($0),"timestamp":\#($0)}"# }
            try await wire.must(
                "runs/log-batch",
                #"{"run_id":"\#(id)","metrics":[\#(points.joined(separator: ","))]}"#
            )
            let path = MLflowWire.prefix + "metrics/get-history?run_id=\(id)&metric_key=x"
            let plain = try await RawHTTP.send(wire.app, "GET", path, ["Accept-Encoding": "br"])
            let packed = try await RawHTTP.send(
                wire.app,
                "GET",
                path,
                ["Accept-Encoding": "gzip, deflate, br"]
            )
            #expect(plain.headers["content-encoding"] == nil)
            #expect(packed.headers["content-encoding"] == "gzip")
            #expect(packed.body.count < plain.body.count / 3)
            #expect(packed.body.starts(with: [0x1F, 0x8B]))
            // A client library unpacks it to the same.
            #expect(try await wire.get(path)["metrics/999/value"] as? Int == 999)
        }
    }

    @Test func `G9 nothing a client sends wrongly is answered with a status it would try again`()
        async throws
    {
        try await MLflowWire.with { wire in
            let id = try await wire.makeRun()
            let bodies = [
                "", "{", "[]", "null", "7", "\"a\"", "{}", #"{"run_id":5}"#, #"{"run_id":null}"#,
                #"{"run_id":"\#(id)","metrics":7,"key":7,"models":7,"datasets":7,"tags":7}"#,
                #"{"run_id":"\#(id)","key":"","value":"","experiment_id":"x","max_results":-1}"#,
                #"{"experiment_id":"99999999999999999999","name":[],"filter":5}"#,
                #"{"run_id":"\#(id)","key":"a\u0000b","value":"\u0000","name":"\u0000"}"#,
                #"{"experiment_ids":[5],"order_by":[{}],"page_token":"?"}"#,
                String(repeating: "[", count: 100_000), "{\"a\":\u{FEFF}1}",
            ]
            for path in Self.posts {
                for body in bodies {
                    let answer = try await wire.post(path, body)
                    let isWrongly = [408, 429].contains(answer.status) || answer.status >= 500
                    #expect(!isWrongly, "\(path) \(body.prefix(90)): \(answer.text.prefix(200))")
                    if answer.status != 200 { #expect(answer.code != nil, "\(path)") }
                }
                let bytes = try await wire.send("POST", path, body: Data([0xFF, 0xFE, 0x00]))
                #expect(bytes.status == 400 && bytes.code != nil, "\(path)")
            }
        }
    }

    static let posts = [
        "experiments/create", "experiments/update", "experiments/delete", "experiments/restore",
        "experiments/search", "experiments/set-experiment-tag",
        "experiments/delete-experiment-tag", "runs/create", "runs/update", "runs/search",
        "runs/delete", "runs/restore", "runs/log-batch", "runs/log-metric", "runs/log-parameter",
        "runs/set-tag", "runs/delete-tag", "runs/log-inputs", "runs/outputs", "logged-models",
        "logged-models/search",
    ]
}
