import Foundation
import Testing

/// W4: the grammar of runs/search, its order and its pages, and experiments/search.
@Suite(.serialized) struct SearchGrammarTests {
    /// Four runs, `r0` to `r3` by start.
    private func fill(_ wire: MLflowWire) async throws -> String {
        let experiment = try await wire.makeExperiment("grammar")
        for index in 0..<4 {
            let id = try await wire.makeRun(
                experiment: experiment,
                #","start_time":\#(1_000 + index),"run_name":"r\#(index)","user_id":"u\#(index % 2)""#
            )
            let value = ["0.5", "\"NaN\"", "2", "-1e3"][index]
            let metrics =
                index == 3 ? "" : #"{"key":"val loss","value":\#(value),"timestamp":1},"#
            let tag = index == 0 ? "" : #"{"key":"t.x/y-z","value":"V\#(index)%"}"#
            try await wire.must(
                "runs/log-batch",
                #"{"run_id":"\#(id)","metrics":[\#(metrics)"#
                    + #"{"key":"m","value":\#(index),"timestamp":1}],"#
                    + #""params":[{"key":"lr","value":"\#([10, 9, 100, 1][index])"}],"tags":[\#(tag)]}"#
            )
            if index == 2 {
                try await wire.must("runs/update", #"{"run_id":"\#(id)","status":"FAILED"}"#)
                let use = #"[{"key":"mlflow.data.context","value":"train"}]"#
                let data = #"{"name":"pile","digest":"d1","source_type":"local","source":"s"}"#
                try await wire.must(
                    "runs/log-inputs",
                    #"{"run_id":"\#(id)","datasets":[{"dataset":\#(data),"tags":\#(use)}]}"#
                )
            }
        }
        return experiment
    }

    private func body(_ experiment: String, _ fields: [String: Any]) throws -> String {
        let all = fields.merging(["experiment_ids": [experiment]]) { left, _ in left }
        let data = try JSONSerialization.data(withJSONObject: all)
        return String(decoding: data, as: UTF8.self)
    }

    @Test func `W4 filters choose the runs that MLflow chooses`() async throws {
        try await MLflowWire.with { wire in
            let experiment = try await fill(wire)
            for (filter, expected) in [
                ("metrics.m >= 1 and metric.m < 3", "r2 r1"), ("metrics.m = 2", "r2"),
                ("metrics.`val loss` > 0", "r2 r0"), (#"metrics."val loss" != 2"#, "r1 r0"),
                ("params.lr = '10'", "r0"), ("parameter.lr LIKE '1%' AND param.lr != '1'", "r2 r0"),
                (#"parameters.lr ILIKE "%0""#, "r2 r0"), ("tags.t.x/y-z = 'V1%'", "r1"),
                ("tag.`t.x/y-z` ILIKE 'v_%'", "r3 r2 r1"), ("tags.`t.x/y-z` IS NULL", "r0"),
                ("tags.`t.x/y-z` is not null", "r3 r2 r1"), ("tags.`t.x/y-z` != 'V1%'", "r3 r2"),
                ("params.none IS NULL", "r3 r2 r1 r0"), ("params.none != 'a'", ""),
                ("attributes.status = 'FAILED'", "r2"), ("status != 'FAILED'", "r3 r1 r0"),
                ("attr.run_name LIKE 'r%' AND run.user_id = 'u1'", "r3 r1"),
                ("start_time > 1001", "r3 r2"), ("Created <= 1001", "r1 r0"),
                ("`run name` = 'r0'", "r0"), ("run_id IN ('a','b')", ""),
                ("run_id NOT IN ('a')", "r3 r2 r1 r0"), ("", "r3 r2 r1 r0"),
                ("dataset.name = 'pile'", "r2"), ("datasets.digest LIKE 'd%'", "r2"),
                ("dataset.context IN ('train','x')", "r2"), ("dataset.name = 'none'", ""),
                ("tags.mlflow.runName = 'r1'", "r1"),
            ] {
                let found = try await wire.must(
                    "runs/search",
                    body(experiment, ["filter": filter])
                )
                let names = found.names("runs", "info/run_name").joined(separator: " ")
                #expect(names == expected, "\(filter)")
            }
        }
    }

    @Test func `W4 what is not in the grammar is refused`() async throws {
        try await MLflowWire.with { wire in
            let experiment = try await fill(wire)
            for filter in [
                "metrics.m = 1 OR metrics.m = 2", "NOT metrics.m = 1", "(metrics.m = 1)",
                "metrics.m BETWEEN 1 AND 2", "metrics.m = 'x'", "params.lr = 0.1",
                "params.lr > '1'",
                "tags.t RLIKE 'a'", "bogus.a = 1", "attributes.bogus = 'a'", "start_time = 'x'",
                "metrics.m", "run_name IN ('a')", "dataset.bogus = 'a'", "dataset.name > 'a'",
            ] {
                try await wire.refused("runs/search", body(experiment, ["filter": filter]))
            }
            let entity = try await wire.refused(
                "runs/search",
                body(experiment, ["filter": "bogus.a = 1"])
            )
            #expect(entity.message.hasPrefix("Invalid entity type 'bogus'. Valid values are"))
            let all: [[String: Any]] = [
                ["max_results": 0], ["max_results": 50_001], ["page_token": "bad"],
                ["order_by": ["bogus"]], ["order_by": ["metrics.m", "metrics.m"]],
                ["order_by": ["attributes.bogus"]], ["order_by": ["metrics.m SIDEWAYS"]],
            ]
            for fields in all { try await wire.refused("runs/search", body(experiment, fields)) }
        }
    }

    @Test func `W4 order_by sorts numbers, then NaN, then what is missing, in both directions`()
        async throws
    {
        try await MLflowWire.with { wire in
            let experiment = try await fill(wire)
            for (order, expected) in [
                (["metrics.`val loss`"], "r0 r2 r1 r3"),
                (["metrics.`val loss` DESC"], "r2 r0 r1 r3"),
                (["params.lr"], "r3 r0 r2 r1"), (["params.lr DESC"], "r1 r2 r0 r3"),
                (["tags.`t.x/y-z` DESC"], "r3 r2 r1 r0"),
                (["attributes.start_time ASC"], "r0 r1 r2 r3"),
                (["status", "metrics.m DESC"], "r2 r3 r1 r0"), ([], "r3 r2 r1 r0"),
            ] {
                var seen: [String] = []
                var token = ""
                repeat {
                    let page = try await wire.must(
                        "runs/search",
                        body(
                            experiment,
                            ["order_by": order, "max_results": 2, "page_token": token]
                        )
                    )
                    seen += page.names("runs", "info/run_name")
                    token = page.string("next_page_token") ?? ""
                } while !token.isEmpty && seen.count < 9
                #expect(seen.joined(separator: " ") == expected, "\(order)")
            }
            let exact = try await wire.must("runs/search", body(experiment, ["max_results": 4]))
            #expect(exact["next_page_token"] == nil)
        }
    }

    @Test func `W2.2 views show active runs, deleted ones or all`() async throws {
        try await MLflowWire.with { wire in
            let experiment = try await fill(wire)
            let gone = try await wire.makeRun(experiment: experiment, #","run_name":"gone""#)
            try await wire.must("runs/delete", #"{"run_id":"\#(gone)"}"#)
            for (view, count) in [("ACTIVE_ONLY", 4), ("DELETED_ONLY", 1), ("ALL", 5)] {
                let found = try await wire.must(
                    "runs/search",
                    body(experiment, ["run_view_type": view])
                )
                #expect(found.names("runs", "info/run_id").count == count, "\(view)")
            }
        }
    }

    @Test func `W2.2 experiments are searched by name, tag and time, by pages`() async throws {
        try await MLflowWire.with { wire in
            for index in 0..<5 {
                try await wire.must(
                    "experiments/create",
                    #"{"name":"e\#(index)","tags":[{"key":"k","value":"\#(index % 2)"}]}"#
                )
            }
            for (filter, count) in [
                ("name LIKE 'e%'", 5), ("name ILIKE 'E_'", 5), ("tags.k = '1'", 2),
                ("name = 'e1' AND tag.k != '0'", 1), ("creation_time > 1000", 6),
                ("attribute.name != 'Default'", 5),
            ] {
                let data = try JSONSerialization.data(
                    withJSONObject: ["max_results": 100, "filter": filter] as [String: Any]
                )
                let found = try await wire.must(
                    "experiments/search",
                    String(decoding: data, as: UTF8.self)
                )
                #expect(found.names("experiments", "name").count == count, "\(filter)")
            }
            let first = try await wire.must("experiments/search", #"{"max_results":4}"#)
            let token = try #require(first.string("next_page_token"))
            let second = try await wire.must(
                "experiments/search",
                #"{"max_results":4,"page_token":"\#(token)"}"#
            )
            let names = first.names("experiments", "name") + second.names("experiments", "name")
            #expect(names == ["e4", "e3", "e2", "e1", "e0", "Default"])
            for bad in [
                #"{"max_results":0}"#, "{}", #"{"max_results":50001}"#,
                #"{"max_results":4,"page_token":"\#(token)","order_by":["name ASC"]}"#,
                #"{"max_results":4,"page_token":"bzo0"}"#,
            ] {
                try await wire.refused("experiments/search", bad)
            }
            try await wire.refused(
                "experiments/search",
                #"{"max_results":1,"filter":"metrics.a = 1"}"#
            )
        }
    }

    @Test func `a page of experiments goes on where the last one ended, whatever came since`()
        async throws
    {
        try await MLflowWire.with { wire in
            for name in ["b", "d", "f", "h"] {
                try await wire.must("experiments/create", #"{"name":"\#(name)"}"#)
            }
            let ask = #""max_results":3,"order_by":["name DESC"]"#
            let first = try await wire.must("experiments/search", "{\(ask)}")
            #expect(first.names("experiments", "name") == ["h", "f", "d"])
            let token = try #require(first.string("next_page_token"))
            for name in ["g", "c"] {
                try await wire.must("experiments/create", #"{"name":"\#(name)"}"#)
            }
            let second = try await wire.must(
                "experiments/search",
                #"{\#(ask),"page_token":"\#(token)"}"#
            )
            #expect(second.names("experiments", "name") == ["c", "b", "Default"])
            #expect(second.string("next_page_token") == nil)
        }
    }
}
