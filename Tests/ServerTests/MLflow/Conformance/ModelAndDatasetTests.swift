import Foundation
import Testing

/// Datasets (W2.2) and logged models (W2.3).
@Suite(.serialized) struct ModelAndDatasetTests {
    private func dataset(_ name: String, _ digest: String, schema: Int = 3) -> String {
        #"{"name":"\#(name)","digest":"\#(digest)","source_type":"local","source":"{}","#
            + #""schema":"\#(String(repeating: "s", count: schema))"}"#
    }

    @Test func `log-inputs keeps datasets whole and tells them with the run`() async throws {
        try await MLflowWire.with { wire in
            let id = try await wire.makeRun()
            let tags = #"[{"key":"mlflow.data.context","value":"train"}]"#
            let long = dataset("b", "d2", schema: 100_000)
            let body =
                #"{"run_id":"\#(id)","datasets":[{"tags":\#(tags),"dataset":\#(long)},"#
                + #"{"dataset":\#(dataset("a", "d1"))}]}"#
            try await wire.must("runs/log-inputs", body)
            // Sent again it changes nothing.
            try await wire.must("runs/log-inputs", body)
            let search = try await wire.must("runs/search", #"{"experiment_ids":["0"]}"#)
            for (answer, path) in [(try await wire.run(id), "run"), (search, "runs/0")] {
                let inputs = "\(path)/inputs/dataset_inputs"
                #expect(answer.names(inputs, "dataset/name") == ["a", "b"])
                #expect(answer.string("\(inputs)/1/dataset/digest") == "d2")
                #expect(answer.string("\(inputs)/1/dataset/schema")?.count == 100_000)
                #expect(answer.pairs("\(inputs)/1/tags") == ["mlflow.data.context": "train"])
            }
            #expect(
                try await wire.run(id).pairs("run/data/tags").keys.sorted() == ["mlflow.runName"]
            )
        }
    }

    @Test func `log-inputs refuses what is too long, a deleted run and an unknown one`()
        async throws
    {
        try await MLflowWire.with { wire in
            let id = try await wire.makeRun()
            let long = String(repeating: "x", count: 37)
            for dataset in [dataset("a", long), dataset("", "d"), #"{"name":"a"}"#, "7"] {
                try await wire.refused(
                    "runs/log-inputs",
                    #"{"run_id":"\#(id)","datasets":[{"dataset":\#(dataset)}]}"#
                )
            }
            try await wire.refused("runs/log-inputs", #"{"run_id":"\#(id)","datasets":[{}]}"#)
            let good = #""datasets":[{"dataset":\#(dataset("a", "d"))}]"#
            try await wire.refused(
                "runs/log-inputs",
                #"{"run_id":"\#(String(repeating: "0", count: 32))",\#(good)}"#,
                "RESOURCE_DOES_NOT_EXIST",
                status: 404
            )
            try await wire.must("runs/delete", #"{"run_id":"\#(id)"}"#)
            try await wire.refused("runs/log-inputs", #"{"run_id":"\#(id)",\#(good)}"#)
        }
    }

    @Test func `a logged model is made, described, finalised, found and linked to its run`()
        async throws
    {
        try await MLflowWire.with { wire in
            let experiment = try await wire.makeExperiment()
            let run = try await wire.makeRun(experiment: experiment)
            let made = try await wire.must(
                "logged-models",
                #"""
                {"experiment_id":"\#(experiment)","name":"net","model_type":"pyfunc",
                 "source_run_id":"\#(run)","params":[{"key":"lr","value":"0.1"}],
                 "tags":[{"key":"stage","value":"a"}]}
                """#
            )
            let id = try #require(made.string("model/info/model_id"))
            #expect(id.hasPrefix("m-") && id.count == 34)
            #expect(made.string("model/info/status") == "LOGGED_MODEL_PENDING")
            #expect(
                made.string("model/info/artifact_uri")
                    == "mlflow-artifacts:/\(experiment)/models/\(id)/artifacts"
            )
            try await wire.must(
                "logged-models/\(id)/params",
                #"{"params":[{"key":"b","value":"2"}]}"#
            )
            let body = Data(#"{"tags":[{"key":"stage","value":"b"}]}"#.utf8)
            _ = try await wire.send("PATCH", "logged-models/\(id)/tags", body: body)
            let done = Data(#"{"model_id":"\#(id)","status":"LOGGED_MODEL_READY"}"#.utf8)
            #expect(try await wire.send("PATCH", "logged-models/\(id)", body: done).status == 200)
            try await wire.must(
                "runs/outputs",
                #"{"run_id":"\#(run)","models":[{"model_id":"\#(id)","step":7}]}"#
            )
            let got = try await wire.get("logged-models/\(id)")
            #expect(got.string("model/info/status") == "LOGGED_MODEL_READY")
            #expect(got.pairs("model/data/params") == ["lr": "0.1", "b": "2"])
            #expect(got.pairs("model/info/tags") == ["stage": "b"])
            #expect(got.string("model/info/source_run_id") == run)
            let outputs = try await wire.run(run)
            #expect(outputs.string("run/outputs/model_outputs/0/model_id") == id)
            #expect(outputs.number("run/outputs/model_outputs/0/step") == 7)
        }
    }

    @Test func `logged models are searched by pages, their tags and themselves deleted`()
        async throws
    {
        try await MLflowWire.with { wire in
            let experiment = try await wire.makeExperiment()
            var ids: [String] = []
            for index in 0..<5 {
                let made = try await wire.must(
                    "logged-models",
                    #"""
                    {"experiment_id":"\#(experiment)","name":"m\#(index % 2)",
                     "tags":[{"key":"n","value":"\#(index)"}]}
                    """#
                )
                ids.append(try #require(made.string("model/info/model_id")))
            }
            let ask = #""experiment_ids":["\#(experiment)"]"#
            var seen: [String] = []
            var token = ""
            repeat {
                let page = try await wire.must(
                    "logged-models/search",
                    #"{\#(ask),"max_results":2,"page_token":"\#(token)"}"#
                )
                seen += page.names("models", "info/model_id")
                token = page.string("next_page_token") ?? ""
            } while !token.isEmpty
            #expect(Set(seen) == Set(ids) && seen.count == 5)
            for (filter, count) in [
                ("name = 'm1'", 2), ("name != 'm1' AND tags.n = '4'", 1), ("tags.n LIKE '%'", 5),
                ("name ILIKE 'M%' AND status = 'READY'", 0), ("params.x = 'y'", 0),
                ("creation_timestamp > 1000", 5), ("attributes.name = 'm0'", 3),
            ] {
                let found = try await wire.must(
                    "logged-models/search",
                    #"{\#(ask),"filter":"\#(filter)"}"#
                )
                #expect(found.names("models", "info/name").count == count, "\(filter)")
            }
            try await wire.refused("logged-models/search", #"{\#(ask),"filter":"metrics.a > 1"}"#)
            try await wire.refused(
                "logged-models/search",
                #"{\#(ask),"page_token":"x"}"#,
                "RESOURCE_DOES_NOT_EXIST",
                status: 404
            )
            #expect(try await wire.send("DELETE", "logged-models/\(ids[0])/tags/n").status == 200)
            #expect(try await wire.send("DELETE", "logged-models/\(ids[0])/tags/n").status == 404)
            #expect(try await wire.send("DELETE", "logged-models/\(ids[0])").status == 200)
            #expect(try await wire.get("logged-models/\(ids[0])").status == 404)
            let kept = try await wire.get("logged-models/\(ids[0])?allow_deleted=true")
            #expect(kept.status == 200)
            let rest = try await wire.must("logged-models/search", "{\(ask)}")
            #expect(rest.names("models", "info/model_id").count == 4)
        }
    }
}
