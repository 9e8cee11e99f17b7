import API
import Foundation
import Runs
import ScalingLaws
import Server
import TestSupport
import Testing

/// What people keep: frozen figures, reports and saved views.
@Suite struct DocumentTests {
    private static let sizes: String = {
        let rows = PlantedSizes.observations.map {
            "\($0.runName),\($0.parameterCount),\($0.tokenCount),\($0.lossNats)"
        }
        return (["name,N,D,final"] + rows).joined(separator: "\n") + "\n"
    }()
    private static let query =
        "project=sizes&parameterConvention=total&name=name&map=parameterCount%3DN"
        + "&map=tokenCount%3DD&map=loss%3Dfinal"

    private static func project(_ app: TestApplication) async throws {
        _ = try await app.post("/api/v1/projects", json: #"{"name": "kept"}"#)
    }

    @Test func `a frozen figure stays as it was and says where it comes from`() async throws {
        try await TestApplication.with { app in
            _ = try await app.importFile(Self.sizes, Self.query)
            let made = try await app.post(
                "/api/v1/frozen-figures",
                json: """
                    {"project": "sizes", "title": "Of May", "kind": "loss-over-compute",
                    "parameters": {"law": "chinchilla", "flops": "1e21"}}
                    """
            )
            #expect(made.status == 201, "\(made.text.prefix(300))")
            let kept = try made.decoded(FrozenFigureMessage.self)
            let live = try await app.get(
                "/api/v1/figures/loss-over-compute?project=sizes&law=chinchilla&flops=1e21"
            )
            let path = "/api/v1/frozen-figures/\(kept.id)"
            let frozen = try await app.get(path)
            #expect(try Self.member("data", frozen.body) == Self.member("data", live.body))
            #expect(frozen.text.contains(#""title":"Of May""#))
            // Another fit changes the live figure alone.
            _ = try await app.importFile("name,N,D,final\nnew,1e9,1e10,9\n", Self.query)
            #expect(try await app.get(path).body == frozen.body)
            let list = try await app.get("/api/v1/frozen-figures?project=sizes")
                .decoded(FrozenFigureList.self)
            #expect(list.figures == [kept])
            #expect(kept.parameters == ["law": "chinchilla", "flops": "1e21"])
            #expect(try await app.send("DELETE", path).status == 204)
            #expect(try await app.get(path).status == 404)
        }
    }

    private static func member(_ name: String, _ body: Data) throws -> Data {
        let members = try #require(
            try JSONSerialization.jsonObject(with: body) as? [String: Any]
        )
        return try JSONSerialization.data(
            withJSONObject: try #require(members[name]),
            options: .sortedKeys
        )
    }

    @Test func `two people who edit one report do not overwrite each other`() async throws {
        try await TestApplication.with { app in
            try await Self.project(app)
            let text = "# Ω\\n<script>alert(1)</script>"
            let made = try await app.post(
                "/api/v1/reports",
                json: #"{"project": "kept", "title": "First", "markdown": "\#(text)"}"#
            )
            #expect(made.status == 201, "\(made.text)")
            let report = try made.decoded(ReportMessage.self)
            #expect(report.markdown == "# Ω\n<script>alert(1)</script>" && report.version == 1)
            let path = "/api/v1/reports/\(report.id)"
            let edit = #"{"title": "Second", "markdown": "b", "version": 1}"#
            let changed = try await app.send("PUT", path, body: Data(edit.utf8))
            #expect(try changed.decoded(ReportMessage.self).version == 2)
            let late = try await app.send("PUT", path, body: Data(edit.utf8))
            #expect(late.status == 409 && late.text.contains("version 2"), "\(late.text)")
            let list = try await app.get("/api/v1/reports?project=kept").decoded(ReportList.self)
            #expect(list.reports.map(\.title) == ["Second"] && list.reports[0].markdown == nil)
        }
    }

    @Test func `views are listed by page`() async throws {
        try await TestApplication.with { app in
            try await Self.project(app)
            for page in ["runs", "mixtures"] {
                let reply = try await app.post(
                    "/api/v1/views",
                    json: #"{"project": "kept", "page": "\#(page)", "name": "v", "query": "q=a"}"#
                )
                #expect(reply.status == 201, "\(reply.text)")
            }
            let views = try await app.get("/api/v1/views?project=kept&page=runs")
                .decoded(ViewList.self).views
            #expect(views.map(\.page) == ["runs"] && views.map(\.query) == ["q=a"])
            #expect(try await app.send("DELETE", "/api/v1/views/\(views[0].id)").status == 204)
            #expect(try await app.send("DELETE", "/api/v1/views/\(views[0].id)").status == 404)
        }
    }

    @Test(arguments: [
        ("reports", #"{"project": "kept", "title": " ", "markdown": "a"}"#),
        ("reports", #"{"project": "kept", "title": "a", "markdown": "\u0000"}"#),
        ("views", #"{"project": "kept", "page": "../x", "name": "a", "query": ""}"#),
        ("frozen-figures", #"{"project": "kept", "kind": "no-such-figure"}"#),
    ])
    func `what cannot be kept is refused`(path: String, body: String) async throws {
        try await TestApplication.with { app in
            try await Self.project(app)
            let reply = try await app.post("/api/v1/\(path)", json: body)
            #expect([400, 404].contains(reply.status), "\(reply.text)")
            #expect(try await app.get("/api/v1/reports?project=kept").text.contains("[]"))
        }
    }
}
