import Foundation
import Runs
import Storage
import TestSupport
import Testing

@Suite struct RunLossTests {
    private static let hour: Int64 = 3_600_000_000

    @Test func `a silent run is ended as of its last sign of life, others are not`() async throws {
        let store = try await TestDatabase.makeStore()
        let silent = try await store.sampleRun()
        let alive = try await store.sampleRun()
        let ended = try await store.sampleRun()
        try await store.runs.update(ended.id, RunUpdate(status: .finished), now: Samples.now)
        let now = Samples.now + 30 * Self.hour
        _ = try await store.runs.heartbeat(alive.id, now: now - Self.hour)
        let count = try await store.runs.endSilent(
            heardBefore: now - 24 * Self.hour,
            reason: "silent for 24 h",
            now: now,
            limit: 10
        )
        #expect(count == 1)
        let lost = try #require(try await store.runs.find(id: silent.id))
        #expect(lost.status == .killed && lost.endTime == Samples.now && lost.lostAt == now)
        #expect(lost.tags["isoloss.endReason"] == "silent for 24 h")
        #expect(try await store.runs.find(id: alive.id)?.status == .running)
        #expect(try await store.runs.find(id: ended.id)?.lostAt == nil)
    }

    @Test func `a late point brings a lost run back, an edit does not`() async throws {
        let store = try await TestDatabase.makeStore()
        let run = try await store.sampleRun()
        let lostAt = Samples.now + 30 * Self.hour
        _ = try await store.runs.endSilent(
            heardBefore: lostAt,
            reason: "silent",
            now: lostAt,
            limit: 10
        )
        try await store.runs.update(run.id, RunUpdate(tags: ["a": "b"]), now: lostAt + 1)
        #expect(try await store.runs.reviveHeard(now: lostAt + 2, limit: 10) == 0)
        let batch = RunBatch(runID: run.id, series: ["loss": Samples.series(count: 1)])
        try await store.writer.write(batch, now: lostAt + 3)
        #expect(try await store.runs.reviveHeard(now: lostAt + 4, limit: 10) == 1)
        let back = try #require(try await store.runs.find(id: run.id))
        #expect(back.status == .running && back.endTime == nil && back.lostAt == nil)
        #expect(back.tags == ["a": "b"])
        #expect(try await store.runs.resumptions(of: run.id) == [])
    }

    @Test func `a job that ends after it was lost ends as it says`() async throws {
        let store = try await TestDatabase.makeStore()
        let run = try await store.sampleRun()
        let lostAt = Samples.now + Self.hour
        _ = try await store.runs.endSilent(
            heardBefore: lostAt,
            reason: "silent",
            now: lostAt,
            limit: 10
        )
        let update = RunUpdate(status: .finished, endTime: lostAt + 5)
        let ended = try await store.runs.update(run.id, update, now: lostAt + 6)
        #expect(ended.status == .finished && ended.endTime == lostAt + 5)
        #expect(ended.lostAt == nil && ended.tags == [:])
    }

    @Test func `a heartbeat brings a lost run back at once`() async throws {
        let store = try await TestDatabase.makeStore()
        let run = try await store.sampleRun()
        let lostAt = Samples.now + Self.hour
        _ = try await store.runs.endSilent(
            heardBefore: lostAt,
            reason: "silent",
            now: lostAt,
            limit: 10
        )
        #expect(try await store.runs.heartbeat(run.id, now: lostAt + 1) == .running)
    }

    @Test func `a run that its job ended stays ended whatever it logs`() async throws {
        let store = try await TestDatabase.makeStore()
        let run = try await store.sampleRun()
        try await store.runs.update(run.id, RunUpdate(status: .killed), now: Samples.now)
        let batch = RunBatch(runID: run.id, series: ["loss": Samples.series(count: 1)])
        try await store.writer.write(batch, now: Samples.now + 1)
        #expect(try await store.runs.reviveHeard(now: Samples.now + 2, limit: 10) == 0)
        #expect(try await store.runs.heartbeat(run.id, now: Samples.now + 3) == .killed)
    }
}
