import API
import Foundation
import TestSupport
import Testing

@Suite struct FitControllerTests {
    @Test(.timeLimit(.minutes(10)))
    func `a recommendation fits first and carries all that the contract names`() async throws {
        try await TestApplication.with { app in
            let loaded = try await app.importFile(SweepTable.csv, SweepTable.query)
            #expect(loaded.inserted == SweepTable.runCount)
            let path = "/api/v1/recommendations?project=sweep&parameters=8M&tokens=1.6B"
            let reply = try await app.get(path)
            #expect(reply.status == 200, "\(reply.text)")
            let answer = try #require(
                try JSONSerialization.jsonObject(with: reply.body) as? [String: Any]
            )
            for key in ["peakLearningRate", "batchTokens"] {
                let interval = try #require(answer[key] as? [String: Double])
                #expect(Set(interval.keys) == ["value", "low", "high"])
            }
            for key in ["predictedLoss", "provenance", "extrapolation", "rivals", "plateau"] {
                #expect(answer[key] != nil, "\(key)")
            }
            let provenance = try #require(answer["provenance"] as? [String: Any])
            let id = try #require(provenance["fitID"] as? String)
            #expect(provenance["parameterConvention"] as? String == "total")
            try await expectFit(id, app)
            try await expectBudgets(app)
        }
    }

    private func expectFit(_ id: String, _ app: TestApplication) async throws {
        let fit = try await app.get("/api/v1/fits/" + id)
        let message = try fit.decoded(FitMessage.self)
        #expect(message.status == .finished && message.staleRuns == 0)
        #expect(message.runCount == SweepTable.runCount)
        let body = try JSONSerialization.jsonObject(with: fit.body) as? [String: Any]
        #expect(body?["fit"] is [String: Any])
        let list = try await app.get("/api/v1/fits?project=sweep").decoded(FitList.self)
        #expect(list.fits.map(\.id) == [id])
        let project = try await app.get("/api/v1/projects/sweep").decoded(ProjectMessage.self)
        #expect(project.laws.first?.fitID == id && project.bestLoss != nil)
        let kinds = try JSONSerialization.jsonObject(
            with: try await app.get("/api/v1/figures").body
        )
        let figures = try #require((kinds as? [String: [[String: Any]]])?["figures"])
        for figure in figures {
            let kind = figure["kind"] as? String ?? ""
            let path =
                "/api/v1/figures/\(kind)?project=sweep&fit=\(id)&parameters=8M&tokens=1.6B"
            guard (figure["laws"] as? [String] ?? []).contains("step-law") else {
                let refusal = try await app.get(path)
                #expect((400..<500).contains(refusal.status), "\(kind): \(refusal.text)")
                continue
            }
            #expect(try await app.get(path).status == 200, "\(kind)")
            let table = try await app.get(path + "&format=csv")
            #expect(table.headers["content-type"]?.hasPrefix("text/csv") == true)
        }
    }

    /// C = 6·N·D gives the missing one.
    private func expectBudgets(_ app: TestApplication) async throws {
        let path = "/api/v1/recommendations?project=sweep&"
        let whole = try await app.get(path + "parameters=8M&tokens=1.6B").body
        for query in ["parameters=8M&flops=7.68e16", "tokens=1.6B&flops=7.68e16"] {
            #expect(try await app.get(path + query).body == whole)
        }
        let conditional = try await app.get(path + "parameters=8M&tokens=1.6B&batchTokens=64k")
        #expect(conditional.text.contains("given-batch"))
    }

    @Test(arguments: [
        "", "parameters=8M&law=step-law", "tokens=1B&law=step-law", "flops=1e20&law=step-law",
        "parameters=8M&tokens=1B&token=2B", "parameters=8M&tokens=1B&wastePercent=5&law=step-law",
        "sequenceLength=2048", "parameters=0&tokens=1", "parameters=&tokens=1&law=step-law",
        "parameters=-1&tokens=1", "parameters=nan&tokens=1", "parameters=1e999&tokens=1",
        "parameters=8M&tokens=1B&flops=1e17", "parameters=8M&tokens=1B&law=none",
        "parameters=8M&tokens=1B&batchTokens=0",
    ])
    func `a target that is none is refused`(query: String) async throws {
        try await TestApplication.with { app in
            _ = try await app.importFile("id,loss\na,1\n", "project=sweep&name=id")
            let reply = try await app.get("/api/v1/recommendations?project=sweep&" + query)
            #expect(reply.status == 400, "\(reply.text)")
            #expect(try reply.decoded(APIError.self).code == .invalid)
        }
    }

    @Test func `a project with too little says what is missing`() async throws {
        try await TestApplication.with { app in
            _ = try await app.importFile("id,loss\na,1\nb,2\n", "project=few&name=id")
            let path = "/api/v1/recommendations?project=few&parameters=8M&tokens=1B"
            for _ in 0..<2 {
                let reply = try await app.get(path)
                let error = try reply.decoded(APIError.self)
                #expect(reply.status == 422 && error.code == .cannotFit)
                #expect(error.message.contains("parameterCount"))
            }
            // The second question did not queue a second fit.
            let fits = try await app.get("/api/v1/fits?project=few").decoded(FitList.self)
            #expect(fits.fits.count == 1)
        }
    }

    @Test func `a fit that cannot be asked for is refused`() async throws {
        try await TestApplication.with { app in
            _ = try await app.importFile("id,loss\na,1\n", "project=p&name=id")
            for (body, status) in [
                (#"{"project": "p", "law": "none"}"#, 400),
                (#"{"project": "none", "law": "step-law"}"#, 404),
                (#"{"project": "p", "law": "step-law", "where": "("}"#, 400),
                (#"{"project": "p"}"#, 400),
            ] {
                #expect(try await app.post("/api/v1/fits", json: body).status == status)
            }
        }
    }
}
