import Foundation
import Runs
import Storage
import TestSupport
import Testing

@Suite struct StoreTests {
    @Test func `a batch that was written can be read back`() async throws {
        let store = try await TestDatabase.makeStore()
        let run = try await store.sampleRun()
        let points = Samples.series(count: 100)
        try await store.writer.write(
            RunBatch(
                runID: run.id,
                series: ["loss": points],
                params: ["lr": "0.001"],
                tags: ["team": "a"]
            ),
            now: Samples.now + 5
        )
        #expect(try await store.points.series(run.id, metric: "loss") == points)
        let found = try #require(try await store.runs.find(id: run.id))
        #expect(found.params == ["lr": "0.001"])
        #expect(found.tags == ["team": "a"])
        #expect(found.updatedAt == Samples.now + 5)
        let summary = try #require(found.metrics["loss"])
        #expect(summary.pointCount == 100)
        #expect(summary.lastStep == 99)
        #expect(summary.lastValue == points.values[99])
        #expect(summary.minimum == points.values.min())
    }

    @Test func `the project Default has experiment id 0`() async throws {
        let store = try await TestDatabase.makeStore()
        let project = try #require(try await store.projects.find(experimentID: 0))
        #expect(project.name == "Default")
        #expect(try await store.projects.create(name: "next", now: 1).experimentID == 1)
    }
}
