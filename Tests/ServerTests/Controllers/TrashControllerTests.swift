import API
import Foundation
import Logging
import Runs
import Server
import Storage
import TestSupport
import Testing

@Suite struct TrashControllerTests {
    @Test func `a run goes to the trash and comes back`() async throws {
        try await TestApplication.with { app in
            let run = try await app.makeRun(#"{"project": "p", "name": "a"}"#)
            let path = "/api/v1/runs/\(run.id.hex)"
            let deleted = try await app.send("DELETE", path).decoded(DeletionMessage.self)
            let at = try #require(deleted.deletedAt)
            #expect(deleted.purgeAt == at + 30 * 24 * 3_600_000_000)
            #expect(try await app.get(path).status == 404)
            let trash = try await app.get("/api/v1/trash?project=p").decoded(TrashMessage.self)
            #expect(trash.runs.map(\.id) == [run.id] && trash.runs.first?.projectName == "p")
            let back = try await app.post(path + "/restore", json: "").decoded(DeletionMessage.self)
            #expect(back.deletedAt == nil && back.purgeAt == nil)
            #expect(try await app.get(path).status == 200)
            #expect(try await app.post(path + "/purge", json: "").status == 409)
        }
    }

    @Test func `the trash pages by key`() async throws {
        try await TestApplication.with { app in
            for name in ["a", "b", "c", "d", "e"] {
                let run = try await app.makeRun(#"{"project": "p", "name": "\#(name)"}"#)
                _ = try await app.send("DELETE", "/api/v1/runs/\(run.id.hex)")
            }
            var names: [String] = []
            var after = ""
            repeat {
                let page = try await app.get("/api/v1/trash?limit=2&after=\(after)")
                    .decoded(TrashMessage.self)
                names += page.runs.map(\.name)
                after = page.next ?? ""
            } while !after.isEmpty
            #expect(names == ["e", "d", "c", "b", "a"])
            #expect(try await app.get("/api/v1/trash?after=x").status == 400)
        }
    }

    @Test func `a project is deleted with its runs, restored, and not when it is Default`()
        async throws
    {
        try await TestApplication.with { app in
            let run = try await app.makeRun(#"{"project": "p", "name": "a"}"#)
            #expect(try await app.send("DELETE", "/api/v1/projects/p").status == 200)
            #expect(try await app.get("/api/v1/projects/p").status == 404)
            #expect(try await app.get("/api/v1/runs/\(run.id.hex)").status == 404)
            let trash = try await app.get("/api/v1/trash").decoded(TrashMessage.self)
            #expect(trash.projects.map(\.name) == ["p"] && trash.projects.first?.runCount == 1)
            #expect(trash.runs == [])
            #expect(try await app.post("/api/v1/projects/p/restore", json: "").status == 200)
            #expect(try await app.get("/api/v1/runs/\(run.id.hex)").status == 200)
            #expect(try await app.send("DELETE", "/api/v1/projects/Default").status == 409)
            #expect(try await app.send("DELETE", "/api/v1/projects/none").status == 404)
        }
    }

    @Test func `purge takes rows and artifacts of a project and frees its name`() async throws {
        let store = try await TestDatabase.makeStore()
        let folder = FileManager.default.temporaryDirectory.path + "/isoloss-purge-" + UUID().hex
        let artifacts = ArtifactFolder(dataDirectory: folder)
        let run = try await store.sampleRun("p")
        let kept = try await store.sampleRun("q")
        let project = try #require(try await store.projects.find(id: run.projectID))
        let other = try #require(try await store.projects.find(id: kept.projectID))
        let own = "\(folder)/artifacts/\(project.experimentID)/\(run.id.hex)/artifacts"
        let foreign = "\(folder)/artifacts/\(other.experimentID)/\(kept.id.hex)/artifacts"
        for path in [own, foreign] {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true
            )
            try Data("x".utf8).write(to: URL(fileURLWithPath: path + "/model.bin"))
        }
        try await store.projects.delete(project.id, now: Samples.now)
        let keeper = RunKeeper(
            store: store,
            artifacts: artifacts,
            patience: .init(lostAfterHours: 0, purgeAfterDays: 30, graceSeconds: 0),
            now: { Samples.now + 31 * 24 * 3_600_000_000 },
            logger: Logger(label: "test")
        )
        try await keeper.sweep()
        #expect(try await store.projects.find(id: project.id) == nil)
        #expect(try await store.runs.find(id: run.id) == nil)
        #expect(!FileManager.default.fileExists(atPath: own))
        #expect(FileManager.default.fileExists(atPath: foreign + "/model.bin"))
        #expect(try await store.runs.find(id: kept.id) != nil)
        _ = try await store.projects.create(name: "p", now: Samples.now)
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func `a server that just started ends no run, and one told never does not either`()
        async throws
    {
        let store = try await TestDatabase.makeStore()
        let run = try await store.sampleRun()
        let later = Samples.now + 100 * 3_600_000_000
        for (lost, grace) in [(Int64(24), Int64(300)), (0, 0)] {
            let keeper = RunKeeper(
                store: store,
                artifacts: ArtifactFolder(dataDirectory: "/nonexistent"),
                patience: .init(lostAfterHours: lost, purgeAfterDays: 0, graceSeconds: grace),
                now: { later },
                logger: Logger(label: "test")
            )
            try await keeper.sweep()
            #expect(try await store.runs.find(id: run.id)?.status == .running)
        }
        let keeper = RunKeeper(
            store: store,
            artifacts: ArtifactFolder(dataDirectory: "/nonexistent"),
            patience: .init(lostAfterHours: 24, purgeAfterDays: 0, graceSeconds: 0),
            now: { later },
            logger: Logger(label: "test")
        )
        try await keeper.sweep()
        #expect(try await store.runs.find(id: run.id)?.status == .killed)
    }
}
