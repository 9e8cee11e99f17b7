import API
import Foundation
import Runs
import TestSupport
import Testing

@Suite struct ImportControllerTests {
    private let query =
        "project=table&name=id&map=parameterCount%3DN&map=loss%3D%22final+loss%22"

    @Test func `a table becomes runs and a second import changes nothing`() async throws {
        try await TestApplication.with { app in
            let csv = "id,N,final loss\na,1e6,3.5\nb,2e6,nan\n"
            let first = try await app.importFile(csv, query)
            #expect(first.status == .finished && first.inserted == 2 && first.diverged == 1)
            let second = try await app.importFile(csv, query)
            #expect(second.inserted == 0 && second.unchanged == 2)
            let list = try await app.get("/api/v1/runs?project=table&sort=name").decoded(
                RunList.self
            )
            #expect(list.runs.map(\.name) == ["a", "b"])
            #expect(list.runs.map(\.state) == [.finished, .diverged])
            #expect(list.runs[0].roles[.parameterCount] == 1e6)
        }
    }

    @Test func `rejected rows are listed with line and reason`() async throws {
        try await TestApplication.with { app in
            let csv = "id,N,final loss\na,1e6,3.5\nb,-2,3\nc,many,3\n"
            let message = try await app.importFile(csv, query)
            #expect(message.inserted == 1 && message.rejectedCount == 2)
            #expect(message.rejected.map(\.line) == [3, 4])
            #expect(message.rejected.allSatisfy { !$0.reason.isEmpty })
        }
    }

    @Test(arguments: ["", "id\n", "a,b\n1,2\n", "\u{1F}\u{8B}\u{00}", "id,N,final loss\n"])
    func `a file that cannot be read leaves nothing, not even a project`(csv: String) async throws {
        try await TestApplication.with { app in
            if csv.isEmpty {
                let reply = try await app.send("POST", "/api/v1/imports?" + query, body: Data())
                #expect(reply.status == 400)
            } else {
                let message = try await app.importFile(csv, query)
                #expect(message.status == .failed && message.error?.code == .invalid)
            }
            #expect(try await app.get("/api/v1/projects/table").status == 404)
        }
    }

    @Test(arguments: [
        "project=p&map=loss", "project=p&map=size%3DN", "project=p&map=loss%3D%28", "project=",
        "project=p&format=xlsx", "project=p&preset=none", "project=p&where=%3C",
        "project=p&parameterConvention=some", "project=p&map=loss%3Da&map=loss%3Db",
        "project=%FF", "project=a%00b",
    ])
    func `a request that cannot be meant is refused at once`(query: String) async throws {
        try await TestApplication.with { app in
            let body = Data("id\n1\n".utf8)
            let reply = try await app.send("POST", "/api/v1/imports?" + query, body: body)
            #expect(reply.status == 400)
            #expect(try reply.decoded(APIError.self).code == .invalid)
        }
    }

    @Test func `an export reads back as the same runs`() async throws {
        try await TestApplication.with { app in
            _ = try await app.importFile("id,N,final loss\na,1e6,3.5\nb,2e6,inf\n", query)
            let export = try await app.get("/api/v1/projects/table/export").text
            let message = try await app.importFile(export, "project=copy&format=jsonl")
            #expect(message.inserted == 2 && message.rejectedCount == 0)
            let path = "/api/v1/runs?sort=name&project="
            let original = try await app.get(path + "table").decoded(RunList.self).runs
            let copy = try await app.get(path + "copy").decoded(RunList.self).runs
            #expect(copy.map(\.params) == original.map(\.params))
            #expect(copy.map(\.metrics) == original.map(\.metrics))
            #expect(copy.map(\.tags) == original.map(\.tags))
        }
    }
}
