import Foundation
import Postgres
import Runs
import Storage
import TestSupport
import Testing

/// Writes of several runs in one request, with and without a key.
@Suite struct PointRequestTests {
    private func points(_ step: Int64) -> PointColumns { Samples.series(count: 1, first: step) }

    @Test func `a request of several runs is stored whole or not at all`() async throws {
        let store = try await TestDatabase.makeStore()
        let runs = try await (0..<3).asyncMap { _ in try await store.sampleRun() }
        let good = runs.map { RunBatch(runID: $0.id, series: ["loss": points(1)]) }
        let bad = good + [RunBatch(runID: Samples.runID(9), series: ["loss": points(1)])]
        await #expect(throws: StorageError.notFound(kind: "run", id: Samples.runID(9).hex)) {
            try await store.writer.write(PendingWrite(batches: bad, now: Samples.now))
        }
        for run in runs {
            #expect(try await store.runs.find(id: run.id)?.metrics.isEmpty == true)
        }
        _ = try await store.writer.write(PendingWrite(batches: good, now: Samples.now))
        for run in runs {
            #expect(try await store.points.series(run.id, metric: "loss").steps == [1])
        }
    }

    @Test func `of requests with one key exactly one is stored, at once or later`() async throws {
        let first = try await TestDatabase.makeStore()
        let second = Store(database: first.database)
        let run = try await first.sampleRun()
        let stored = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<40 {
                let store = number % 2 == 0 ? first : second
                group.addTask {
                    // Other points each time, so that a second one stored would show.
                    let write = PendingWrite(
                        batches: [
                            RunBatch(runID: run.id, series: ["loss": points(Int64(number))])
                        ],
                        key: "spool 7",
                        now: Samples.now
                    )
                    return try await !store.writer.write(write).wasStoredBefore
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(stored == 1)
        #expect(try await first.points.series(run.id, metric: "loss").count == 1)
    }

    @Test func `a refused request does not use up its key`() async throws {
        let store = try await TestDatabase.makeStore()
        let run = try await store.sampleRun()
        let bad = PendingWrite(
            batches: [RunBatch(runID: Samples.runID(9), series: ["loss": points(1)])],
            key: "k",
            now: Samples.now
        )
        await #expect(throws: StorageError.self) { try await store.writer.write(bad) }
        var good = bad
        good.batches[0].runID = run.id
        #expect(try await store.writer.write(good) == WriteReceipt(wasStoredBefore: false))
        #expect(try await store.writer.write(good) == WriteReceipt(wasStoredBefore: true))
    }

    @Test func `a large request is copied, and says the same as a small one`() async throws {
        let store = try await TestDatabase.makeStore()
        let runs = try await (0..<2).asyncMap { _ in try await store.sampleRun() }
        let long = Samples.series(count: 60_000)
        let batches = runs.map { RunBatch(runID: $0.id, series: ["a": long, "b": long]) }
        _ = try await store.writer.write(PendingWrite(batches: batches, now: Samples.now))
        for run in runs {
            for name in ["a", "b"] {
                #expect(try await store.points.series(run.id, metric: name) == long)
            }
            let summary = try await store.runs.find(id: run.id)?.metrics["a"]
            #expect(summary?.pointCount == 60_000)
        }
    }
}
