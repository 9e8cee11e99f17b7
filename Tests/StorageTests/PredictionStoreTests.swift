import Foundation
import Runs
import Storage
import TestSupport
import Testing

@Suite struct PredictionStoreTests {
    private func prediction(_ project: ProjectID, at time: Int64, law: String = "l") -> Prediction {
        Prediction(
            id: UUID(),
            projectID: project,
            law: law,
            fitID: UUID(),
            values: [.parameterCount: 1.5e9, .tokenCount: 1.0 / 3],
            runName: "next",
            predicted: 2.5,
            low: 2.4,
            high: 2.6,
            createdAt: time
        )
    }

    @Test func `a prediction is read back as it was frozen, and is scored once`() async throws {
        let store = try await TestDatabase.makeStore()
        let project = try await store.projects.create(name: "p", now: 1)
        var frozen = prediction(project.id, at: 10)
        let other = prediction(project.id, at: 11, law: "m")
        for one in [frozen, other] { try await store.predictions.freeze(one, limit: 2) }
        await #expect(throws: StorageError.self) {
            try await store.predictions.freeze(prediction(project.id, at: 12), limit: 2)
        }
        #expect(
            try await store.predictions.list(projectID: project.id, limit: 9) == [other, frozen]
        )
        #expect(
            try await store.predictions.list(projectID: project.id, law: "l", limit: 9) == [frozen]
        )
        #expect(try await store.predictions.waitingProjects() == [project.id: 10])
        let score = Prediction.Score(runID: Samples.runID(), observed: .infinity, scoredAt: 20)
        let again = Prediction.Score(runID: Samples.runID(2), observed: 2, scoredAt: 21)
        #expect(try await store.predictions.score(frozen, score))
        #expect(try await store.predictions.score(frozen, again) == false)
        frozen.score = score
        #expect(
            try await store.predictions.list(projectID: project.id, limit: 9) == [other, frozen]
        )
        #expect(try await store.predictions.waiting(projectID: project.id, limit: 9) == [other])
    }

    @Test func `finished runs come page by page in the order of their changes`() async throws {
        let store = try await TestDatabase.makeStore()
        let project = try await store.projects.create(name: "p", now: 1)
        for time: Int64 in [10, 20, 20, 20, 30] {
            let run = try await store.runs.create(Samples.newRun(in: project.id), now: time - 5)
            let update = RunUpdate(status: .finished, endTimeIfNone: time)
            _ = try await store.runs.update(run.id, update, now: time)
        }
        _ = try await store.runs.create(Samples.newRun(in: project.id), now: 40)
        var last: PredictionStore.Ended?
        var found: [PredictionStore.Ended] = []
        while true {
            let page = try await store.predictions.ended(
                projectID: project.id,
                since: 10,
                after: last,
                limit: 2
            )
            found += page
            last = page.last
            if page.count < 2 { break }
        }
        #expect(found.map(\.changedAt) == [20, 20, 20, 30] && Set(found.map(\.id)).count == 4)
        #expect(found.map(\.madeAt) == [15, 15, 15, 25])
    }
}
