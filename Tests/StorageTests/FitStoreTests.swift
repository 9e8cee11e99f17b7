import Foundation
import Runs
import Storage
import TestSupport
import Testing

@Suite struct FitStoreTests {
    private func job(_ project: ProjectID, seed: UInt64 = .max) -> FitJob {
        FitJob(
            id: UUID(),
            projectID: project,
            law: "step-law",
            request: Data(#"{"where": "N > 1"}"#.utf8),
            seed: seed
        )
    }

    @Test func `a job is taken by one worker and finished by its owner alone`() async throws {
        let store = try await TestDatabase.makeStore()
        let project = try await store.projects.create(name: "p", now: 1)
        let job = job(project.id)
        try await store.fits.enqueue(job, now: 10)
        let takers = try await withThrowingTaskGroup { group in
            for number in 0..<6 {
                group.addTask { try await store.fits.take(owner: "w\(number)", now: 20) }
            }
            return try await group.reduce(into: [FitJob]()) {
                if let taken = $1 { $0.append(taken) }
            }
        }
        #expect(takers.map(\.id) == [job.id])
        #expect(takers.first?.seed == .max)
        let outcome = FitOutcome.finished(
            FitResult(body: Data(#"{"a": 1e-300}"#.utf8), runCount: 7)
        )
        #expect(try await store.fits.finish(job.id, owner: "nobody", outcome, now: 30) == false)
        #expect(try await store.fits.find(job.id)?.status == .running)
        #expect(try await store.fits.latest(projectID: project.id, law: "step-law") == nil)
    }

    @Test func `the result of a fit is read back as it was`() async throws {
        let store = try await TestDatabase.makeStore()
        let project = try await store.projects.create(name: "p", now: 1)
        let job = job(project.id)
        try await store.fits.enqueue(job, now: 10)
        _ = try await store.fits.take(owner: "w", now: 20)
        #expect(try await store.fits.heartbeat(job.id, owner: "w", now: 21))
        let numbers = [1e-300, 1e308, 0.1, 1.0 / 3, -.leastNonzeroMagnitude, 123_456_789.123_456_7]
        let result = try JSONEncoder().encode(numbers)
        let stored = try await store.fits.finish(
            job.id,
            owner: "w",
            .finished(
                FitResult(
                    body: result,
                    summary: Data(#"{"runs":7}"#.utf8),
                    runCount: 7,
                    codeVersion: "1.2"
                )
            ),
            now: 30
        )
        #expect(stored)
        let record = try #require(
            try await store.fits.latest(projectID: project.id, law: "step-law")
        )
        #expect(record.runCount == 7)
        #expect(record.finishedAt == 30)
        #expect(record.codeVersion == "1.2" && record.startedAt == 20)
        #expect(record.summary == Data(#"{"runs": 7}"#.utf8))
        let data = try #require(record.result)
        #expect(try JSONDecoder().decode([Double].self, from: data) == numbers)
        #expect(try await store.fits.list(projectID: project.id, law: "other").isEmpty)
        let listed = try await store.fits.list(projectID: project.id)
        #expect(listed.map(\.id) == [job.id] && listed.first?.result == nil)
        #expect(listed.first?.summary == record.summary)
    }

    @Test func `a fit can be cancelled until it has ended, and its worker learns of it`()
        async throws
    {
        let store = try await TestDatabase.makeStore()
        let project = try await store.projects.create(name: "p", now: 1)
        let (waiting, working, done) = (job(project.id), job(project.id), job(project.id))
        for job in [done, working] {
            try await store.fits.enqueue(job, now: 1)
            #expect(try await store.fits.take(owner: "w", now: 2)?.id == job.id)
        }
        try await store.fits.enqueue(waiting, now: 3)
        let outcome = FitOutcome.finished(FitResult(body: Data("{}".utf8), runCount: 1))
        #expect(try await store.fits.finish(done.id, owner: "w", outcome, now: 4))
        #expect(try await store.fits.heartbeat(working.id, owner: "w", progress: 0.25, now: 5))
        #expect(try await store.fits.find(working.id)?.progress == 0.25)
        for job in [waiting, working] {
            #expect(try await store.fits.cancel(job.id, now: 6))
            #expect(try await store.fits.find(job.id)?.status == .cancelled)
        }
        #expect(try await store.fits.cancel(done.id, now: 6) == false)
        #expect(try await store.fits.find(done.id)?.status == .finished)
        #expect(try await store.fits.heartbeat(working.id, owner: "w", now: 7) == false)
        #expect(try await store.fits.finish(working.id, owner: "w", outcome, now: 8) == false)
        #expect(try await store.fits.take(owner: "x", now: 9) == nil)
    }

    @Test func `what people ask for is computed before what the server does by itself`()
        async throws
    {
        let store = try await TestDatabase.makeStore()
        let project = try await store.projects.create(name: "p", now: 1)
        var automatic = job(project.id)
        automatic.isAutomatic = true
        let asked = job(project.id)
        try await store.fits.enqueue(automatic, now: 1)
        try await store.fits.enqueue(asked, now: 2)
        #expect(try await store.fits.take(owner: "w", now: 3)?.id == asked.id)
        #expect(try await store.fits.take(owner: "w", now: 3) == automatic)
    }

    @Test func `a job whose worker fell silent is given away again, three times at most`()
        async throws
    {
        let store = try await TestDatabase.makeStore()
        let project = try await store.projects.create(name: "p", now: 1)
        let job = job(project.id)
        try await store.fits.enqueue(job, now: 0)
        for attempt in 0..<3 {
            let now = Int64(attempt) * 61_000_000
            #expect(try await store.fits.take(owner: "w\(attempt)", now: now)?.id == job.id)
            #expect(try await store.fits.take(owner: "x", now: now + 1) == nil)
        }
        #expect(try await store.fits.heartbeat(job.id, owner: "w0", now: 200_000_000) == false)
        #expect(try await store.fits.take(owner: "y", now: 400_000_000) == nil)
        let record = try #require(try await store.fits.find(job.id))
        #expect(record.status == .failed)
        #expect(record.errorCode == "internal")
    }

    @Test func `a failure is kept with its code and sentence`() async throws {
        let store = try await TestDatabase.makeStore()
        let project = try await store.projects.create(name: "p", now: 1)
        let job = job(project.id)
        try await store.fits.enqueue(job, now: 1)
        _ = try await store.fits.take(owner: "w", now: 2)
        let outcome = FitOutcome.failed(code: "cannotFit", message: "too few runs")
        try await store.fits.finish(job.id, owner: "w", outcome, now: 3)
        let record = try #require(try await store.fits.find(job.id))
        #expect(record.status == .failed)
        #expect(record.errorMessage == "too few runs")
        let nobody = ProjectID(UUID())
        await #expect(throws: StorageError.notFound(kind: "project", id: nobody.hex)) {
            try await store.fits.enqueue(
                FitJob(id: UUID(), projectID: nobody, law: "l", request: Data("{}".utf8), seed: 0),
                now: 1
            )
        }
    }
}
