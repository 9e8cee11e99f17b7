import Foundation
import Testing

/// W3: what is too long, too many or malformed.
@Suite(.serialized) struct LimitTests {
    @Test func `W3 a batch holds 1000 metrics, 100 params, 100 tags, 1000 in all, a million bytes`()
        async throws
    {
        try await MLflowWire.with { wire in
            let id = try await wire.makeRun()
            func batch(_ metrics: Int, _ params: Int, _ tags: Int) -> String {
                let points = (0..<metrics).map { #"{"key":"m","value":1,"timestamp":\#($0)}"# }
                let pairs = { (count: Int) in
                    (0..<count).map { #"{"key":"k\#($0)","value":"v"}"# }.joined(separator: ",")
                }
                return #"{"run_id":"\#(id)","metrics":[\#(points.joined(separator: ","))],"#
                    + #""params":[\#(pairs(params))],"tags":[\#(pairs(tags))]}"#
            }
            for (metrics, params, tags) in [(1_000, 0, 0), (800, 100, 100), (0, 100, 0)] {
                try await wire.must("runs/log-batch", batch(metrics, params, tags))
            }
            for (metrics, params, tags) in [(1_001, 0, 0), (0, 101, 0), (0, 0, 101), (900, 60, 60)]
            {
                let answer = try await wire.refused("runs/log-batch", batch(metrics, params, tags))
                #expect(answer.message.hasPrefix("A batch logging request can contain at most"))
            }
            let long = String(repeating: " ", count: 1_000_000)
            let answer = try await wire.refused("runs/log-batch", #"{"run_id":"\#(id)"\#(long)}"#)
            #expect(answer.message.contains("at most 1000000 bytes"))
        }
    }

    @Test func `W3 keys have 250 of MLflow's characters and are their own path`() async throws {
        try await MLflowWire.with { wire in
            let id = try await wire.makeRun()
            let bad = [
                "acc@1", "p(x)", "lr[0]", "", "a//b", "../a", "a/../b", "/a", "a/", ".", "a\\\\b",
                String(repeating: "k", count: 251),
            ]
            for key in bad {
                try await wire.refused(
                    "runs/log-metric",
                    #"{"run_id":"\#(id)","key":"\#(key)","value":1,"timestamp":1}"#
                )
                for path in ["log-parameter", "set-tag"] {
                    try await wire.refused(
                        "runs/\(path)",
                        #"{"run_id":"\#(id)","key":"\#(key)","value":"1"}"#
                    )
                }
            }
            for key in ["a/b.c-d e:f_1", "损失", String(repeating: "k", count: 250)] {
                try await wire.must(
                    "runs/log-parameter",
                    #"{"run_id":"\#(id)","key":"\#(key)","value":"1"}"#
                )
            }
            #expect(try await wire.run(id).pairs("run/data/params").count == 3)
        }
    }

    @Test func `W3 params are cut at 6000 characters and tags at 8000`() async throws {
        try await MLflowWire.with { wire in
            let id = try await wire.makeRun()
            let long = String(repeating: "é", count: 9_000)
            try await wire.must(
                "runs/log-parameter",
                #"{"run_id":"\#(id)","key":"p","value":"\#(long)"}"#
            )
            // Sent again it is the same value.
            try await wire.must(
                "runs/log-batch",
                #"{"run_id":"\#(id)","params":[{"key":"p","value":"\#(long)"}],"#
                    + #""tags":[{"key":"t","value":"\#(long)"}]}"#
            )
            let got = try await wire.run(id)
            #expect(got.pairs("run/data/params")["p"]?.count == 6_000)
            #expect(got.pairs("run/data/tags")["t"]?.count == 8_000)
        }
    }

    @Test func `W3 names and tags of experiments have limits`() async throws {
        try await MLflowWire.with { wire in
            let name = String(repeating: "n", count: 500)
            let id = try await wire.makeExperiment(name)
            for bad in ["\(name)n", ""] {
                try await wire.refused("experiments/create", #"{"name":"\#(bad)"}"#)
                try await wire.refused(
                    "experiments/update",
                    #"{"experiment_id":"\#(id)","new_name":"\#(bad)"}"#
                )
            }
            for (key, value, isFine) in [
                (250, 20_000, true), (251, 1, false), (1, 20_001, false), (0, 1, false),
            ] {
                let body =
                    #"{"experiment_id":"\#(id)","key":"\#(String(repeating: "k", count: key))","#
                    + #""value":"\#(String(repeating: "v", count: value))"}"#
                if isFine {
                    try await wire.must("experiments/set-experiment-tag", body)
                } else {
                    try await wire.refused("experiments/set-experiment-tag", body)
                }
            }
        }
    }

    @Test func `W3 a point has a number, a time from 0 on and any step`() async throws {
        try await MLflowWire.with { wire in
            let id = try await wire.makeRun()
            for step in [Int64.min, -1, 0, Int64.max] {
                try await wire.must(
                    "runs/log-metric",
                    #"{"run_id":"\#(id)","key":"x","value":"1.5","timestamp":"0","step":\#(step)}"#
                )
            }
            for rest in [
                #""value":true,"timestamp":1"#, #""value":null,"timestamp":1"#,
                #""value":"x","timestamp":1"#, #""value":1,"timestamp":-1"#, #""value":1"#,
                #""value":1,"timestamp":1,"step":9223372036854775808"#,
            ] {
                try await wire.refused(
                    "runs/log-metric",
                    #"{"run_id":"\#(id)","key":"x",\#(rest)}"#
                )
                try await wire.refused(
                    "runs/log-batch",
                    #"{"run_id":"\#(id)","metrics":[{"key":"x",\#(rest)}]}"#
                )
            }
            let history = try await wire.get("metrics/get-history?run_id=\(id)&metric_key=x")
            #expect(history["metrics/0/step"] as? Int64 == .min)
            #expect(history["metrics/3/step"] as? Int64 == .max)
        }
    }

    @Test func `W3 the latest value is that of the greatest step, then time, then value`()
        async throws
    {
        try await MLflowWire.with { wire in
            let id = try await wire.makeRun()
            for (value, time, step) in [(1, 9, 1), (2, 1, 2), (3, 2, 2), (4, 2, 2), (0, 9, 0)] {
                try await wire.must(
                    "runs/log-metric",
                    #"{"run_id":"\#(id)","key":"x","value":\#(value),"timestamp":\#(time),"#
                        + #""step":\#(step)}"#
                )
            }
            let latest = try await wire.run(id)
            #expect(latest.number("run/data/metrics/0/value") == 4)
            #expect(latest.number("run/data/metrics/0/timestamp") == 2)
            let found = try await wire.must(
                "runs/search",
                #"{"experiment_ids":["0"],"filter":"metrics.x = 4"}"#
            )
            #expect(found.names("runs", "info/run_id") == [id])
        }
    }
}
