import Foundation
import Runs
import Storage
import TestSupport
import Testing

@Suite struct RefitTests {
    private let second: Int64 = 1_000_000
    private var rule: FitStore.RefitRule {
        FitStore.RefitRule(pause: 60 * second, laws: ["law"])
    }

    /// A project whose law was fitted from `from` to `to`.
    private func fitted(
        _ store: Store,
        from: Int64,
        to: Int64,
        law: String = "law",
        project name: String = "p"
    ) async throws -> FitJob {
        let known = try await store.projects.find(name: name)
        let project =
            if let known { known } else { try await store.projects.create(name: name, now: 1) }
        let job = FitJob(
            id: UUID(),
            projectID: project.id,
            law: law,
            request: Data(#"{"where": "N > 1"}"#.utf8),
            seed: 7
        )
        try await store.fits.enqueue(job, now: from)
        try await finish(store, at: from, to)
        return job
    }

    private func finish(_ store: Store, at from: Int64, _ to: Int64) async throws {
        let job = try #require(try await store.fits.take(owner: "w", now: from))
        let result = FitResult(body: Data("{}".utf8), summary: Data("{}".utf8), runCount: 1)
        try await store.fits.finish(job.id, owner: "w", .finished(result), now: to)
    }

    private func addFinishedRun(_ store: Store, _ project: ProjectID, at time: Int64) async throws {
        let run = try await store.runs.create(Samples.newRun(in: project), now: time)
        let update = RunUpdate(status: .finished, endTimeIfNone: time)
        _ = try await store.runs.update(run.id, update, now: time)
    }

    @Test func `a run that finishes after a fit has the law fitted again, as it was asked for`()
        async throws
    {
        let store = try await TestDatabase.makeStore()
        let job = try await fitted(store, from: 10 * second, to: 11 * second)
        let later = 100 * second
        #expect(try await store.fits.enqueueRefits(rule, now: later) == 0)
        _ = try await store.runs.create(Samples.newRun(in: job.projectID), now: 20 * second)
        #expect(try await store.fits.enqueueRefits(rule, now: later) == 0)
        try await addFinishedRun(store, job.projectID, at: 21 * second)
        #expect(try await store.fits.enqueueRefits(rule, now: 70 * second) == 0)
        let counts = try await withThrowingTaskGroup { group in
            for _ in 0..<4 {
                group.addTask { try await store.fits.enqueueRefits(rule, now: later) }
            }
            return try await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(counts.reduce(0, +) == 1)
        let refit = try #require(try await store.fits.take(owner: "w", now: later))
        #expect(refit.isAutomatic && refit.law == job.law && refit.seed == job.seed)
        #expect(refit.request == job.request)
        #expect(try await store.fits.enqueueRefits(rule, now: later + second) == 0)
    }

    @Test func `a law that takes long is fitted again more seldom`() async throws {
        let store = try await TestDatabase.makeStore()
        let job = try await fitted(store, from: 0, to: 100 * second)
        try await addFinishedRun(store, job.projectID, at: 101 * second)
        #expect(try await store.fits.enqueueRefits(rule, now: 2_000 * second) == 0)
        #expect(try await store.fits.enqueueRefits(rule, now: 2_100 * second) == 1)
    }

    @Test func `laws never fitted, laws unknown and deleted projects are left alone`() async throws
    {
        let store = try await TestDatabase.makeStore()
        let job = try await fitted(store, from: 0, to: 1, law: "other")
        try await addFinishedRun(store, job.projectID, at: 2)
        #expect(try await store.fits.enqueueRefits(rule, now: 100 * second) == 0)
        let gone = try await fitted(store, from: 0, to: 1, project: "gone")
        try await addFinishedRun(store, gone.projectID, at: 2)
        try await store.projects.delete(gone.projectID, now: 3)
        #expect(try await store.fits.enqueueRefits(rule, now: 100 * second) == 0)
    }

    @Test func `old refits give up their bodies, and very old ones go; asked fits stay`()
        async throws
    {
        let store = try await TestDatabase.makeStore()
        let job = try await fitted(store, from: 0, to: 1)
        for round in 1...5 {
            let time = Int64(round) * 100 * second
            try await addFinishedRun(store, job.projectID, at: time)
            #expect(try await store.fits.enqueueRefits(rule, now: time + 1) == 1)
            try await finish(store, at: time + 2, time + 3)
        }
        try await store.fits.thinRefits(keepingBodies: 2, rows: 4)
        let kept = try await store.fits.list(projectID: job.projectID)
        #expect(kept.count == 5 && kept.last?.id == job.id)
        #expect(kept.allSatisfy { $0.status == .finished && $0.summary != nil })
        var bodies: [Bool] = []
        for fit in kept { bodies.append(try await store.fits.find(fit.id)?.result != nil) }
        #expect(bodies == [true, true, false, false, true])
        let last = try #require(kept.first)
        #expect(try await store.fits.before(last)?.id == kept[1].id)
    }

    @Test func `finished runs newer than a moment are counted, others are not`() async throws {
        let store = try await TestDatabase.makeStore()
        let project = try await store.projects.create(name: "p", now: 1)
        for time in [10, 20, 30] { try await addFinishedRun(store, project.id, at: Int64(time)) }
        _ = try await store.runs.create(Samples.newRun(in: project.id), now: 40)
        let times = try await store.fits.finishedRunTimes(projectID: project.id, since: 10)
        #expect(times == [30, 20])
    }
}
