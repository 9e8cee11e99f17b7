import API
import Foundation
import Runs
import Storage
import TestSupport
import Testing

@Suite struct RunLifeTests {
    @Test func `a run made twice under the client's id is one run`() async throws {
        try await TestApplication.with { app in
            let id = UUID().hex
            let body = #"{"id": "\#(id)", "project": "p", "name": "a", "startTime": 5}"#
            let first = try await app.post("/api/v1/runs", json: body)
            let second = try await app.post("/api/v1/runs", json: body)
            #expect(first.status == 201 && second.status == 200)
            let run = try second.decoded(RunMessage.self)
            #expect(run.id.hex == id && run.startTime == 5)
            let elsewhere = body.replacing(#""p""#, with: #""q""#)
            #expect(try await app.post("/api/v1/runs", json: elsewhere).status == 409)
            let list = try await app.get("/api/v1/runs?project=p").decoded(RunList.self)
            #expect(list.runs.count == 1)
        }
    }

    @Test func `group, note and parent are set, filtered by, and taken away`() async throws {
        try await TestApplication.with { app in
            let parent = try await app.makeRun(#"{"project": "p", "name": "sweep"}"#)
            let child = try await app.makeRun(
                """
                {"project": "p", "name": "a", "group": "seeds", "note": "# why", \
                "parent": "\(parent.id.hex)"}
                """
            )
            #expect(child.group == "seeds" && child.note == "# why" && child.parent == parent.id)
            #expect(child.tags["mlflow.parentRunId"] == parent.id.hex)
            let found = try await app.get("/api/v1/runs?project=p&q=group+%3D+seeds")
                .decoded(RunList.self)
            #expect(found.runs.map(\.id) == [child.id])
            let filter = "parent+%3D+'\(parent.id.hex)'"
            let children = try await app.get("/api/v1/runs?project=p&q=" + filter)
                .decoded(RunList.self)
            #expect(children.runs.map(\.id) == [child.id])
            let path = "/api/v1/runs/\(child.id.hex)"
            let patch = #"{"group": "", "note": "", "parent": "", "tags": {"none": null}}"#
            let bare = try await app.patch(path, patch).decoded(RunMessage.self)
            #expect(bare.group == nil && bare.note == nil && bare.parent == nil)
            #expect(bare.tags == [:])
            let own = #"{"parent": "\#(child.id.hex)"}"#
            #expect(try await app.patch(path, own).status == 400)
            let nobody = #"{"project": "p", "name": "a", "parent": "\#(UUID().hex)"}"#
            #expect(try await app.post("/api/v1/runs", json: nobody).status == 404)
        }
    }

    @Test func `MLflow's note and parent are the native ones`() async throws {
        try await TestApplication.with { app in
            let parent = try await app.makeRun(#"{"project": "p", "name": "sweep"}"#)
            let run = try await app.makeRun(#"{"project": "p", "name": "a"}"#)
            for (key, value) in [
                ("mlflow.note.content", "words"), ("mlflow.parentRunId", parent.id.hex),
            ] {
                let tag = #"{"run_id": "\#(run.id.hex)", "key": "\#(key)", "value": "\#(value)"}"#
                let reply = try await app.post("/api/2.0/mlflow/runs/set-tag", json: tag)
                #expect(reply.status == 200)
            }
            let seen = try await app.run(run.id)
            #expect(seen.note == "words" && seen.parent == parent.id)
        }
    }

    @Test func `a tag is removed by null and a param corrected with its past kept`() async throws {
        try await TestApplication.with { app in
            let run = try await app.makeRun(
                #"{"project": "p", "name": "a", "params": {"lr": "1"}, "tags": {"a": "b"}}"#
            )
            let path = "/api/v1/runs/\(run.id.hex)"
            let patch = #"{"tags": {"a": null, "c": "d"}, "params": {"lr": "0.1", "new": "2"}}"#
            let changed = try await app.patch(path, patch).decoded(RunMessage.self)
            #expect(changed.tags == ["c": "d"] && changed.params == ["lr": "0.1", "new": "2"])
            let life = try await app.get(path + "/life").decoded(RunLifeMessage.self)
            #expect(life.paramChanges.map(\.key) == ["lr", "new"])
            #expect(life.paramChanges.map(\.old) == ["1", nil])
        }
    }

    @Test func `an edit by a person is no sign of life, a heartbeat is`() async throws {
        try await TestApplication.with { app in
            let run = try await app.makeRun(#"{"project": "p", "name": "a"}"#)
            let path = "/api/v1/runs/\(run.id.hex)"
            let edited = try await app.patch(path, #"{"note": "x"}"#).decoded(RunMessage.self)
            #expect(edited.heardAt == run.heardAt && edited.updatedAt > run.updatedAt)
            let beat = try await app.post(path + "/heartbeat", json: "")
            #expect(try beat.decoded(HeartbeatMessage.self).status == .running)
            #expect(try await app.run(run.id).heardAt > run.heardAt)
            let nobody = "/api/v1/runs/\(UUID().hex)/heartbeat"
            #expect(try await app.post(nobody, json: "").status == 404)
            #expect(try await app.post("/api/v1/runs/x/heartbeat", json: "").status == 400)
        }
    }

    @Test func `a run that ended goes on as a new attempt and keeps its old end`() async throws {
        try await TestApplication.with { app in
            let run = try await app.makeRun(#"{"project": "p", "name": "a"}"#)
            let path = "/api/v1/runs/\(run.id.hex)"
            #expect(try await app.post(path + "/resume", json: "").status == 409)
            _ = try await app.patch(path, #"{"status": "failed", "endTime": 7}"#)
            let resumed = try await app.post(path + "/resume", json: #"{"fromStep": 100}"#)
                .decoded(RunMessage.self)
            #expect(resumed.status == .running && resumed.endTime == nil)
            _ = try await app.patch(path, #"{"status": "finished", "endTime": 9}"#)
            // MLflow's way to go on: the status alone.
            let body = #"{"run_id": "\#(run.id.hex)", "status": "RUNNING"}"#
            #expect(try await app.post("/api/2.0/mlflow/runs/update", json: body).status == 200)
            let life = try await app.get(path + "/life").decoded(RunLifeMessage.self)
            #expect(life.attempts.map(\.status) == [.failed, .finished, .running])
            #expect(life.attempts.map(\.endedAt) == [7, 9, nil])
            #expect(life.attempts.map(\.fromStep) == [nil, 100, nil])
        }
    }

    @Test(arguments: [
        #"{"group": "\#(String(repeating: "x", count: 251))"}"#, #"{"parent": "zz"}"#,
        #"{"tags": {"": null}}"#, #"{"status": "gone"}"#, #"{"note": 1}"#,
        #"{"params": {"a": "\u0000"}}"#,
    ])
    func `a change that cannot be is refused`(json: String) async throws {
        try await TestApplication.with { app in
            let run = try await app.makeRun(#"{"project": "p", "name": "a"}"#)
            #expect(try await app.patch("/api/v1/runs/\(run.id.hex)", json).status == 400)
        }
    }
}

extension TestApplication {
    func makeRun(_ json: String) async throws -> RunMessage {
        try await post("/api/v1/runs", json: json).decoded(RunMessage.self)
    }

    func run(_ id: RunID) async throws -> RunMessage {
        try await get("/api/v1/runs/\(id.hex)").decoded(RunMessage.self)
    }

    func patch(_ path: String, _ json: String) async throws -> Reply {
        try await send("PATCH", path, body: Data(json.utf8))
    }
}
