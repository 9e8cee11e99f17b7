import API
import Foundation
import Runs
import Storage
import TestSupport
import Testing

@Suite struct RunExportTests {
    private static let table = "id,lr,loss\na,1,3\n=b,2,2.9\nc,3,nan\n"

    @Test func `a filtered and sorted table comes as CSV`() async throws {
        try await TestApplication.with { app in
            _ = try await app.importFile(Self.table, "project=p&name=id")
            let path = "/api/v1/runs/export?project=p&sort=-params.lr&fields=name,metrics.loss"
            let all = try await app.get(path)
            #expect(all.headers["content-type"]?.hasPrefix("text/csv") == true)
            #expect(all.text == "name,metrics.loss\r\nc,NaN\r\n'=b,2.9\r\na,3\r\n")
            let some = try await app.get(path + "&q=lr+%3C+3")
            #expect(some.text == "name,metrics.loss\r\n'=b,2.9\r\na,3\r\n")
        }
    }

    @Test func `without fields every param and metric is a column, as JSON lines too`()
        async throws
    {
        try await TestApplication.with { app in
            _ = try await app.importFile(Self.table, "project=p&name=id")
            let head =
                try await app.get("/api/v1/runs/export?project=p").text
                .split(separator: "\r\n").first ?? ""
            let columns = head.split(separator: ",").map(String.init)
            #expect(Set(columns).isSuperset(of: ["id", "params.lr", "metrics.loss", "state"]))
            let lines = try await app.get("/api/v1/runs/export?project=p&format=jsonl").text
                .split(separator: "\n")
            #expect(lines.count == 3)
            for line in lines {
                let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
                #expect((object as? [String: Any])?.keys.count == columns.count)
            }
        }
    }

    @Test(arguments: [
        "", "project=none", "project=p&format=xls", "project=p&fields=nothing",
        "project=p&q=%28",
    ])
    func `an export that cannot be is refused`(query: String) async throws {
        try await TestApplication.with { app in
            _ = try await app.importFile(Self.table, "project=p&name=id")
            let status = try await app.get("/api/v1/runs/export?" + query).status
            #expect(status == 400 || status == 404)
        }
    }

    @Test func `runs are compared by their ids`() async throws {
        try await TestApplication.with { app in
            let first = try await app.makeRun(
                #"{"project": "p", "name": "a", "params": {"lr": "1", "b": "2"}}"#
            )
            let second = try await app.makeRun(
                #"{"project": "q", "name": "b", "params": {"lr": "3", "b": "2"}}"#
            )
            let path = "/api/v1/compare?runs="
            let both = "\(second.id.hex),\(first.id.hex)"
            let answer = try await app.get(path + both).decoded(Comparison.self)
            #expect(answer.runs.map(\.name) == ["b", "a"])
            #expect(answer.params.map(\.key) == ["lr"] && answer.params[0].values == ["3", "1"])
            #expect(answer.common.params == 1)
            #expect(try await app.get(path).status == 400)
            #expect(try await app.get(path + "\(first.id.hex),\(first.id.hex)").status == 400)
            #expect(try await app.get(path + UUID().hex).status == 404)
        }
    }

    @Test func `metrics of the machine come last and are marked`() async throws {
        try await TestApplication.with { app in
            let run = try await app.makeRun(#"{"project": "p", "name": "a"}"#)
            let points = Samples.series(count: 2)
            try await app.store.writer.write(
                RunBatch(
                    runID: run.id,
                    series: ["system/cpu": points, "zeta": points, "loss": points]
                ),
                now: Samples.now
            )
            let list = try await app.get("/api/v1/metrics?project=p").decoded(MetricList.self)
            #expect(list.metrics.map(\.name) == ["loss", "zeta", "system/cpu"])
            #expect(list.metrics.map(\.kind) == [.training, .training, .system])
        }
    }

    @Test func `groups are counted and a project carries a note that MLflow sees`() async throws {
        try await TestApplication.with { app in
            for group in ["a", "a", "b"] {
                _ = try await app.makeRun(
                    #"{"project": "p", "name": "x", "group": "\#(group)"}"#
                )
            }
            let groups = try await app.get("/api/v1/projects/p/groups").decoded(GroupList.self)
            let counts = groups.groups.reduce(into: [:]) { $0[$1.name] = $1.runs }
            #expect(counts == ["a": 2, "b": 1])
            let project = try await app.patch(
                "/api/v1/projects/p",
                ##"{"note": "# why", "name": "q"}"##
            ).decoded(ProjectMessage.self)
            #expect(project.note == "# why" && project.name == "q")
            let path = "/api/2.0/mlflow/experiments/get?experiment_id=" + project.experimentID
            #expect(try await app.get(path).text.contains(##""value":"# why""##))
            let bare = try await app.patch("/api/v1/projects/q", #"{"note": ""}"#)
                .decoded(ProjectMessage.self)
            #expect(bare.note == nil)
        }
    }
}
