import Foundation
import Runs
import Server
import Storage
import TestSupport
import Testing

@Suite struct PredictionScorerTests {
    private let second: Int64 = 1_000_000
    private let values = [
        "parameterCount": "1e6", "tokenCount": "1e9", "lr": "0.01", "batchTokens": "65536",
    ]

    private func prediction(
        _ project: ProjectID,
        run: RunID? = nil,
        name: String? = nil,
        size: Double = 1e6
    ) -> Prediction {
        Prediction(
            id: UUID(),
            projectID: project,
            law: "chinchilla",
            fitID: UUID(),
            values: [.parameterCount: size, .tokenCount: 1e9],
            runID: run,
            runName: name,
            predicted: 3,
            low: 2.9,
            high: 3.1,
            createdAt: Samples.now
        )
    }

    /// A run that was made, and one that ended, at these moments.
    private func run(
        _ store: Store,
        _ project: ProjectID,
        name: String = "run",
        made: Int64,
        ended: Int64?,
        loss: Double = 3.05
    ) async throws -> Run {
        let run = try await store.runs.create(
            Samples.newRun(in: project, name: name, params: values),
            now: made
        )
        let points = PointColumns(steps: [1], times: [made], values: [loss])
        try await store.writer.write(RunBatch(runID: run.id, series: ["loss": points]), now: made)
        if let ended {
            let update = RunUpdate(status: .finished, endTimeIfNone: ended)
            _ = try await store.runs.update(run.id, update, now: ended)
        }
        return run
    }

    private func sweep(_ store: Store, at time: Int64) async throws -> Int {
        try await PredictionScorer(store: store, now: { time }).sweep()
    }

    @Test func `a run answers predictions of its id, its name and its settings, and no others`()
        async throws
    {
        let store = try await TestDatabase.makeStore()
        let project = try await store.projects.create(name: "p", now: 1).id
        let before = Samples.now - second
        let known = try await run(store, project, name: "next", made: before, ended: before)
        // An edit of a run that had ended before makes it no run to come.
        _ = try await store.runs.update(
            known.id,
            RunUpdate(tags: ["note": "edited"]),
            now: Samples.now + second
        )
        let running = try await run(store, project, made: before, ended: nil)
        let byID = prediction(project, run: running.id)
        let byName = prediction(project, name: "next")
        let near = prediction(project, size: 1.019e6)
        let far = prediction(project, size: 1.03e6)
        for one in [byID, byName, near, far] {
            try await store.predictions.freeze(one, limit: 10)
        }
        let late = Samples.now + 60 * second
        #expect(try await sweep(store, at: late) == 0)
        let end = Samples.now + 100 * second
        let next = try await run(store, project, name: "next", made: end, ended: end)
        #expect(try await sweep(store, at: end + second) == 0, "its last points may be on the way")
        #expect(try await sweep(store, at: end + 10 * second) == 2)
        let update = RunUpdate(status: .finished, endTimeIfNone: end + 20 * second)
        _ = try await store.runs.update(running.id, update, now: end + 20 * second)
        #expect(try await sweep(store, at: end + 30 * second) == 1)
        let all = try await store.predictions.list(projectID: project, limit: 10)
        let scored = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0.score) })
        #expect(scored[byID.id]??.runID == running.id)
        #expect(scored[byName.id]??.runID == next.id && scored[near.id]??.runID == next.id)
        #expect(scored[near.id]??.observed == 3.05)
        #expect(all.first { $0.id == far.id }?.score == nil)
    }

    @Test func `a run that blew up is scored as such`() async throws {
        let store = try await TestDatabase.makeStore()
        let project = try await store.projects.create(name: "p", now: 1).id
        try await store.predictions.freeze(prediction(project), limit: 10)
        let end = Samples.now + second
        _ = try await run(store, project, made: end, ended: end, loss: .nan)
        #expect(try await sweep(store, at: end + 10 * second) == 1)
        let all = try await store.predictions.list(projectID: project, limit: 10)
        #expect(all.first?.score?.observed.isNaN == true)
    }

    private func end(
        _ store: Store,
        _ run: Run,
        _ status: RunStatus,
        at time: Int64
    ) async throws {
        let update = RunUpdate(status: status, endTimeIfNone: time)
        _ = try await store.runs.update(run.id, update, now: time)
    }

    @Test(arguments: [RunStatus.failed, .killed])
    func `a run that fails makes its predictions void, and one that lands after all scores them`(
        status: RunStatus
    ) async throws {
        let store = try await TestDatabase.makeStore()
        let project = try await store.projects.create(name: "p", now: 1).id
        let start = Samples.now + second
        let doomed = try await run(store, project, name: "next", made: start, ended: nil)
        let byID = prediction(project, run: doomed.id)
        let byName = prediction(project, name: "next")
        let other = prediction(project, size: 5e6)
        for one in [byID, byName, other] { try await store.predictions.freeze(one, limit: 10) }
        try await end(store, doomed, status, at: start + second)
        #expect(try await sweep(store, at: start + 10 * second) == 2)
        #expect(try await sweep(store, at: start + 11 * second) == 0, "told once")
        var all = try await store.predictions.list(projectID: project, limit: 10)
        for found in all {
            #expect(found.score == nil)
            guard found.id != other.id else {
                #expect(found.void == nil)
                continue
            }
            #expect(found.void?.runID == doomed.id)
            #expect(found.void?.reason.contains("The run next") == true)
        }
        let again = start + 100 * second
        let landed = try await run(store, project, name: "next", made: again, ended: again)
        #expect(try await sweep(store, at: again + 10 * second) == 1)
        all = try await store.predictions.list(projectID: project, limit: 10)
        let scored = try #require(all.first { $0.id == byName.id })
        #expect(scored.void == nil && scored.score?.runID == landed.id)
        #expect(all.first { $0.id == byID.id }?.void != nil)
    }

    @Test func `one scorer that looks again and again misses no run`() async throws {
        let store = try await TestDatabase.makeStore()
        let project = try await store.projects.create(name: "p", now: 1).id
        let clock = TestClock()
        let scorer = PredictionScorer(store: store, now: { clock.now })
        var count = 0
        for round in 1...3 {
            let time = Samples.now + Int64(round) * 300 * second
            clock.now = time
            let name = "run \(round)"
            try await store.predictions.freeze(prediction(project, name: name), limit: 10)
            count += try await scorer.sweep()
            _ = try await run(store, project, name: name, made: time, ended: time + second)
            clock.now = time + 20 * second
            count += try await scorer.sweep()
            #expect(count == round)
        }
    }
}
