import Foundation
import Runs
import Storage
import TestSupport
import Testing

@Suite struct ImportStoreTests {
    private func runs(_ count: Int, first: Int = 0) -> [ImportedRun] {
        (first..<first + count).map { number in
            ImportedRun(
                identity: "file/\(number)",
                name: "run \(number)",
                params: ["lr": "\(number)"],
                tags: ["source": "file"],
                series: [
                    "loss": PointColumns(
                        steps: [10],
                        times: [0],
                        values: [number % 7 == 0 ? .nan : Double(number)]
                    )
                ],
                line: number + 2
            )
        }
    }

    @Test func `a second import of the same runs changes nothing`() async throws {
        let store = try await TestDatabase.makeStore()
        let project = try await store.projects.create(name: "p", now: 1)
        let first = try await store.imports.commit(
            projectID: project.id,
            runs: runs(2_500),
            now: Samples.now
        )
        #expect(first == ImportResult(inserted: 2_500, unchanged: 0))
        let before = try await store.runs.all(projectID: project.id)
        #expect(before.count == 2_500)
        let diverged = before.count { $0.metrics["loss"]?.lastValue.isNaN ?? false }
        #expect(diverged == 358)
        let second = try await store.imports.commit(
            projectID: project.id,
            runs: runs(2_500) + runs(3, first: 2_500),
            now: Samples.now + 1
        )
        #expect(second == ImportResult(inserted: 3, unchanged: 2_500))
        let after = try await store.runs.all(projectID: project.id)
        #expect(Set(after.map(\.id)).isSuperset(of: before.map(\.id)))
        // A run that diverged holds NaN, which equals nothing.
        let whole = try #require(before.first { $0.metrics["loss"]?.lastValue.isFinite == true })
        #expect(after.first { $0.id == whole.id } == whole)
    }

    @Test func `an import that fails leaves nothing`() async throws {
        let store = try await TestDatabase.makeStore()
        let project = try await store.projects.create(name: "p", now: 1)
        var bad = runs(1_500)
        bad[1_400].params["a"] = "nul\u{0}"
        await #expect(throws: StorageError.self) {
            try await store.imports.commit(projectID: project.id, runs: bad, now: 1)
        }
        #expect(try await store.runs.all(projectID: project.id).isEmpty)
        let nobody = ProjectID(UUID())
        await #expect(throws: StorageError.notFound(kind: "project", id: nobody.hex)) {
            try await store.imports.commit(projectID: nobody, runs: bad, now: 1)
        }
    }

    @Test func `two imports of one file at once store each run once`() async throws {
        let store = try await TestDatabase.makeStore()
        let project = try await store.projects.create(name: "p", now: 1)
        let results = try await withThrowingTaskGroup { group in
            for seed in 0..<3 {
                group.addTask {
                    var generator = SeededGenerator(seed: UInt64(seed))
                    let shuffled = runs(400).shuffled(using: &generator)
                    return try await store.imports.commit(
                        projectID: project.id,
                        runs: shuffled,
                        now: 1
                    )
                }
            }
            return try await group.reduce(into: [ImportResult]()) { $0.append($1) }
        }
        #expect(results.map(\.inserted).sorted() == [0, 0, 400])
        let stored = try await store.runs.all(projectID: project.id)
        #expect(stored.count == 400)
        #expect(stored.allSatisfy { $0.metrics["loss"]?.pointCount == 1 })
    }

    @Test func `one identity twice in a file is one run, and a deleted run comes back`()
        async throws
    {
        let store = try await TestDatabase.makeStore()
        let project = try await store.projects.create(name: "p", now: 1)
        let twice = runs(2) + runs(2)
        let first = try await store.imports.commit(projectID: project.id, runs: twice, now: 1)
        #expect(first == ImportResult(inserted: 2, unchanged: 2))
        let run = try #require(try await store.runs.all(projectID: project.id).first)
        try await store.runs.delete(run.id, now: 2)
        let again = try await store.imports.commit(projectID: project.id, runs: runs(2), now: 3)
        #expect(again == ImportResult(inserted: 1, unchanged: 1))
        #expect(try await store.runs.find(id: run.id)?.deletedAt == nil)
    }

    @Test func `one file in two projects makes two sets of runs`() async throws {
        let store = try await TestDatabase.makeStore()
        for name in ["a", "b"] {
            let project = try await store.projects.create(name: name, now: 1)
            let result = try await store.imports.commit(
                projectID: project.id,
                runs: runs(5),
                now: 1
            )
            #expect(result.inserted == 5)
        }
    }
}
