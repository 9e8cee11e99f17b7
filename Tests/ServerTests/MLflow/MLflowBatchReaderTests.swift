import HTTPTypes
import Runs
import Server
import Testing

@Suite struct MLflowBatchReaderTests {
    private let run = "0123456789abcdef0123456789abcdef"

    private func read(_ text: String) throws -> RunBatch {
        try MLflowBatchReader.logBatch(Array(text.utf8))
    }

    @Test func `metrics, params and tags are read in one batch`() throws {
        let batch = try read(
            #"""
            {"run_id": "\#(run)", "unknown": {"a": [1]}, "metrics": [
              {"key": "loss", "value": 2.5, "timestamp": 1000, "step": 3, "run_id": "x"},
              {"key": "loss", "value": "NaN", "timestamp": "1001", "step": -4},
              {"key": "val/loss", "value": "-Infinity", "timestamp": 1002}],
             "params": [{"key": "lr", "value": "0.1"}], "tags": [{"key": "t"}]}
            """#
        )
        #expect(batch.runID.hex == run)
        #expect(batch.series["loss"]?.steps == [3, -4])
        #expect(batch.series["loss"]?.times == [1_000_000, 1_001_000])
        #expect(batch.series["loss"]?.values.last?.isNaN == true)
        #expect(batch.series["val/loss"]?.values == [-.infinity])
        #expect(batch.series["val/loss"]?.steps == [0])
        #expect(batch.params == ["lr": "0.1"])
        #expect(batch.tags == ["t": ""])
    }

    @Test func `a single metric takes run_uuid when run_id is absent`() throws {
        let body = #"{"run_uuid":"\#(run)","key":"loss","value":1,"timestamp":5,"step":null}"#
        let batch = try MLflowBatchReader.logMetric(Array(body.utf8))
        #expect(batch.runID.hex == run)
        #expect(batch.series["loss"]?.values == [1])
    }

    @Test func `run_id wins over run_uuid`() throws {
        let other = String(repeating: "f", count: 32)
        let batch = try read(#"{"run_uuid":"\#(other)","run_id":"\#(run)"}"#)
        #expect(batch.runID.hex == run)
    }

    @Test(arguments: [
        #"{"key":"a","value":true,"timestamp":1}"#, #"{"key":"a","value":null,"timestamp":1}"#,
        #"{"key":"a","value":"x","timestamp":1}"#, #"{"key":"a","value":[1],"timestamp":1}"#,
        #"{"key":"a","value":1e999,"timestamp":1}"#, #"{"key":"a","value":1}"#,
        #"{"key":"a","value":1,"timestamp":-1}"#, #"{"key":"a","value":1,"timestamp":1.5}"#,
        #"{"key":"a","value":1,"timestamp":9223372036854775807}"#,
        #"{"key":"a","value":1,"timestamp":1,"step":0.5}"#, #"{"value":1,"timestamp":1}"#,
        #"{"key":"","value":1,"timestamp":1}"#, #"{"key":"acc@1","value":1,"timestamp":1}"#,
        #"{"key":"a/../b","value":1,"timestamp":1}"#, #"{"key":5,"value":1,"timestamp":1}"#, "7",
    ])
    func `one bad metric refuses the batch with 400 and its path`(metric: String) throws {
        let good = #"{"key":"ok","value":1,"timestamp":1}"#
        let error = #expect(throws: MLflowError.self) {
            try read(#"{"run_id":"\#(run)","metrics":[\#(good),\#(metric)]}"#)
        }
        #expect(error?.code == .invalidParameterValue)
        #expect(error?.message.contains("metrics[1]") == true)
    }

    @Test(arguments: [
        ("metrics", 1_001, #"{"key":"a","value":1,"timestamp":1}"#),
        ("params", 101, #"{"key":"a#","value":"1"}"#), ("tags", 101, #"{"key":"a#","value":"1"}"#),
    ])
    func `more entries than MLflow takes are refused`(
        name: String,
        count: Int,
        entry: String
    ) throws {
        let entries = (0..<count).map { entry.replacing("#", with: "\($0)") }
        let error = #expect(throws: MLflowError.self) {
            try read(#"{"run_id":"\#(run)","\#(name)":[\#(entries.joined(separator: ","))]}"#)
        }
        #expect(error?.message.contains("at most \(count - 1) \(name)") == true)
    }

    @Test func `a repeated param key is refused and a repeated tag key is not`() throws {
        let pairs = #"[{"key":"a","value":"1"},{"key":"a","value":"1"}]"#
        let error = #expect(throws: MLflowError.self) {
            try read(#"{"run_id":"\#(run)","params":\#(pairs)}"#)
        }
        #expect(error?.message.hasPrefix("Duplicate parameter keys have been submitted") == true)
        #expect(try read(#"{"run_id":"\#(run)","tags":\#(pairs)}"#).tags == ["a": "1"])
    }

    @Test func `long values are cut as MLflow cuts them`() throws {
        let long = String(repeating: "é", count: 9_000)
        let batch = try read(
            #"{"run_id":"\#(run)","params":[{"key":"p","value":"\#(long)"}],"#
                + #""tags":[{"key":"t","value":"\#(long)"}]}"#
        )
        #expect(batch.params["p"]?.unicodeScalars.count == 6_000)
        #expect(batch.tags["t"]?.unicodeScalars.count == 8_000)
    }

    @Test func `a body over the limit is refused`() {
        let error = #expect(throws: MLflowError.self) {
            try read("{\"x\":\"" + String(repeating: "a", count: 1_000_000) + "\"}")
        }
        #expect(error?.code == .invalidParameterValue)
    }

    @Test(arguments: ["", "[]", "{", "null", #"{"run_id":"a"} x"#, #"{"metrics":3}"#, "{}"])
    func `a broken body is a bad request and never a server error`(text: String) {
        let error = #expect(throws: MLflowError.self) { try read(text) }
        #expect(error.map { $0.code.status.code == 400 } == true)
    }

    @Test func `an id that is no id of ours is an unknown run`() {
        let error = #expect(throws: MLflowError.self) { try read(#"{"run_id":"abc"}"#) }
        #expect(error?.code == .resourceDoesNotExist)
        #expect(error?.message == "Run with id=abc not found")
    }

    @Test func `an entry with two keys keeps the last and harms no other`() throws {
        let twice = #"{"key":"a","key":"b","value":1,"timestamp":1}"#
        let good = #"{"key":"c","value":2,"timestamp":1}"#
        let batch = try read(#"{"run_id":"\#(run)","metrics":[\#(twice),\#(good),\#(twice)]}"#)
        #expect(batch.series.mapValues(\.values) == ["b": [1, 1], "c": [2]])
    }
}
