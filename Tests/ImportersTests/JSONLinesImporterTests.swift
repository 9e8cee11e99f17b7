import Importers
import Runs
import Testing

@Suite struct JSONLinesImporterTests {
    @Test func `a run on other data is not taken for one that blew up`() throws {
        let lines = [("mixture/a", "1", "2"), ("mixture/b", "1", "4"), ("seed", "0", "nan")].map {
            let shared = #""n_params":"1000","train_tokens":"9""#
            return
                #"{"params":{\#(shared),"\#($0)":"\#($1)"},"metrics":{"loss":{"values":[\#($2)]}}}"#
        }
        let outcome = try JSONLinesImporter.read(
            Array(lines.joined(separator: "\n").utf8),
            options: ImportOptions(),
            progress: { _ in }
        )
        #expect(outcome.runs.count == 3 && outcome.diverged == 1)
    }

    @Test func `a line becomes a run with its series`() throws {
        let outcome = try read(
            """
            {"name": "a", "status": "failed", "startTime": 1700000000000000, "endTime": null,
            """.replacing("\n", with: " ")
                + """
                 "params": {"lr": 0.001, "optimizer": {"name": "adamw", "nesterov": false}, "x": null}, \
                "tags": {"team": "réd \\u00e9 \\ud83d\\ude00"}, \
                "metrics": {"loss": {"steps": [1, 2], "times": [5, 6], "values": [3.5, "NaN"]}, \
                "acc": {"values": [1, 2, 3]}, "final": 7}}
                """
        )
        let run = try #require(outcome.runs.first)
        #expect(run.name == "a")
        #expect(run.status == .failed)
        #expect(run.startTime == 1_700_000_000_000_000)
        #expect(run.endTime == nil)
        #expect(
            run.params == ["lr": "0.001", "optimizer.name": "adamw", "optimizer.nesterov": "false"]
        )
        #expect(run.tags["team"] == "réd é 😀")
        #expect(run.series["loss"]?.steps == [1, 2])
        #expect(run.series["loss"]?.times == [5, 6])
        #expect(run.series["loss"]?.values[1].isNaN == true)
        #expect(run.series["acc"]?.steps == [0, 1, 2])
        #expect(run.series["acc"]?.times == [Int64](repeating: 1_700_000_000_000_000, count: 3))
        #expect(run.series["final"]?.values == [7])
    }

    @Test func `times may be a start and an interval`() throws {
        let outcome = try read(
            #"{"metrics": {"l": {"values": [1, 2, 3], "times": {"start": 100, "interval": 2.5}}}}"#
        )
        #expect(outcome.runs[0].series["l"]?.times == [100, 103, 105])
    }

    @Test func `Python's bare words for what is not finite are numbers`() throws {
        let outcome = try read(
            #"{"metrics": {"l": {"values": [NaN, Infinity, -Infinity, 1e308]}}}"#
        )
        let values = outcome.runs[0].series["l"]?.values ?? []
        #expect(values.count == 4)
        #expect(values[0].isNaN && values[1] == .infinity && values[2] == -.infinity)
    }

    @Test(arguments: [
        #"[1]"#, #"{"name": "no content"}"#, #"{"params": 3}"#,
        #"{"metrics": {"l": {"steps": [1]}}}"#,
        #"{"metrics": {"l": {"steps": [1], "values": [1, 2]}}}"#,
        #"{"metrics": {"l": {"steps": [1.5], "values": [1]}}}"#,
        #"{"metrics": {"l": {"steps": [1e300], "values": [1]}}}"#,
        #"{"metrics": {"l": {"times": [NaN], "values": [1]}}}"#,
        #"{"metrics": {"l": {"values": ["abc"]}}}"#, #"{"metrics": {"": {"values": [1]}}}"#,
        #"{"status": "sleeping", "params": {}}"#, #"{"startTime": "soon", "params": {}}"#,
        #"{"params": {"a": "b"}"#, #"not json"#, #"{"params": {"a": "\ud800"}}"#,
        #"{"params": {"a": "\u0000"}}"#,
    ])
    func `a bad line is rejected and the others stay`(line: String) throws {
        let good = #"{"name": "good", "params": {"a": 1}}"#
        let outcome = try read([good, line, ""].joined(separator: "\n"))
        #expect(outcome.runs.map { $0.name } == ["good"])
        #expect(outcome.rejected.map { $0.line } == [2])
    }

    @Test(arguments: ["name,N\na,1\n", "{\"params\": {", "[[[[", "\u{1}\u{7F}"])
    func `a file whose first line is not JSON is refused whole`(text: String) {
        #expect(throws: ImportError.self) { try read(text) }
    }

    @Test func `endless nesting is refused, not followed`() {
        let text = String(repeating: "[", count: 1_000_000)
        #expect(throws: ImportError.self) { try read(text) }
    }

    @Test(arguments: ["", "\n \n"])
    func `a file without lines is refused`(text: String) {
        #expect(throws: ImportError.empty) { try read(text) }
    }

    @Test func `runs of one name that began at different times are two runs`() throws {
        let lines = [1, 2, 2].map { #"{"name": "a", "startTime": \#($0), "params": {}}"# }
        let outcome = try read(lines.joined(separator: "\n"))
        #expect(outcome.runs.count == 2)
        #expect(outcome.rejected.count == 1)
    }

    @Test func `every prefix of a line is refused or rejected`() throws {
        let line =
            #"{"name":"a\n","params":{"x":[1,true,null]},"metrics":{"l":{"values":[1,-2e-3]}}}"#
        let bytes = Array(line.utf8)
        for count in 1..<bytes.count {
            #expect(throws: ImportError.self) {
                try JSONLinesImporter.read(
                    Array(bytes[..<count]),
                    options: ImportOptions(),
                    progress: { _ in }
                )
            }
        }
        #expect(try read(line).runs.count == 1)
    }

    @Test func `mapped roles are stored and divergence is marked`() throws {
        let lines = zip([2.0, 9.0], ["a", "b"]).map { loss, name in
            #"{"name":"\#(name)","params":{"n":10,"d":100,"bs":4,"len":5},"metrics":{"ce":{"values":[9,\#(loss)]}}}"#
        }
        let options = ImportOptions(
            map: [
                .parameterCount: try Expression(parsing: "n"),
                .tokenCount: try Expression(parsing: "d"),
                .batchTokens: try Expression(parsing: "bs*len"),
                .loss: try Expression(parsing: "ce"),
            ],
            parameterConvention: "total"
        )
        let outcome = try JSONLinesImporter.read(
            Array(lines.joined(separator: "\n").utf8),
            options: options,
            progress: { _ in }
        )
        #expect(outcome.runs[0].params["batchTokens"] == "20")
        #expect(outcome.runs[0].series["loss"]?.values == [2])
        #expect(outcome.runs[0].series["loss"]?.steps == [5])
        #expect(outcome.runs[0].tags["isoloss.parameterConvention"] == "total")
        #expect(outcome.diverged == 1)
    }

    @Test func `divergence is found by well-known names, but not in a run that goes on`() throws {
        let lines = [
            ("best", "finished", "2"), ("bad", "finished", "4"), ("on", "running", "4"),
            ("nan", "failed", "NaN"),
        ].map { name, status, loss in
            #"{"name":"\#(name)","status":"\#(status)","params":{"n_params":10,"tokens":100},"#
                + #""metrics":{"loss":{"values":[9,\#(loss)]}}}"#
        }
        let outcome = try read(lines.joined(separator: "\n"))
        let marked = outcome.runs.filter { $0.tags["isoloss.diverged"] == "true" }
        #expect(marked.map { $0.name } == ["bad", "nan"])
        #expect(outcome.runs[0].series.keys.sorted() == ["loss"])
    }

    private func read(_ text: String) throws -> ImportOutcome {
        try JSONLinesImporter.read(
            Array(text.utf8),
            options: ImportOptions(),
            progress: { _ in }
        )
    }
}
