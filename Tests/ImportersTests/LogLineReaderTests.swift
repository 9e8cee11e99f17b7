import Importers
import Testing

@Suite struct LogLineReaderTests {
    private func read(
        _ text: String,
        _ format: LogLineReader.Format = .jsonl,
        map: [String] = []
    ) throws -> [LogLine?] {
        var reader = LogLineReader(format, mapping: try LogLineMapping(map))
        return try text.split(separator: "\n", omittingEmptySubsequences: false).map {
            try reader.read(Array($0.utf8)[...])
        }
    }

    @Test(arguments: LogLineMapping.stepNames)
    func `the step is found under the names that programs use`(name: String) throws {
        let line = try #require(try read("{\"\(name)\":7,\"loss\":0.5}").first ?? nil)
        #expect(line == LogLine(step: 7, time: nil, metrics: ["loss": 0.5]))
    }

    @Test func `numbers are metrics, nested ones by their path, and nothing else is`() throws {
        let text = #"{"step":1,"a":{"b":2,"c":{"d":-1e3}},"s":"x","t":true,"n":null,"l":[1,2]}"#
        #expect(try read(text).first??.metrics == ["a/b": 2, "a/c/d": -1_000])
        #expect(try read(#"{"event":"start"}"#) == [nil])
        #expect(try read("  ") == [nil])
    }

    @Test func `losses that blew up are read`() throws {
        let line = try #require(try read(#"{"step":1,"a":NaN,"b":-Infinity}"#).first ?? nil)
        #expect(line.metrics["a"]?.isNaN == true && line.metrics["b"] == -.infinity)
    }

    @Test(
        arguments: [
            ("1700000000", 1_700_000_000_000_000), ("1700000000.25", 1_700_000_000_250_000),
            ("1700000000123", 1_700_000_000_123_000), ("1700000000123456", 1_700_000_000_123_456),
            ("\"2023-11-14T22:13:20Z\"", 1_700_000_000_000_000),
            ("\"2023-11-14 22:13:20\"", 1_700_000_000_000_000),
            ("\"2023-11-14T23:13:20.5+01:00\"", 1_700_000_000_500_000),
        ] as [(String, Int64)]
    )
    func `a time is told by its size or its form`(text: String, time: Int64) throws {
        #expect(try read("{\"timestamp\":\(text),\"loss\":1}").first??.time == time)
    }

    @Test func `seconds since the start are a metric, not a time`() throws {
        let line = try #require(try read(#"{"step":1,"time":12.5}"#).first ?? nil)
        #expect(line.time == nil && line.metrics == ["time": 12.5])
    }

    @Test func `a table is read by its header, whatever separates it`() throws {
        let lines = try read("step;loss;note\n1;0.5;\"a;b\"\n2;;x\n3;NaN;", .csv)
        #expect(lines[0] == nil && lines[2] == nil)
        #expect(lines[1] == LogLine(step: 1, time: nil, metrics: ["loss": 0.5]))
        #expect(lines[3]?.metrics["loss"]?.isNaN == true)
    }

    @Test func `columns are mapped as asked`() throws {
        let lines = try read("it,when,l\n5,1e9,2", .csv, map: ["step=it", "time=when", "loss=l"])
        #expect(
            lines[1] == LogLine(step: 5, time: 1_000_000_000_000_000, metrics: ["loss": 2])
        )
    }

    @Test(arguments: ["{", "[1]", "{\"a\":1}}", "12", "\u{0}"])
    func `a line that is none says why`(text: String) {
        #expect(throws: LogLineError.self) { try read(text) }
    }

    @Test(arguments: ["a\n1,2", "a,b\n1", "a,b\n\"1,2"])
    func `a row that does not fit its header says so`(text: String) {
        #expect(throws: LogLineError.self) { try read(text, .csv) }
    }

    @Test(arguments: ["step", "=x", "step="])
    func `a mapping that is none is refused`(text: String) {
        #expect(throws: LogLineError.self) { try LogLineMapping([text]) }
    }
}
