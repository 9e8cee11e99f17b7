import API
import Foundation
import Logging
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

    /// One more run, and a round of the keeper an hour times `round` from now.
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
        let later = AppDependencies.systemClock() + round * 3_600_000_000
        let keeper = LawKeeper(
            store: app.store,
            fits: FitWorker(store: app.store, now: { later }),
            refitAfterSeconds: 60,
            now: { later },
            logger: Logger(label: "test")
        )
        try await keeper.sweep()
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

    @Test func `only a fit of the same law, question, seed and program is a base`() throws {
        let fit = try Chinchilla.fit(
            FitRequest(observations: RefitBaseTests.runs(), options: FitOptions())
        )
        let question = StoredFitRequest(where: "N > 1")
        let job = FitJob(
            id: UUID(),
            projectID: ProjectID(UUID()),
            law: "chinchilla",
            request: try WireJSON.encoder().encode(question),
            seed: 1,
            isAutomatic: true
        )
        var record = FitRecord(
            id: UUID(),
            projectID: job.projectID,
            law: job.law,
            status: .finished,
            seed: 1,
            request: job.request,
            result: try WireJSON.encoder().encode(fit),
            summary: try WireJSON.encoder().encode(fit.summary),
            codeVersion: ProductVersion.text,
            runCount: 20,
            isAutomatic: false,
            createdAt: 1
        )
        let base = try #require(RefitBase(record, for: job, runs: 21))
        #expect(base.note.wholeFitRuns == 20 && base.note.count == 1)
        #expect(RefitBase(nil, for: job, runs: 21) == nil)
        #expect(RefitBase(record, for: job, runs: 23) == nil)
        #expect(RefitBase(record, for: job, runs: 17) == nil)
        let good = record
        record.seed = 2
        #expect(RefitBase(record, for: job, runs: 21) == nil)
        record = good
        record.codeVersion = "0"
        #expect(RefitBase(record, for: job, runs: 21) == nil)
        record = good
        record.result = nil
        #expect(RefitBase(record, for: job, runs: 21) == nil)
        record = good
        record.request = Data(#"{"where": "N > 2"}"#.utf8)
        #expect(RefitBase(record, for: job, runs: 21) == nil)
        record = good
        record.summary = Data("{}".utf8)
        #expect(RefitBase(record, for: job, runs: 21) == nil)
    }

    private static func runs() -> [Observation] {
        (0..<20).map { index in
            let n = 5e7 * pow(2, Double(index % 5))
            let d = 1e9 * pow(2.5, Double(index / 5))
            return Observation(
                runID: RunID(UUID()),
                runName: "r\(index)",
                values: [
                    .parameterCount: n, .tokenCount: d, .loss: LossTable.loss(n, d),
                ]
            )
        }
    }
}
