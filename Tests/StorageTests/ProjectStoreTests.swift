import Runs
import Storage
import TestSupport
import Testing

@Suite struct ProjectStoreTests {
    @Test func `a name that exists, deleted or not, is a conflict`() async throws {
        let store = try await TestDatabase.makeStore()
        let project = try await store.projects.create(name: "a", tags: ["k": "v"], now: 5)
        #expect(project.tags == ["k": "v"])
        for _ in 0..<2 {
            let error = await #expect(throws: StorageError.self) {
                try await store.projects.create(name: "a", now: 6)
            }
            #expect(error?.constraint == "project_name_is_unique")
            #expect(error?.message.contains("exists") == true)
            try await store.projects.delete(project.id, now: 7)
        }
        await #expect(throws: StorageError.self) {
            try await store.projects.create(name: "", now: 6)
        }
    }

    @Test func `deleting a project deletes its runs, restoring brings back those alone`()
        async throws
    {
        let store = try await TestDatabase.makeStore()
        let before = try await store.sampleRun()
        let with = try await store.sampleRun()
        try await store.runs.delete(before.id, now: 10)
        try await store.projects.delete(before.projectID, now: 20)
        try await store.projects.delete(before.projectID, now: 30)
        #expect(try await store.projects.find(id: before.projectID)?.deletedAt == 20)
        #expect(try await store.runs.find(id: with.id)?.deletedAt == 20)
        #expect(try await store.projects.list().map(\.name) == ["Default"])
        try await store.projects.restore(before.projectID, now: 40)
        #expect(try await store.runs.find(id: with.id)?.deletedAt == nil)
        #expect(try await store.runs.find(id: before.id)?.deletedAt == 10)
    }

    @Test func `the list counts runs that are not deleted and their last activity`() async throws {
        let store = try await TestDatabase.makeStore()
        let run = try await store.sampleRun()
        let done = try await store.sampleRun()
        let deleted = try await store.sampleRun()
        try await store.runs.update(done.id, RunUpdate(status: .finished), now: Samples.now + 1)
        try await store.runs.delete(deleted.id, now: Samples.now + 900)
        try await store.writer.write(
            RunBatch(runID: run.id, tags: ["a": "b"]),
            now: Samples.now + 70
        )
        let points = PointColumns(steps: [1, 1], times: [1, 2], values: [.infinity, 2.5])
        try await store.writer.write(
            RunBatch(runID: done.id, series: ["loss": points]),
            now: Samples.now + 60
        )
        // Not packed, packed, and changed after that.
        for round in 0..<3 {
            let scope = SearchScope(projectID: run.projectID)
            let overview = try #require(try await store.search.overviews([scope])[run.projectID])
            #expect(overview.runCount == (round < 2 ? 2 : 1))
            #expect(overview.runningCount == (round < 2 ? 1 : 0))
            #expect(overview.lastActivity == Samples.now + (round < 2 ? 70 : 60))
            #expect(overview.bestLoss == 2.5)
            let days = overview.lastDays(now: Samples.now + 100)
            #expect(days.count == 7 && days.reduce(0, +) == overview.runCount)
            #expect(overview.lastDays(now: Samples.now + 8 * 86_400_000_000).allSatisfy { $0 == 0 })
            let mapping = RoleMapping(expressions: [.loss: "loss * 2"])
            let mapped = SearchScope(
                projectID: run.projectID,
                resolver: try RoleResolver(mapping: mapping)
            )
            #expect(try await store.search.overviews([mapped])[run.projectID]?.bestLoss == 5)
            if round == 1 { try await store.runs.delete(run.id, now: Samples.now + 80) }
            let later = Samples.now + 3_600_000_000
            if round == 0 { _ = try await store.packer.step(now: later, leastCount: 1) }
        }
    }

    @Test func `tags, name and role mapping change one at a time`() async throws {
        let store = try await TestDatabase.makeStore()
        let id = try await store.projects.create(name: "a", tags: ["x": "1"], now: 1).id
        try await store.projects.setTag(id, key: "quote\"d", value: "\\", now: 2)
        try await store.projects.deleteTag(id, key: "x", now: 3)
        let renamed = try await store.projects.rename(id, to: "b", now: 4)
        #expect(renamed.tags == ["quote\"d": "\\"])
        #expect(renamed.updatedAt == 4)
        #expect(try await store.projects.find(name: "a") == nil)
        #expect(try await store.projects.roleMapping(id) == RoleMapping())
        let mapping = RoleMapping(
            expressions: [.loss: "\"smooth loss\""],
            parameterConvention: "total"
        )
        try await store.projects.setRoleMapping(id, mapping, now: 5)
        #expect(try await store.projects.roleMapping(id) == mapping)
        let nobody = ProjectID(Samples.runID().uuid)
        await #expect(throws: StorageError.notFound(kind: "project", id: nobody.hex)) {
            try await store.projects.setRoleMapping(nobody, mapping, now: 5)
        }
    }
}

extension StorageError {
    /// Name of the broken rule, of a conflict.
    var constraint: String? {
        if case .conflict(let constraint, _) = self { constraint } else { nil }
    }
}
