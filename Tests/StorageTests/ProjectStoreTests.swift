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
        #expect(try await store.projects.list().map(\.project.name) == ["Default"])
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
        let overview = try #require(
            try await store.projects.list().first { $0.project.id == run.projectID }
        )
        #expect(overview.runCount == 2)
        #expect(overview.runningCount == 1)
        #expect(overview.lastActivity == Samples.now + 70)
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
