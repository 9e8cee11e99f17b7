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
