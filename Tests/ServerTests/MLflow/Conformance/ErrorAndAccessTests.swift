import Foundation
import Testing

/// G9 to G14, the errors and the rules of access.
@Suite(.serialized) struct ErrorAndAccessTests {
    @Test func `G10 the same point again is no point, another value or time is one`()
        async throws
    {
        try await MLflowWire.with { wire in
            let id = try await wire.makeRun()
            let point = #"{"key":"x","value":1.5,"timestamp":10,"step":3}"#
            for _ in 0..<3 {
                try await wire.must(
                    "runs/log-batch",
                    #"{"run_id":"\#(id)","metrics":[\#(point),\#(point)]}"#
                )
            }
            for (value, time) in [(2.5, 10), (1.5, 11)] {
                try await wire.must(
                    "runs/log-metric",
                    #"{"run_id":"\#(id)","key":"x","value":\#(value),"timestamp":\#(time),"step":3}"#
                )
            }
            let history = try await wire.get("metrics/get-history?run_id=\(id)&metric_key=x")
            #expect(history.names("metrics", "value").count == 3)
        }
    }

    @Test func `G11 a batch with one bad entry stores nothing`() async throws {
        try await MLflowWire.with { wire in
            let id = try await wire.makeRun()
            try await wire.must(
                "runs/log-parameter",
                #"{"run_id":"\#(id)","key":"p","value":"1"}"#
            )
            let good =
                #""metrics":[{"key":"a","value":1,"timestamp":1}],"tags":[{"key":"t","value":"1"}]"#
            for params in [
                #"{"key":"q","value":"1"},{"key":"acc@1","value":"1"}"#,
                #"{"key":"q","value":"1"},{"key":"p","value":"2"}"#,
            ] {
                try await wire.refused(
                    "runs/log-batch",
                    #"{"run_id":"\#(id)",\#(good),"params":[\#(params)]}"#
                )
            }
            let got = try await wire.run(id)
            #expect(got.pairs("run/data/params") == ["p": "1"])
            #expect(got["run/data/metrics"] == nil && got.pairs("run/data/tags")["t"] == nil)
        }
    }

    @Test func `G12 points may come in any order and after the run ended`() async throws {
        try await MLflowWire.with { wire in
            let id = try await wire.makeRun()
            for step in [3, 2, 5] {
                try await wire.must(
                    "runs/log-metric",
                    #"{"run_id":"\#(id)","key":"x","value":\#(step),"timestamp":\#(step),"step":\#(step)}"#
                )
            }
            try await wire.must("runs/update", #"{"run_id":"\#(id)","status":"FINISHED"}"#)
            try await wire.must(
                "runs/log-metric",
                #"{"run_id":"\#(id)","key":"x","value":4,"timestamp":4,"step":4}"#
            )
            #expect(try await wire.run(id).number("run/data/metrics/0/value") == 5)
            let history = try await wire.get("metrics/get-history?run_id=\(id)&metric_key=x")
            #expect(history.names("metrics", "step") == ["2", "3", "4", "5"])
        }
    }

    @Test func `G13 health and version are plain text`() async throws {
        try await MLflowWire.with { wire in
            let health = try await wire.get("/health")
            #expect(health.status == 200 && health.text == "OK")
            #expect(health.headers["content-type"]?.hasPrefix("text/plain") == true)
            #expect(try await wire.get("/version").status == 200)
        }
    }

    @Test func `G14 server-info promises no multipart transfers`() async throws {
        try await MLflowWire.with { wire in
            for prefix in ["/api", "/ajax-api"] {
                let info = try await wire.get(prefix + "/3.0/mlflow/server-info")
                #expect(info.string("store_type") == "SqlStore")
                for flag in ["multipart_uploads_enabled", "multipart_downloads_enabled"] {
                    #expect(info[flag] as? Bool == false)
                }
            }
        }
    }

    @Test func `an existing name is 400, an unknown thing 404, and a deleted run 400`()
        async throws
    {
        try await MLflowWire.with { wire in
            let experiment = try await wire.makeExperiment("taken")
            try await wire.refused(
                "experiments/create",
                #"{"name":"taken"}"#,
                "RESOURCE_ALREADY_EXISTS"
            )
            let unknown = try await wire.get("experiments/get-by-name?experiment_name=none")
            #expect(unknown.status == 404 && unknown.code == "RESOURCE_DOES_NOT_EXIST")
            let id = try await wire.makeRun(experiment: experiment)
            let noTag = try await wire.refused(
                "runs/delete-tag",
                #"{"run_id":"\#(id)","key":"none"}"#,
                "RESOURCE_DOES_NOT_EXIST",
                status: 404
            )
            #expect(noTag.message.hasPrefix("No tag with name: none"))
            let noRun = String(repeating: "0", count: 32)
            let lost = try await wire.get("runs/get?run_id=\(noRun)")
            #expect(lost.message == "Run with id=\(noRun) not found")
            try await wire.must("runs/delete", #"{"run_id":"\#(id)"}"#)
            for (path, rest) in [
                ("set-tag", #""key":"a","value":"b""#), ("delete-tag", #""key":"mlflow.runName""#),
                ("log-parameter", #""key":"a","value":"b""#), ("update", #""status":"FAILED""#),
                ("log-metric", #""key":"a","value":1,"timestamp":1"#),
                ("log-batch", #""tags":[{"key":"a","value":"b"}]"#),
            ] {
                let answer = try await wire.refused(
                    "runs/\(path)",
                    #"{"run_id":"\#(id)",\#(rest)}"#
                )
                #expect(
                    answer.message
                        == "The run \(id) must be in the 'active' state. Current state is deleted."
                )
            }
        }
    }

    @Test func `a missing field is named in MLflow's words`() async throws {
        try await MLflowWire.with { wire in
            let answer = try await wire.refused("experiments/create", "{}")
            #expect(
                answer.message
                    == "Missing value for required parameter 'name'. See the API docs for more "
                    + "information about request parameters."
            )
        }
    }

    @Test func `what is not served answers at once, in MLflow's shape, under any method`()
        async throws
    {
        try await MLflowWire.with { wire in
            for path in [
                "/api/2.0/mlflow/registered-models/create", "/api/2.0/mlflow/model-versions/search",
                "/ajax-api/2.0/mlflow/gateway-proxy", "/api/3.0/mlflow/traces/search",
                "/api/2.0/mlflow/webhooks", "/api/3.0/mlflow/scorers/register", "/graphql",
                "/v1/traces", "/gateway/x/invocations", "/api/2.0/mlflow-artifacts/mpu/create/a",
                "/api/3.0/mlflow/datasets/create",
            ] {
                for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
                    let body = method == "GET" ? nil : Data("{}".utf8)
                    let answer = try await wire.send(method, path, body: body)
                    #expect(answer.status == 501, "\(method) \(path)")
                    #expect(answer.code == "NOT_IMPLEMENTED", "\(method) \(path)")
                    #expect(answer.message.contains(path))
                }
            }
            for (method, path) in [
                ("GET", "runs/create"), ("DELETE", "runs/get"), ("POST", "runs/no-such-call"),
                ("PATCH", "experiments/get"), ("POST", "metrics/get-history"),
            ] {
                let answer = try await wire.send(method, path, body: nil)
                #expect(answer.status == 404 && answer.code == "ENDPOINT_NOT_FOUND", "\(path)")
            }
        }
    }

    @Test func `a token is taken as bearer or as any user's password, and asked for in Basic`()
        async throws
    {
        let token = "0123456789abcdef"
        try await TestApplication.with(token: token) { app in
            let basic = Data("anyone:\(token)".utf8).base64EncodedString()
            let wrong = Data("anyone:\(token)x".utf8).base64EncodedString()
            let path = MLflowWire.prefix + "experiments/get?experiment_id=0"
            for header in ["Bearer \(token)", "Basic \(basic)"] {
                let answer = try await RawHTTP.send(app, "GET", path, ["Authorization": header])
                #expect(answer.status == 200)
            }
            for headers in [[:], ["Authorization": "Basic \(wrong)"], ["Authorization": "Basic"]] {
                for path in [path, "/get-artifact", "/api/2.0/mlflow-artifacts/artifacts/a"] {
                    let answer = try await RawHTTP.send(app, "GET", path, headers)
                    #expect(answer.status == 401)
                    #expect(answer.headers["www-authenticate"]?.hasPrefix("Basic realm=") == true)
                    let text = String(decoding: answer.body, as: UTF8.self)
                    #expect(text.contains(#""error_code":"UNAUTHENTICATED""#))
                }
            }
            #expect(try await RawHTTP.send(app, "GET", "/health").status == 200)
        }
    }

    @Test func `a body may come as gzip, and one that is damaged is refused`() async throws {
        try await MLflowWire.with { wire in
            // gzip of {"name":"packed"}, made by Python's gzip with mtime 0.
            let packed = Data(
                base64Encoded: "H4sIAAAAAAACA6tWykvMTVWyUipITM5OTVGqBQD8q+rpEQAAAA=="
            )
            let good = try #require(packed)
            let headers = ["Content-Encoding": "gzip"]
            let made = try await wire.send(
                "POST",
                "experiments/create",
                headers: headers,
                body: good
            )
            #expect(made.status == 200, "\(made.text)")
            let got = try await wire.get("experiments/get-by-name?experiment_name=packed")
            #expect(got.status == 200)
            for (body, encoding) in [(Data(good.prefix(20)), "gzip"), (good, "br")] {
                let answer = try await wire.send(
                    "POST",
                    "experiments/create",
                    headers: ["Content-Encoding": encoding],
                    body: body
                )
                #expect(answer.status == 400 && answer.code == "BAD_REQUEST")
            }
        }
    }
}
