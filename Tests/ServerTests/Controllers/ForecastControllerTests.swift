import API
import Foundation
import ScalingLaws
import Testing

@Suite struct ForecastControllerTests {
    private struct List: Decodable {
        var jobs: [StopPlan.Job]
        var lossNames: [String]
        var finishedRuns: Int
        var bestFinishedLossNats: Double?
    }

    private func load(_ app: TestApplication) async throws {
        let loaded = try await app.importFile(CurveProject.lines, "project=curves&format=jsonl")
        #expect(loaded.inserted == CurveProject.finishedCount, "\(loaded)")
    }

    @Test(.timeLimit(.minutes(10)))
    func `running jobs are told where they end, and why not where nobody can say`()
        async throws
    {
        try await TestApplication.with { app in
            try await load(app)
            let none = try await app.get("/api/v1/forecasts?project=curves")
            #expect(none.status == 200, "\(none.text)")
            #expect(try none.decoded(List.self).jobs.isEmpty)
            let poor = CurveProject.floor(30)
            let id = try await CurveProject.startJob(
                app,
                project: "curves",
                name: "poor",
                floor: poor
            )
            _ = try await CurveProject.startJob(
                app,
                project: "curves",
                name: "endless",
                floor: poor,
                params: "{}"
            )
            let list = try await app.get("/api/v1/forecasts?project=curves").decoded(List.self)
            #expect(list.jobs.count == 2 && list.lossNames == ["loss"])
            #expect(list.finishedRuns == CurveProject.finishedCount)
            let job = try #require(list.jobs.first { $0.runName == "poor" })
            #expect(job.runID == id)
            let forecast = try #require(job.forecast, "\(job.refused ?? "")")
            let end = CurveProject.loss(floor: poor, step: CurveProject.stepCount)
            #expect(forecast.finalLoss.low...forecast.finalLoss.high ~= end)
            #expect(abs(forecast.finalLoss.value / end - 1) < 0.02)
            #expect(forecast.horizonSteps == 1_000 && forecast.observedShare == 0.5)
            #expect(forecast.peers > 0)
            let endless = try #require(list.jobs.first { $0.runName == "endless" })
            #expect(endless.forecast == nil)
            #expect(endless.refused?.contains("stepCount") == true)
            try await expectSelections(app, id)
        }
    }

    private func expectSelections(_ app: TestApplication, _ id: String) async throws {
        let path = "/api/v1/forecasts?project=curves&"
        let one = try await app.get(path + "run=\(id)").decoded(List.self)
        #expect(one.jobs.map(\.runID) == [id])
        let named = try await app.get(path + "where=name%20%3D%20done3").decoded(List.self)
        #expect(named.jobs.map(\.runName) == ["done3"])
        #expect(named.jobs.first?.refused?.contains("finished") == true)
        for (query, status) in [
            ("run=\(id)&where=loss%20%3C%203", 400), ("runs=\(id)", 400), ("where=%28", 400),
            ("run=zz", 404), ("seed=-1", 400),
        ] {
            let reply = try await app.get(path + query)
            #expect(reply.status == status, "\(query): \(reply.text)")
        }
        _ = try await app.importFile("id,loss\na,1\n", "project=other&name=id")
        #expect(try await app.get("/api/v1/forecasts?project=other&run=\(id)").status == 404)
        #expect(try await app.get("/api/v1/forecasts?project=none").status == 404)
    }

    /// The same jobs get the same forecasts, from memory or not; a finished run changes them.
    @Test(.timeLimit(.minutes(10)))
    func `forecasts are repeatable, and a run that finishes joins the peers`() async throws {
        try await TestApplication.with { app in
            try await load(app)
            _ = try await CurveProject.startJob(app, project: "curves", name: "a", floor: 2.4)
            let other = try await CurveProject.startJob(
                app,
                project: "curves",
                name: "b",
                floor: 1.5
            )
            let path = "/api/v1/forecasts?project=curves"
            let first = try await app.get(path)
            #expect(try await app.get(path).body == first.body)
            let ended = try await app.send(
                "PATCH",
                "/api/v1/runs/\(other)",
                body: Data(#"{"status":"finished"}"#.utf8)
            )
            #expect(ended.status == 200, "\(ended.text)")
            let list = try await app.get(path).decoded(List.self)
            #expect(list.finishedRuns == CurveProject.finishedCount + 1)
            #expect(list.jobs.map(\.runName) == ["a"])
            let before = try first.decoded(List.self).bestFinishedLossNats
            let after = try #require(list.bestFinishedLossNats)
            #expect(try #require(before) != after)
        }
    }

    /// A small model of a scaling sweep ends above the best large one, and is no failure.
    @Test(.timeLimit(.minutes(10)))
    func `jobs are judged among those of their size and length`() async throws {
        try await TestApplication.with { app in
            try await load(app)
            let poor = CurveProject.floor(39)
            let rival = try await CurveProject.startJob(
                app,
                project: "curves",
                name: "rival",
                floor: poor
            )
            let small = try await CurveProject.startJob(
                app,
                project: "curves",
                name: "small",
                floor: poor,
                params: #"{"max_steps":"1000","peak_lr":"0.002","n_params":"1000"}"#
            )
            let reply = try await app.get("/api/v1/forecasts?project=curves")
            let jobs = try reply.decoded(List.self).jobs
            let judged = try #require(jobs.first { $0.runID == rival })
            #expect(judged.isStopAdvised && judged.forecast?.baselineLossNats != nil)
            let other = try #require(jobs.first { $0.runID == small })
            #expect(other.forecast != nil && !other.isStopAdvised)
            #expect(other.forecast?.baselineLossNats == nil)
        }
    }
}
