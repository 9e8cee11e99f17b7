import API
import Foundation
import Runs
import Server
import TestSupport
import Testing

@Suite struct RunTableTests {
    private static func run(
        name: String = "a",
        params: [String: String] = [:],
        metrics: [String: Double] = [:]
    ) -> RunMessage {
        let summaries = metrics.mapValues {
            MetricSummary(
                lastStep: 3,
                lastTime: 4,
                lastValue: $0,
                minimum: 1,
                maximum: nil,
                pointCount: 2,
                notFiniteCount: 1
            )
        }
        let run = Run(
            id: Samples.runID(),
            projectID: ProjectID(Samples.runID().uuid),
            name: name,
            status: .running,
            startTime: 5,
            updatedAt: 6,
            params: params,
            metrics: summaries
        )
        return RunMessage(run: run, state: .running, roles: [.loss: 2.5])
    }

    private static func line(
        _ fields: [String],
        _ run: RunMessage,
        _ format: RunTable.Format
    ) -> String {
        String(decoding: RunTable(fields: fields, format: format).line(run), as: UTF8.self)
    }

    @Test(arguments: [
        ("=1+1", "'=1+1"), ("@SUM(A1)", "'@SUM(A1)"), ("-1.5", "-1.5"), ("+2e-3", "+2e-3"),
        ("-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"), ("\tx", "'\tx"), ("a,b", "\"a,b\""),
        ("say \"x\"", "\"say \"\"x\"\"\""), ("a\nb", "\"a\nb\""), ("plain", "plain"),
        ("\r=1", "\"'\r=1\""), ("\r\n=1", "\"'\r\n=1\""),
    ])
    func `no text of a CSV runs in a spreadsheet or breaks its cell`(
        text: String,
        cell: String
    ) {
        let run = Self.run(params: ["p": text])
        #expect(Self.line(["params.p"], run, .csv) == cell + "\r\n")
    }

    @Test func `names of columns are made safe too`() {
        let table = RunTable(fields: ["name", "params.a,b"], format: .csv)
        #expect(table.head == "name,\"params.a,b\"\r\n")
    }

    @Test func `every kind of field has its value, and what is missing is empty`() {
        let run = Self.run(params: ["lr": "1e-3"], metrics: ["loss": .nan, "a.min": 7])
        let fields = [
            "name", "startTime", "endTime", "params.lr", "params.none", "metrics.loss",
            "metrics.loss.min", "metrics.loss.max", "metrics.loss.count", "metrics.a.min",
            "roles.loss", "group",
        ]
        #expect(Self.line(fields, run, .csv) == "a,5,,1e-3,,NaN,1,,2,7,2.5,\r\n")
        let json = Self.line(["name", "params.lr", "metrics.loss", "endTime"], run, .jsonl)
        #expect(
            json == #"{"name":"a","params.lr":"1e-3","metrics.loss":"NaN","endTime":null}"# + "\n"
        )
    }

    @Test func `only fields that can be answered are known`() {
        for field in RunTable.headFields + ["project", "params.x", "metrics.x.min"] {
            #expect(RunTable.isKnown(field))
        }
        for field in ["", "params", "params.", "nothing", "loss"] {
            #expect(!RunTable.isKnown(field))
        }
    }
}
