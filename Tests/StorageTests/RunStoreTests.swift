import Foundation
import Runs
import Storage
import TestSupport
import Testing

@Suite struct RunStoreTests {
    private func store(_ values: [(String, String?, Double?)]) async throws -> (Store, ProjectID) {
        let store = try await TestDatabase.makeStore()
        let project = try await store.projects.create(name: "p", now: 1)
        for (index, (name, param, metric)) in values.enumerated() {
            let run = try await store.runs.create(
                Samples.newRun(
                    in: project.id,
                    name: name,
                    params: param.map { ["p": $0] } ?? [:],
                    startTime: Samples.now + Int64(index)
                ),
                now: Samples.now
            )
            guard let metric else { continue }
            let points = PointColumns(steps: [1], times: [1], values: [metric])
            try await store.writer.write(
                RunBatch(runID: run.id, series: ["m": points]),
                now: Samples.now
            )
        }
        return (store, project.id)
    }

    private let sample: [(String, String?, Double?)] = [
        ("a", "10", 3), ("b", "9", .nan), ("c", "text", nil), ("d", nil, -.infinity),
        ("e", "1e-3", 2), ("f", "1e999", 2), ("g", "-5", .infinity),
    ]

    private func names(
        _ store: Store,
        _ project: ProjectID,
        _ sort: String,
        limit: Int
    ) async throws -> String {
        var names = ""
        var after: SearchCursor?
        repeat {
            let search = RunSearch(sort: sort, limit: limit, after: after)
            let (runs, next) = try await store.page(search, in: project)
            names += runs.map(\.name).joined()
            // The last page says so, also when it is full.
            #expect(runs.count == limit || next == nil)
            after = next
        } while after != nil
        return names
    }

    @Test(arguments: [1, 2, 3, 7, 100])
    func `every order pages through all runs, what is missing last`(limit: Int) async throws {
        let (store, project) = try await store(sample)
        func listed(_ sort: String) async throws -> String {
            try await names(store, project, sort, limit: limit)
        }
        #expect(try await listed("startTime") == "abcdefg")
        #expect(try await listed("-startTime") == "gfedcba")
        #expect(try await listed("-name") == "gfedcba")
        let metric = try await listed("m")
        #expect(metric.hasPrefix("d") && (metric.hasSuffix("agbc") || metric.hasSuffix("agcb")))
        let down = try await listed("-m")
        #expect(down.hasPrefix("ga") && (down.hasSuffix("dbc") || down.hasSuffix("dcb")))
        #expect(try await listed("p") == "gebafcd")
        #expect(try await listed("-p") == "fabegcd")
    }

    @Test func `a cursor survives its run being deleted`() async throws {
        let (store, project) = try await store(sample)
        let first = try await store.page(RunSearch(sort: "name", limit: 3), in: project)
        try await store.runs.delete(try #require(first.runs.last).id, now: 5)
        let second = try await store.page(
            RunSearch(sort: "name", limit: 3, after: first.next),
            in: project
        )
        #expect(second.runs.map(\.name) == ["d", "e", "f"])
        let deleted = RunSearch(sort: "name", lifecycle: .deleted)
        #expect(try await store.page(deleted, in: project).runs.map(\.name) == ["c"])
        let all = RunSearch(sort: "name", lifecycle: .all)
        #expect(try await store.page(all, in: project).runs.count == 7)
    }

    @Test func `runs are found in the order asked for`() async throws {
        let (store, project) = try await store(sample)
        let all = try await store.runs.all(projectID: project)
        #expect(all.map(\.name).joined() == "abcdefg")
        let ids = [all[4].id, Samples.runID(), all[1].id]
        #expect(try await store.runs.find(ids: ids).map(\.name) == ["e", "b"])
        #expect(try await store.runs.find(id: Samples.runID()) == nil)
    }

    @Test func `an update changes what it names and no more`() async throws {
        let store = try await TestDatabase.makeStore()
        let run = try await store.sampleRun()
        let updated = try await store.runs.update(
            run.id,
            RunUpdate(status: .failed, endTime: 9),
            now: Samples.now + 1
        )
        #expect(updated.status == .failed)
        #expect(updated.endTime == 9)
        #expect(updated.name == run.name)
        try await store.runs.delete(run.id, now: Samples.now)
        await #expect(throws: StorageError.notActive(run.id)) {
            try await store.runs.update(run.id, RunUpdate(name: "x"), now: 1)
        }
        try await store.runs.restore(run.id, now: Samples.now)
        try await store.runs.update(run.id, RunUpdate(name: "x"), now: 1)
        let nobody = Samples.runID()
        await #expect(throws: StorageError.notFound(kind: "run", id: nobody.hex)) {
            try await store.runs.update(nobody, RunUpdate(name: "x"), now: 1)
        }
    }

    @Test func `a run in no project and a run made twice are refused`() async throws {
        let store = try await TestDatabase.makeStore()
        let nobody = ProjectID(UUID())
        await #expect(throws: StorageError.notFound(kind: "project", id: nobody.hex)) {
            try await store.runs.create(Samples.newRun(in: nobody), now: 1)
        }
        let run = try await store.sampleRun()
        let error = await #expect(throws: StorageError.self) {
            try await store.runs.create(
                Samples.newRun(in: run.projectID, id: run.id, params: ["a": "b"]),
                now: 1
            )
        }
        #expect(error?.constraint == "run_pkey")
        #expect(try await store.runs.find(id: run.id)?.params == [:])
    }

    @Test func `runs changed since a moment are told, newest last`() async throws {
        let store = try await TestDatabase.makeStore()
        let first = try await store.sampleRun()
        let second = try await store.sampleRun()
        try await store.writer.write(
            RunBatch(runID: first.id, tags: ["a": "1"]),
            now: Samples.now + 20
        )
        try await store.runs.update(second.id, RunUpdate(status: .killed), now: Samples.now + 30)
        let changed = try await store.runs.changed(
            projectID: first.projectID,
            since: Samples.now,
            limit: 10
        )
        #expect(changed.map(\.id) == [first.id, second.id])
        let later = try await store.runs.changed(projectID: nil, since: Samples.now + 20, limit: 10)
        #expect(later.map(\.id) == [second.id])
    }

    @Test func `runs that changed at one moment are told in parts`() async throws {
        let store = try await TestDatabase.makeStore()
        var project = ProjectID(UUID())
        for _ in 0..<7 { project = try await store.sampleRun().projectID }
        var told: [RunID] = []
        var last: Run?
        for _ in 0..<4 {
            let part = try await store.runs.changed(
                projectID: project,
                since: last?.updatedAt ?? 0,
                after: last?.id,
                limit: 3
            )
            told += part.map(\.id)
            last = part.last ?? last
        }
        #expect(told.count == 7 && Set(told).count == 7)
    }

    @Test func `a tag is deleted once`() async throws {
        let store = try await TestDatabase.makeStore()
        let run = try await store.sampleRun()
        try await store.writer.write(RunBatch(runID: run.id, tags: ["a": "1"]), now: 1)
        try await store.runs.deleteTag(run.id, key: "a", now: 2)
        await #expect(throws: StorageError.notFound(kind: "tag", id: "a")) {
            try await store.runs.deleteTag(run.id, key: "a", now: 3)
        }
    }
}
