import API
import Foundation
import Runs
import TestSupport
import Testing

@Suite struct WireTests {
    @Test func `numbers that JSON lacks travel as strings and come back`() throws {
        let list = SeriesList(
            x: .step,
            series: [
                SeriesMessage(
                    run: Samples.runID(),
                    metric: "loss",
                    x: [0, 1, 2],
                    min: [.nan, 1, 2],
                    max: [.nan, 1, 2],
                    last: [.nan, .infinity, -.infinity],
                    count: [1, 1, 1]
                )
            ]
        )
        let data = try WireJSON.encoder().encode(list)
        #expect(String(decoding: data, as: UTF8.self).contains(#"["NaN","Infinity","-Infinity"]"#))
        let back = try WireJSON.decoder().decode(SeriesList.self, from: data)
        #expect(back.series[0].last[0].isNaN && back.series[0].last[1] == .infinity)
    }

    @Test func `a list of runs is written as the encoder writes it`() throws {
        var generator = SeededGenerator(seed: 3)
        let project = ProjectID(Samples.runID(9).uuid)
        let runs = (0..<50).map { number -> RunMessage in
            var run = NaiveSearch.run(in: project, using: &generator)
            run.params["quote\"\\\n\u{1}é"] = "line\r\n\tend\u{7f}"
            if number % 2 == 0 { run.lostAt = 5 }
            let roles: [Role: Double] = number % 3 == 0 ? [:] : [.loss: .nan, .tokenCount: 1e11]
            let note = number % 5 == 0 ? "# note" : nil
            return RunMessage(run: run, state: .stalled, roles: roles, note: note)
        }
        for next in ["abc=", nil] {
            let list = RunList(runs: next == nil ? [] : runs, next: next)
            var writer = JSONWriter()
            list.write(to: &writer)
            let encoded = try WireJSON.encoder().encode(list)
            let decoder = WireJSON.decoder()
            let written = try decoder.decode(RunList.self, from: Data(writer.bytes))
            let wanted = try decoder.decode(RunList.self, from: encoded)
            // NaN differs from itself, so what was read is compared as text.
            #expect(try WireJSON.encoder().encode(written) == WireJSON.encoder().encode(wanted))
        }
    }

    @Test func `every kind of error has a status of its own kind`() {
        for code in APIError.Code.allCases {
            #expect((400...503).contains(code.status))
            // Training clients retry these for minutes.
            #expect(code.status != 408 && code.status != 429)
        }
    }

    @Test func `endpoints are told apart by method and path and explained`() {
        let keys = Endpoints.all.map { "\($0.method.rawValue) \($0.path)" }
        #expect(Set(keys).count == keys.count)
        for endpoint in Endpoints.all {
            #expect(endpoint.path.hasPrefix("/api/v1/") && endpoint.summary.hasSuffix("."))
        }
    }
}
