import API
import Foundation
import Runs
import TestSupport
import Testing

@Suite struct RunControllerTests {
    private static let table = "id,lr,loss\na,1,3\nb,2,nan\nc,3,1\nd,4,2\ne,5,\n"
    private static let query = "project=p&name=id"

    @Test func `pages follow each other without gap or repeat`() async throws {
        try await TestApplication.with { app in
            _ = try await app.importFile(Self.table, Self.query)
            for sort in ["roles.loss", "-roles.loss", "name", "-params.lr", "", "metrics.none"] {
                var names: [String] = []
                var after = ""
                repeat {
                    let path = "/api/v1/runs?project=p&limit=2&sort=\(sort)&after=\(after)"
                    let page = try await app.get(path).decoded(RunList.self)
                    names += page.runs.map(\.name)
                    after = page.next?.replacing("+", with: "%2B") ?? ""
                } while !after.isEmpty
                #expect(names.sorted() == ["a", "b", "c", "d", "e"], "sort \(sort)")
            }
        }
    }

    @Test func `a list carries the fields it is asked for, and roles always`() async throws {
        try await TestApplication.with { app in
            _ = try await app.importFile(
                "id,lr,width,optimizer.lr,loss\na,1,3,7,2.5\n",
                "project=p&name=id"
            )
            let all = try await app.get("/api/v1/runs?project=p").decoded(RunList.self)
            for (fields, params) in [("params.width,metrics.none", ["width"]), ("none", [])] {
                let list = try await app.get("/api/v1/runs?project=p&fields=\(fields)")
                    .decoded(RunList.self)
                #expect(list.runs.map { $0.params.keys.sorted() } == [params])
                #expect(list.runs.map(\.metrics) == [[:]])
                #expect(list.runs.map(\.roles) == all.runs.map(\.roles))
                #expect(list.runs.first?.roles[.loss] == 2.5)
            }
            #expect(try await app.get("/api/v1/runs?project=p&fields=lr").status == 400)
        }
    }

    @Test func `missing and not finite values come last in both directions`() async throws {
        try await TestApplication.with { app in
            _ = try await app.importFile(Self.table, Self.query)
            for (sort, wanted) in [("roles.loss", "cda"), ("-roles.loss", "adc")] {
                let list = try await app.get("/api/v1/runs?project=p&sort=\(sort)")
                    .decoded(RunList.self)
                #expect(list.runs.map(\.name).joined().hasPrefix(wanted))
            }
        }
    }

    @Test func `a filter chooses runs and a bad one is refused with its place`() async throws {
        try await TestApplication.with { app in
            _ = try await app.importFile(Self.table, Self.query)
            let list = try await app.get("/api/v1/runs?project=p&q=lr+%3E+2+and+loss+%3C+2.5")
                .decoded(RunList.self)
            #expect(Set(list.runs.map(\.name)) == ["c", "d"])
            let reply = try await app.get("/api/v1/runs?project=p&q=lr+%3E")
            let error = try reply.decoded(APIError.self)
            #expect(
                reply.status == 400 && error.field == "q" && error.message.contains("character")
            )
        }
    }

    @Test(arguments: [
        "limit=0", "limit=1001", "limit=x", "after=%2A", "after=AAAA", "q=%28%28",
    ])
    func `a bad page is refused`(query: String) async throws {
        try await TestApplication.with { app in
            _ = try await app.importFile(Self.table, Self.query)
            #expect(try await app.get("/api/v1/runs?project=p&" + query).status == 400)
        }
    }

    @Test func `a run is started, renamed and ended`() async throws {
        try await TestApplication.with { app in
            let body = #"{"project": "new", "name": "first", "params": {"lr": "0.1"}}"#
            let made = try await app.post("/api/v1/runs", json: body)
            #expect(made.status == 201)
            let run = try made.decoded(RunMessage.self)
            #expect(run.state == .running && run.roles[.peakLearningRate] == 0.1)
            let path = "/api/v1/runs/\(run.id.hex)"
            let patch = Data(#"{"status": "finished", "name": "last", "tags": {"a": "b"}}"#.utf8)
            let reply = try await app.send("PATCH", path, body: patch)
            let ended = try reply.decoded(RunMessage.self)
            #expect(ended.status == .finished && ended.endTime != nil && ended.name == "last")
            #expect(try await app.get(path).decoded(RunMessage.self).tags["a"] == "b")
        }
    }

    @Test(arguments: [
        "", "[]", "{", #"{"project": "p"}"#, #"{"project": "", "name": "x"}"#,
        #"{"project": "p", "name": 1}"#, #"{"project": "p", "name": "x", "params": {"": "1"}}"#,
        #"{"project": "p", "name": "x\u0000"}"#,
    ])
    func `a run that cannot be is refused with its field`(json: String) async throws {
        try await TestApplication.with { app in
            let reply = try await app.post("/api/v1/runs", json: json)
            #expect(reply.status == 400)
            #expect(try reply.decoded(APIError.self).code == .invalid)
        }
    }

    @Test func `a project is found by its name whatever is in it`() async throws {
        try await TestApplication.with { app in
            let name = "Größe / 100 % +&?="
            let body = try JSONEncoder().encode(NewProject(name: name))
            let made = try await app.send("POST", "/api/v1/projects", body: body)
            #expect(made.status == 201)
            #expect(try await app.send("POST", "/api/v1/projects", body: body).status == 409)
            let allowed = CharacterSet.alphanumerics
            let encoded = try #require(name.addingPercentEncoding(withAllowedCharacters: allowed))
            let found = try await app.get("/api/v1/projects/" + encoded)
                .decoded(ProjectMessage.self)
            #expect(found.name == name)
            let byID = try await app.get("/api/v1/projects/" + found.id.hex)
            #expect(byID.status == 200)
        }
    }

    @Test func `roles are shown, replaced, and refused when unreadable`() async throws {
        try await TestApplication.with { app in
            _ = try await app.importFile("id,size,loss\na,5,1\n", "project=p&name=id")
            let body = #"{"expressions": {"parameterCount": "size*1M"}}"#
            let path = "/api/v1/projects/p/roles"
            let reply = try await app.send("PUT", path, body: Data(body.utf8))
            let roles = try reply.decoded(RolesMessage.self).roles
            let role = try #require(roles.first { $0.role == .parameterCount })
            #expect(role.resolvedRuns == 1 && role.kind == .mapped)
            for bad in [#"{"expressions": {"loss": "("}}"#, #"{"expressions": {"none": "a"}}"#] {
                #expect(try await app.send("PUT", path, body: Data(bad.utf8)).status == 400)
            }
        }
    }
}
