import API
import Foundation
import Logging
import Runs
import Server
import Storage
import TestSupport
import Testing

/// Predictions, refits and differences of fits, over the API.
@Suite struct LedgerTests {
    private func import36(_ app: TestApplication) async throws {
        let loaded = try await app.importFile(LossTable.csv, LossTable.query)
        #expect(loaded.inserted == LossTable.runCount)
    }

    private func freeze(_ app: TestApplication, _ body: String) async throws -> PredictionMessage {
        let reply = try await app.post("/api/v1/predictions", json: body)
        #expect(reply.status == 201, "\(reply.text)")
        return try reply.decoded(PredictionMessage.self)
    }

    private func list(_ app: TestApplication) async throws -> PredictionList {
        try await app.get("/api/v1/predictions?project=loss").decoded(PredictionList.self)
    }

    @Test(.timeLimit(.minutes(5)))
    func `a loss is foretold, frozen, and scored by the run that lands`() async throws {
        try await TestApplication.with { app in
            try await import36(app)
            let (n, d) = (6.4e9, 4e11)
            let frozen = try await freeze(
                app,
                """
                {"project": "loss", "values": {"parameterCount": \(n), "tokenCount": \(d)}}
                """
            )
            let truth = LossTable.loss(n, d)
            #expect(abs(frozen.predictedLoss.value / truth - 1) < 0.01)
            #expect(frozen.law == "chinchilla" && frozen.scoredAt == nil)
            let named = try await freeze(
                app,
                """
                {"project": "loss", "law": "chinchilla", "fit": "\(frozen.fit)", "name": "blow",
                "values": {"parameterCount": 1e9, "tokenCount": 1e10}}
                """
            )
            #expect(try await list(app).calibration.waiting == 2)
            let rows = "name,N,D,final\nlands,\(n * 1.01),\(d),\(truth)\nblow,1e9,1e10,nan\n"
            _ = try await app.importFile(rows, LossTable.query)
            let later = AppDependencies.systemClock() + 30_000_000
            try await PredictionScorer(store: app.store, now: { later }).sweep()
            let found = try await list(app)
            #expect(found.predictions.map(\.id) == [named.id, frozen.id])
            let landed = try #require(found.predictions.last)
            #expect(landed.inside == true && landed.observedLoss == truth)
            let error = try #require(landed.errorPercent)
            #expect(abs(error - 100 * (truth / frozen.predictedLoss.value - 1)) < 1e-9)
            let whole = found.calibration
            #expect(whole.scored == 2 && whole.diverged == 1 && whole.insideShare == 0.5)
            #expect(whole.meanErrorPercent == error && found.laws.map(\.law) == ["chinchilla"])
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a prediction that is none is refused`() async throws {
        try await TestApplication.with { app in
            try await import36(app)
            let run = try await app.post(
                "/api/v1/runs",
                json: """
                    {"project": "loss", "name": "r", "params": {"parameterCount": "1e9"}}
                    """
            )
            let id = try run.decoded(RunMessage.self).id.hex
            let known = #""parameterCount": 1e9"#
            for (members, status, word) in [
                (#""values": {\#(known)}"#, 400, "tokenCount"),
                (#""run": "\#(id)""#, 400, "tokenCount"),
                (#""values": {\#(known), "tokenCount": 0}"#, 400, "positive"),
                (#""values": {\#(known), "tokenCount": -1}"#, 400, "positive"),
                (#""values": {\#(known), "tokenCount": "NaN"}"#, 400, "positive"),
                (#""values": {\#(known), "height": 3}"#, 400, "does not read height"),
                (#""values": {\#(known), "loss": 3}"#, 400, "does not read loss"),
                (#""law": "none""#, 400, "There is no law"),
                (#""fit": "00""#, 404, "There is no fit"),
                (#""run": "\#(UUID().hex)", "values": {}"#, 404, "There is no run"),
                (#""law": "step-law", "fit": "x""#, 404, "There is no fit"),
            ] {
                let reply = try await app.post(
                    "/api/v1/predictions",
                    json: #"{"project": "loss", \#(members)}"#
                )
                #expect(reply.status == status && reply.text.contains(word), "\(reply.text)")
            }
            let whole = try await freeze(
                app,
                #"{"project": "loss", "run": "\#(id)", "values": {"tokenCount": 1e10}}"#
            )
            #expect(whole.run == id && whole.values == ["parameterCount": 1e9, "tokenCount": 1e10])
            let ending = try await app.send(
                "PATCH",
                "/api/v1/runs/" + id,
                body: Data(#"{"status": "finished"}"#.utf8)
            )
            #expect(ending.status == 200)
            let late = try await app.post(
                "/api/v1/predictions",
                json: #"{"project": "loss", "run": "\#(id)", "values": {"tokenCount": 1e10}}"#
            )
            #expect(late.status == 409, "\(late.text)")
            #expect(try await app.get("/api/v1/predictions?project=none").status == 404)
        }
    }

    private func finishedFit(_ app: TestApplication) async throws -> FitMessage {
        let fits = try await app.get("/api/v1/fits?project=loss").decoded(FitList.self).fits
        let newest = try #require(fits.first)
        guard !newest.status.isEnd else { return newest }
        try await Task.sleep(for: .milliseconds(20))
        return try await finishedFit(app)
    }

    @Test(.timeLimit(.minutes(5)))
    func `runs that arrive have the law fitted again, and the difference is told`() async throws {
        try await TestApplication.with { app in
            try await import36(app)
            let asked = try await app.post(
                "/api/v1/fits",
                json: """
                    {"project": "loss", "law": "chinchilla", "where": "final < 9", "seed": 4,
                    "options": {"drawCount": 50}}
                    """
            )
            #expect(asked.status == 202, "\(asked.text)")
            let first = try await finishedFit(app)
            let path = "/api/v1/fits/\(first.id)/diff"
            #expect(try await app.get(path).status == 400, "there is none before it")
            let loss = LossTable.loss(8e8, 3e10) * 1.01
            _ = try await app.importFile(
                "name,N,D,final\nnew,8e8,3e10,\(loss)\n",
                LossTable.query
            )
            let later = AppDependencies.systemClock() + 3_600_000_000
            let keeper = LawKeeper(
                store: app.store,
                fits: FitWorker(store: app.store, now: { later }),
                refitAfterSeconds: 60,
                now: { later },
                logger: Logger(label: "test")
            )
            try await keeper.sweep()
            let second = try await finishedFit(app)
            #expect(second.id != first.id && second.automatic == true && second.seed == 4)
            #expect(second.where == "final < 9" && second.options?.drawCount == 50)
            for query in ["", "?other=" + first.id] {
                let reply = try await app.get("/api/v1/fits/\(second.id)/diff" + query)
                let diff = try reply.decoded(FitDiff.self)
                #expect(diff.before.id == first.id && diff.after.id == second.id)
                #expect(diff.runs?.added.map(\.name) == ["new"] && diff.runs?.removed == [])
                #expect(diff.runs?.common == LossTable.runCount)
                let moved = try #require(diff.predictions)
                #expect(moved.runs == LossTable.runCount && moved.maximumPercent > 0)
                let alpha = try #require(diff.parameters.first { $0.symbol == "alpha" })
                let (before, after) = (try #require(alpha.before), try #require(alpha.after))
                let width = (before.high - before.low) / 2
                let change = try #require(alpha.changeInIntervals)
                #expect(abs(change - (after.value - before.value) / width) < 1e-9)
            }
            #expect(second.diagnostics?.refit == nil, "an outlier is left to a whole fit")
            let back = try await app.get("\(path)?other=\(second.id)").decoded(FitDiff.self)
            #expect(back.runs?.removedCount == 1 && back.runs?.addedCount == 0)
        }
    }
}
