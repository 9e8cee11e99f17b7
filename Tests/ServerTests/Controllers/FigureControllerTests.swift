import API
import Foundation
import ScalingLaws
import Server
import TestSupport
import Testing

@Suite struct FigureControllerTests {
    private static let query =
        "project=sizes&parameterConvention=total&name=name&map=parameterCount%3DN"
        + "&map=tokenCount%3DD&map=loss%3Dfinal"

    private static let table: String = {
        let rows = PlantedSizes.observations.map {
            "\($0.runName),\($0.parameterCount),\($0.tokenCount),\($0.lossNats)"
        }
        return (["name,N,D,final"] + rows).joined(separator: "\n") + "\n"
    }()

    @Test func `figures of a law are drawn from its newest fit, and only of that law`() async throws
    {
        try await TestApplication.with { app in
            _ = try await app.importFile(Self.table, Self.query)
            let listed = try JSONSerialization.jsonObject(
                with: try await app.get("/api/v1/figures").body
            )
            let figures = try #require((listed as? [String: [[String: Any]]])?["figures"])
            for figure in figures {
                let kind = try #require(figure["kind"] as? String)
                let laws = figure["laws"] as? [String] ?? []
                if laws.isEmpty { continue }
                let reply = try await app.get(
                    "/api/v1/figures/\(kind)?project=sizes&law=chinchilla&flops=1e21"
                )
                guard laws.contains("chinchilla") else {
                    #expect(reply.status == 400, "\(kind)")
                    continue
                }
                #expect(reply.status == 200, "\(kind): \(reply.text.prefix(300))")
                #expect(reply.text.contains("\"law\":\"chinchilla\""), "\(kind)")
            }
        }
    }

    @Test(arguments: ["flops=-1", "flops=many", "flops=nan", "flops=1e999"])
    func `a budget that is none is refused beside its field`(budget: String) async throws {
        try await TestApplication.with { app in
            _ = try await app.importFile(Self.table, Self.query)
            let path = "/api/v1/figures/loss-over-compute?project=sizes&" + budget
            let reply = try await app.get(path)
            #expect(reply.status == 400)
            #expect(reply.text.contains("\"field\":\"flops\""))
        }
    }

    @Test func `a fit that cannot be made says why`() async throws {
        try await TestApplication.with { app in
            _ = try await app.importFile("id,loss\na,1\n", "project=small&name=id")
            let reply = try await app.get("/api/v1/figures/iso-flop?project=small")
            #expect(reply.status == 422)
            #expect(reply.text.contains("cannotFit"))
        }
    }
}
