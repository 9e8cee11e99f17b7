import API
import Foundation
import Runs
import ScalingLaws
import Server
import Storage
import TestSupport
import Testing

/// Refits that the server makes by itself start from the last fit, and say so.
@Suite struct RefitBaseTests {
    private func newest(_ app: TestApplication) async throws -> FitMessage {
        let fits = try await app.get("/api/v1/fits?project=loss").decoded(FitList.self).fits
        let newest = try #require(fits.first)
        guard !newest.status.isEnd else { return newest }
        try await Task.sleep(for: .milliseconds(20))
        return try await self.newest(app)
    }

    /// More runs, and the refit that they call for.
    private func grow(
        _ app: TestApplication,
        _ round: Int64,
        rows: [(n: Double, d: Double)]
    ) async throws -> FitMessage {
        let lines = rows.enumerated().map { index, row in
            "r\(round)-\(index),\(row.n),\(row.d),\(LossTable.loss(row.n, row.d))"
        }
        let table = "name,N,D,final\n" + lines.joined(separator: "\n") + "\n"
        let loaded = try await app.importFile(table, LossTable.query)
        #expect(loaded.inserted == rows.count)
        // As the keeper asks for refits, without its patience.
        let rule = FitStore.RefitRule(pause: 0, pausePerDuration: 0, laws: ["chinchilla"])
        let queued = try await app.store.fits.enqueueRefits(
            rule,
            now: AppDependencies.systemClock()
        )
        #expect(queued == 1)
        return try await newest(app)
    }

    @Test(.timeLimit(.minutes(5)))
    func `refits chain from the last whole fit until the runs have grown by a tenth`() async throws
    {
        try await TestApplication.with { app in
            _ = try await app.importFile(LossTable.csv, LossTable.query)
            let asked = try await app.post(
                "/api/v1/fits",
                json: #"{"project": "loss", "law": "chinchilla"}"#
            )
            #expect(asked.status == 202, "\(asked.text)")
            let first = try await newest(app)
            #expect(first.diagnostics?.refit == nil)
            let second = try await grow(app, 1, rows: [(8e8, 3e10)])
            #expect(second.automatic == true && second.id != first.id)
            #expect(
                second.diagnostics?.refit
                    == FitRefitMessage(
                        from: first.id,
                        wholeFit: first.id,
                        wholeFitRuns: 36,
                        count: 1
                    )
            )
            #expect(second.runs == 37)
            let third = try await grow(app, 2, rows: [(4e8, 2e10)])
            #expect(third.diagnostics?.refit?.from == second.id)
            #expect(third.diagnostics?.refit?.wholeFit == first.id)
            #expect(third.diagnostics?.refit?.count == 2)
            let more = (0..<3).map { (n: 3e8 + 1e8 * Double($0), d: 1.5e10) }
            let whole = try await grow(app, 3, rows: more)
            #expect(whole.runs == 41 && whole.automatic == true)
            #expect(whole.diagnostics?.refit == nil, "41 runs are more than a tenth above 36")
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `only a fit of the same law, question, seed and program is a base`() async throws {
        try await TestApplication.with { app in
            _ = try await app.importFile(LossTable.csv, LossTable.query)
            _ = try await app.post(
                "/api/v1/fits",
                json: #"{"project": "loss", "law": "chinchilla", "where": "final < 9"}"#
            )
            let id = try #require(UUID(hex: try await newest(app).id))
            let good = try #require(try await app.store.fits.find(id))
            let job = FitJob(
                id: UUID(),
                projectID: good.projectID,
                law: good.law,
                request: good.request,
                seed: good.seed,
                isAutomatic: true
            )
            let base = try #require(RefitBase(good, for: job, runs: 37))
            #expect(base.note.wholeFitRuns == 36 && base.note.count == 1)
            #expect(base.note.from == good.id.hex && base.note.wholeFit == good.id.hex)
            #expect(RefitBase(nil, for: job, runs: 37) == nil)
            #expect(RefitBase(good, for: job, runs: 40) == nil, "a tenth more")
            #expect(RefitBase(good, for: job, runs: 32) == nil, "a tenth fewer")
            for change: (inout FitRecord) -> Void in [
                { $0.seed = 2 }, { $0.law = "kaplan" }, { $0.codeVersion = "0" },
                { $0.result = nil }, { $0.summary = Data("{}".utf8) },
                { $0.request = Data(#"{"where": "final < 8"}"#.utf8) },
            ] {
                var other = good
                change(&other)
                #expect(RefitBase(other, for: job, runs: 37) == nil)
            }
        }
    }
}
