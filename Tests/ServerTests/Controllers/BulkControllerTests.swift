import API
import Foundation
import Runs
import TestSupport
import Testing

@Suite struct BulkControllerTests {
    private static let table = "id,lr,loss\na,1,3\nb,2,2.9\nc,3,1\nd,4,2\n"

    private static func bulk(_ app: TestApplication, _ json: String) async throws -> BulkAnswer {
        let reply = try await app.post("/api/v1/runs/bulk", json: json)
        #expect(reply.status == 200, "\(reply.text)")
        return try reply.decoded(BulkAnswer.self)
    }

    @Test func `runs chosen by a filter are tagged, grouped, ended and deleted`() async throws {
        try await TestApplication.with { app in
            _ = try await app.importFile(Self.table, "project=p&name=id")
            let chosen = #""project": "p", "q": "lr < 2.5""#
            let dry = try await Self.bulk(
                app,
                #"{\#(chosen), "operation": "tag", "tags": {"k": "v"}, "dryRun": true}"#
            )
            #expect(dry.changed == 2 && dry.dryRun)
            #expect(try await Self.names(app, "tags.k = v") == [])
            for change in [
                #""operation": "tag", "tags": {"k": "v"}"#, #""operation": "group", "group": "g""#,
                #""operation": "status", "status": "failed""#,
            ] {
                let answer = try await Self.bulk(app, "{\(chosen), \(change)}")
                #expect(answer.matched == 2 && answer.changed == 2 && answer.refused.isEmpty)
            }
            #expect(try await Self.names(app, "tags.k = v and group = g") == ["a", "b"])
            #expect(try await Self.names(app, "status = failed") == ["a", "b"])
            _ = try await Self.bulk(app, #"{\#(chosen), "operation": "untag", "keys": ["k"]}"#)
            #expect(try await Self.names(app, "tags.k = v") == [])
            _ = try await Self.bulk(app, #"{\#(chosen), "operation": "delete"}"#)
            #expect(try await Self.names(app, "lr > 0") == ["c", "d"])
            let back = try await Self.bulk(app, #"{"project": "p", "operation": "restore"}"#)
            #expect(back.changed == 2)
            #expect(try await Self.names(app, "lr > 0") == ["a", "b", "c", "d"])
        }
    }

    @Test func `each run that is refused is told with its reason`() async throws {
        try await TestApplication.with { app in
            let alive = try await app.makeRun(#"{"project": "p", "name": "a"}"#).id.hex
            let dead = try await app.makeRun(#"{"project": "p", "name": "b"}"#).id.hex
            let nobody = UUID().hex
            _ = try await app.send("DELETE", "/api/v1/runs/\(dead)")
            let runs = "[\"\(alive)\", \"\(dead)\", \"\(nobody)\", \"\(alive)\"]"
            let answer = try await Self.bulk(
                app,
                #"{"runs": \#(runs), "operation": "tag", "tags": {"k": "v"}}"#
            )
            #expect(answer.matched == 3 && answer.changed == 1)
            let reasons = answer.refused.reduce(into: [:]) { $0[$1.run.hex] = $1.reason }
            #expect(reasons[dead]?.contains("deleted") == true)
            #expect(reasons[nobody]?.contains("no run") == true)
            let back = try await Self.bulk(
                app,
                #"{"runs": ["\#(dead)"], "operation": "restore"}"#
            )
            #expect(back.changed == 1)
        }
    }

    @Test func `more runs than one transaction takes are all changed`() async throws {
        try await TestApplication.with { app in
            let rows = (0..<1_203).map { "r\($0),\($0)\n" }.joined()
            _ = try await app.importFile("id,lr\n" + rows, "project=p&name=id")
            let answer = try await Self.bulk(
                app,
                #"{"project": "p", "operation": "group", "group": "all"}"#
            )
            #expect(answer.changed == 1_203)
        }
    }

    @Test(arguments: [
        #"{"operation": "delete"}"#, #"{"project": "p", "operation": "move"}"#,
        #"{"project": "p", "operation": "tag"}"#, #"{"project": "p", "operation": "untag"}"#,
        #"{"project": "p", "q": "((", "operation": "delete"}"#,
        #"{"project": "p", "operation": "tag", "tags": {"": "x"}}"#,
        #"{"project": "p", "runs": [], "operation": "delete"}"#, "[]",
    ])
    func `an operation that cannot be is refused`(json: String) async throws {
        try await TestApplication.with { app in
            _ = try await app.makeRun(#"{"project": "p", "name": "a"}"#)
            let reply = try await app.post("/api/v1/runs/bulk", json: json)
            #expect(reply.status == 400)
            #expect(try reply.decoded(APIError.self).code == .invalid)
        }
    }

    private static func names(_ app: TestApplication, _ filter: String) async throws -> [String] {
        let encoded = filter.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let list = try await app.get("/api/v1/runs?project=p&sort=name&q=" + encoded)
            .decoded(RunList.self)
        return list.runs.map(\.name)
    }
}
