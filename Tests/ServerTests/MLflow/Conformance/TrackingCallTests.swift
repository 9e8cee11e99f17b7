import Foundation
import Testing

/// W2.1, what every training job calls, and W2.2, what notebooks and scripts call.
@Suite(.serialized) struct TrackingCallTests {
    @Test func `W2.1 experiments create, get and get-by-name`() async throws {
        try await MLflowWire.with { wire in
            let made = try await wire.must(
                "experiments/create",
                #"{"name":"é/n","tags":[{"key":"team","value":"a"}],"artifact_location":"s3://b/x/"}"#
            )
            let id = try #require(made.string("experiment_id"))
            let byID = try await wire.get("experiments/get?experiment_id=\(id)")
            let byName = try await wire.get("experiments/get-by-name?experiment_name=%C3%A9%2Fn")
            for answer in [byID, byName] {
                #expect(answer.string("experiment/experiment_id") == id)
                #expect(answer.string("experiment/name") == "é/n")
                #expect(answer.string("experiment/lifecycle_stage") == "active")
                #expect(answer.string("experiment/artifact_location") == "s3://b/x/")
                #expect(answer.pairs("experiment/tags") == ["team": "a"])
                let created = try #require(answer.number("experiment/creation_time"))
                #expect(created > 1.6e12)
                #expect(try #require(answer.number("experiment/last_update_time")) >= created)
            }
            let run = try await wire.run(try await wire.makeRun(experiment: id))
            let root = try #require(run.string("run/info/artifact_uri"))
            #expect(root.hasPrefix("s3://b/x/") && root.hasSuffix("/artifacts"))
            for location in ["runs:/x", "s3://b?x=1"] {
                try await wire.refused(
                    "experiments/create",
                    #"{"name":"n2","artifact_location":"\#(location)"}"#
                )
            }
        }
    }

    @Test func `W2.1 runs create names the run one way or another`() async throws {
        try await MLflowWire.with { wire in
            let made = try await wire.must(
                "runs/create",
                #"""
                {"experiment_id":"0","user_id":"me","start_time":1700000000000,
                 "tags":[{"key":"mlflow.runName","value":"by tag"},{"key":"odd@key!","value":"1"}]}
                """#
            )
            let id = try #require(made.string("run/info/run_id"))
            let info = try #require(made["run/info"] as? [String: Any])
            #expect(info["run_uuid"] as? String == id && info["run_name"] as? String == "by tag")
            #expect(info["status"] as? String == "RUNNING" && info["user_id"] as? String == "me")
            #expect(info["lifecycle_stage"] as? String == "active" && info["end_time"] == nil)
            #expect(info["artifact_uri"] as? String == "mlflow-artifacts:/0/\(id)/artifacts")
            let tags = made.pairs("run/data/tags")
            #expect(tags == ["mlflow.runName": "by tag", "odd@key!": "1"])
            #expect(made["run/inputs"] as? [String: String] == [:])
            let named = try await wire.run(try await wire.makeRun(experiment: "0"))
            let name = try #require(named.string("run/info/run_name"))
            #expect(name.split(separator: "-").count == 3)
            #expect(named.pairs("run/data/tags")["mlflow.runName"] == name)
            try await wire.refused(
                "runs/create",
                #"{"experiment_id":"0","run_name":"a","tags":[{"key":"mlflow.runName","value":"b"}]}"#
            )
            try await wire.refused(
                "runs/create",
                #"{"experiment_id":"98765"}"#,
                "RESOURCE_DOES_NOT_EXIST",
                status: 404
            )
        }
    }

    @Test func `W2.1 runs update takes every status, resumes, and renames both ways`()
        async throws
    {
        try await MLflowWire.with { wire in
            let id = try await wire.makeRun()
            for status in ["SCHEDULED", "FAILED", "KILLED", "FINISHED", "RUNNING"] {
                let answer = try await wire.must(
                    "runs/update",
                    #"{"run_id":"\#(id)","status":"\#(status)","end_time":1700000000000}"#
                )
                #expect(answer.string("run_info/status") == status)
                #expect(answer.number("run_info/end_time") == 1_700_000_000_000)
            }
            try await wire.refused("runs/update", #"{"run_id":"\#(id)","status":"DONE"}"#)
            try await wire.must("runs/update", #"{"run_id":"\#(id)","run_name":"one"}"#)
            #expect(try await wire.run(id).pairs("run/data/tags")["mlflow.runName"] == "one")
            let tag = #"{"key":"mlflow.runName","value":"two"}"#
            try await wire.must("runs/log-batch", #"{"run_id":"\#(id)","tags":[\#(tag)]}"#)
            #expect(try await wire.run(id).string("run/info/run_name") == "two")
        }
    }

    @Test func `W2.1 a param is set once, a tag as often as one likes`() async throws {
        try await MLflowWire.with { wire in
            let id = try await wire.makeRun()
            for _ in 0..<2 {
                try await wire.must(
                    "runs/log-parameter",
                    #"{"run_id":"\#(id)","key":"lr","value":"1.0"}"#
                )
            }
            let answer = try await wire.refused(
                "runs/log-parameter",
                #"{"run_id":"\#(id)","key":"lr","value":"2.0"}"#
            )
            #expect(
                answer.message.hasPrefix(
                    "Changing param values is not allowed. Param with key='lr' was already logged "
                        + "with value='1.0' for run ID='\(id)'."
                )
            )
            for value in ["a", "", "b"] {
                try await wire.must(
                    "runs/set-tag",
                    #"{"run_id":"\#(id)","key":"t","value":"\#(value)"}"#
                )
                #expect(try await wire.run(id).pairs("run/data/tags")["t"] == value)
            }
        }
    }

    @Test
    func `W2.2 an experiment is renamed, tagged, deleted with its runs and restored with them`()
        async throws
    {
        try await MLflowWire.with { wire in
            let id = try await wire.makeExperiment("old")
            let kept = try await wire.makeRun(experiment: id)
            let gone = try await wire.makeRun(experiment: id)
            try await wire.must("runs/delete", #"{"run_id":"\#(gone)"}"#)
            let this = #""experiment_id":"\#(id)""#
            try await wire.must("experiments/update", #"{\#(this),"new_name":"new"}"#)
            try await wire.refused("experiments/update", "{\(this)}")
            try await wire.must(
                "experiments/set-experiment-tag",
                #"{\#(this),"key":"a b","value":"c"}"#
            )
            let tagged = try await wire.get("experiments/get?experiment_id=\(id)")
            #expect(tagged.string("experiment/name") == "new")
            #expect(tagged.pairs("experiment/tags") == ["a b": "c"])
            try await wire.must("experiments/delete-experiment-tag", #"{\#(this),"key":"a b"}"#)
            try await wire.refused(
                "experiments/delete-experiment-tag",
                #"{\#(this),"key":"a b"}"#,
                "RESOURCE_DOES_NOT_EXIST",
                status: 404
            )
            try await wire.must("experiments/delete", "{\(this)}")
            try await wire.refused(
                "experiments/delete",
                "{\(this)}",
                "RESOURCE_DOES_NOT_EXIST",
                status: 404
            )
            #expect(try await wire.run(kept).string("run/info/lifecycle_stage") == "deleted")
            try await wire.refused(
                "experiments/create",
                #"{"name":"new"}"#,
                "RESOURCE_ALREADY_EXISTS"
            )
            try await wire.refused("runs/create", "{\(this)}")
            try await wire.refused(
                "experiments/set-experiment-tag",
                #"{\#(this),"key":"a","value":"b"}"#
            )
            try await wire.must("experiments/restore", "{\(this)}")
            #expect(try await wire.run(kept).string("run/info/lifecycle_stage") == "active")
            #expect(try await wire.run(gone).string("run/info/lifecycle_stage") == "deleted")
            try await wire.must("runs/restore", #"{"run_id":"\#(gone)"}"#)
            #expect(try await wire.run(gone).string("run/info/lifecycle_stage") == "active")
        }
    }

    @Test func `W2.2 history is paged by time, step and value, in bulk and sampled`() async throws {
        try await MLflowWire.with { wire in
            let id = try await wire.makeRun()
            let points = (0..<50).reversed().map {
                #"{"key":"x","value":\#($0),"timestamp":\#(100 + $0 / 2),"step":\#($0)}"#
            }
            try await wire.must(
                "runs/log-batch",
                #"{"run_id":"\#(id)","metrics":[\#(points.joined(separator: ","))]}"#
            )
            var steps: [String] = []
            var token = ""
            repeat {
                let page = try await wire.get(
                    "metrics/get-history?run_id=\(id)&metric_key=x&max_results=7&page_token="
                        + (token.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")
                )
                steps += page.names("metrics", "step")
                token = page.string("next_page_token") ?? ""
            } while !token.isEmpty
            #expect(steps == (0..<50).map { "\($0)" })
            let path = "metrics/get-history"
            for bad in ["&page_token=bad", "&max_results=x"] {
                let answer = try await wire.get("\(path)?run_id=\(id)&metric_key=x\(bad)")
                #expect(answer.status == 400)
            }
            let sampled = try await wire.get(
                "\(path)-bulk-interval?run_ids=\(id)&metric_key=x&max_results=5"
            )
            let chosen = sampled.names("metrics", "step")
            #expect(chosen.first == "0" && chosen.last == "49" && chosen.count <= 7)
            #expect(sampled.string("metrics/0/run_id") == id)
            let range = try await wire.get(
                "\(path)-bulk-interval?run_ids=\(id)&metric_key=x&start_step=10&end_step=12"
            )
            #expect(Set(range.names("metrics", "step")).isSuperset(of: ["10", "11", "12"]))
            for bad in ["&start_step=1", "&max_results=2501", "&start_step=5&end_step=1"] {
                let answer = try await wire.get(
                    "\(path)-bulk-interval?run_ids=\(id)&metric_key=x\(bad)"
                )
                #expect(answer.status == 400, "\(bad)")
            }
            let bulk = try await wire.get(
                "/ajax-api/2.0/mlflow/\(path)-bulk?run_id=\(id)&metric_key=x"
            )
            #expect(bulk.names("metrics", "step").count == 50)
        }
    }
}
