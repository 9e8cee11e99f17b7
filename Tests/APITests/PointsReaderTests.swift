import API
import Foundation
import Runs
import TestSupport
import Testing

@Suite struct PointsReaderTests {
    private let run = "0123456789abcdef0123456789abcdef"
    private let other = "00000000000000000000000000000001"

    private func read(_ text: String) throws -> [RunBatch] {
        try PointsReader.read(Array(text.utf8), now: 77)
    }

    @Test func `columns become series, null is no point, and words are numbers`() throws {
        let batches = try read(
            #"""
            {"x": {"y": [1]}, "runs": [
                {"metrics": {"loss": [3, null, "NaN"], "acc@1 é": ["-Infinity", 1e-3, "Infinity"]},
                 "run": "\#(run)", "steps": [1, 2, -3], "times": [10, 20, 30], "more": null},
                {"run": "\#(other)", "steps": [5], "times": null, "metrics": {"loss": [2.5]}}
            ]}
            """#
        )
        #expect(batches.map(\.runID.hex) == [run, other])
        let loss = try #require(batches[0].series["loss"])
        #expect(loss.steps == [1, -3])
        #expect(loss.times == [10, 30])
        #expect(loss.values[0] == 3 && loss.values[1].isNaN)
        let accuracy = try #require(batches[0].series["acc@1 é"])
        #expect(accuracy.values == [-.infinity, 1e-3, .infinity])
        #expect(accuracy.steps == [1, 2, -3])
        let second = PointColumns(steps: [5], times: [77], values: [2.5])
        #expect(batches[1].series == ["loss": second])
    }

    @Test func `a metric named twice keeps all its points`() throws {
        let batches = try read(
            #"{"runs":[{"run":"\#(run)","steps":[1,2],"metrics":{"a":[1,null],"a":[3,4]}}]}"#
        )
        #expect(batches[0].series["a"]?.values == [1, 3, 4])
        #expect(batches[0].series["a"]?.steps == [1, 1, 2])
    }

    @Test(arguments: [
        ("7", "the body"), ("{}", "runs"), (#"{"runs":[]}"#, "runs"), (#"{"runs":{}}"#, "runs"),
        (#"{"runs":[5]}"#, "runs[0]"), (#"{"runs":[{"steps":[],"metrics":{}}]}"#, "runs[0].run"),
        (#"{"runs":[{"run":"RUN","metrics":{}}]}"#, "runs[0].steps"),
        (#"{"runs":[{"run":"xyz","steps":[],"metrics":{}}]}"#, "runs[0].run"),
        (#"{"runs":[{"run":"RUN","steps":[1.5],"metrics":{}}]}"#, "runs[0].steps[0]"),
        (#"{"runs":[{"run":"RUN","steps":["1"],"metrics":{}}]}"#, "runs[0].steps[0]"),
        (#"{"runs":[{"run":"RUN","steps":[1],"times":[1,2]}]}"#, "runs[0].times"),
        (#"{"runs":[{"run":"RUN","steps":[1],"times":[-1]}]}"#, "runs[0].times"),
        (#"{"runs":[{"run":"RUN","steps":[1],"metrics":{"a":[]}}]}"#, "runs[0].metrics.a"),
        (#"{"runs":[{"run":"RUN","steps":[1],"metrics":{"a":[true]}}]}"#, "runs[0].metrics.a[0]"),
        (#"{"runs":[{"run":"RUN","steps":[1],"metrics":{"a":[1e999]}}]}"#, "runs[0].metrics.a[0]"),
        (#"{"runs":[{"run":"RUN","steps":[1],"metrics":{"a":["nan"]}}]}"#, "runs[0].metrics.a[0]"),
        (#"{"runs":[{"run":"RUN","steps":[1],"metrics":{"":[1]}}]}"#, "runs[0].metrics"),
        (#"{"runs":[{"run":"RUN","steps":[1],"metrics":{"a\u0000":[1]}}]}"#, "runs[0].metrics"),
    ])
    func `what breaks a rule is refused and names its field`(text: String, field: String) {
        let error = #expect(throws: APIError.self) {
            try read(text.replacing("RUN", with: run))
        }
        #expect(error?.code == .invalid)
        #expect(error?.field == field)
    }

    @Test(arguments: ["", "{", #"{"runs":[{"run":"#, #"{"runs":[]} x"#, "\u{FEFF}{}"])
    func `a broken body is invalid`(text: String) {
        let error = #expect(throws: APIError.self) { try read(text) }
        #expect(error?.code == .invalid)
    }

    @Test func `more points or series than a request holds are refused`() {
        func body(_ metrics: String, steps: Int) -> String {
            let list = (0..<steps).map(String.init).joined(separator: ",")
            return #"{"runs":[{"run":"\#(run)","steps":[\#(list)],"metrics":{\#(metrics)}}]}"#
        }
        let values = Array(repeating: "1", count: 50_001).joined(separator: ",")
        let points = body("\"a\":[\(values)],\"b\":[\(values)]", steps: 50_001)
        let series = (0..<10_001).map { "\"m\($0)\":[1]" }.joined(separator: ",")
        for text in [points, body(series, steps: 1), body("", steps: 100_001)] {
            let error = #expect(throws: APIError.self) { try read(text) }
            #expect(error?.code == .tooLarge)
        }
    }

    /// The error of a mutated body is always one a sender can act on.
    @Test func `mutated bodies are read or refused`() {
        var generator = SeededGenerator(seed: 21)
        let original = Array(
            #"{"runs":[{"run":"\#(run)","steps":[1,2],"times":[3,4],"metrics":{"a":[1.5,null]}}]}"#
                .utf8
        )
        let alphabet = Array(#"{}[]",:0123456789.e-ntu\"#.utf8) + [0, 0xC3]
        for _ in 0..<20_000 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[place] = alphabet.randomElement(using: &generator) ?? 0
            }
            do throws(APIError) {
                let batches = try PointsReader.read(bytes, now: 0)
                for points in batches.flatMap(\.series.values) {
                    #expect(points.steps.count == points.values.count)
                }
            } catch {
                #expect([.invalid, .tooLarge].contains(error.code))
            }
        }
    }
}
