import NIOCore
import Runs
import Storage

extension MLflowService {
    /// A run without an experiment belongs to experiment 0, which always exists.
    func createRun(_ fields: MLflowFields) async throws(MLflowError) -> ByteBuffer {
        let id = try fields.string("experiment_id") ?? ""
        let project = try await experiment(id: id.isEmpty ? "0" : id)
        guard project.deletedAt == nil else { throw .experimentNotActive(project.experimentID) }
        var tags: [String: String] = [:]
        for (index, tag) in try fields.objects("tags").enumerated() {
            // Here MLflow takes keys that it refuses everywhere else, and training programs send
            // them.
            let (key, value) = try runTag(tag, path: "tags[\(index)].", isAnyKey: true)
            tags[key] = value
        }
        let name = try runName(given: fields.string("run_name"), tag: tags["mlflow.runName"])
        tags["mlflow.runName"] = name
        let start = try fields.time("start_time") ?? 0
        let new = NewRun(
            id: newRunID(),
            projectID: project.id,
            name: name,
            status: .running,
            userName: try fields.string("user_id") ?? tags["mlflow.user"] ?? "",
            parentID: tags[MLflowTag.parent].flatMap { RunID(hex: $0) },
            startTime: start > 0 ? start : now(),
            params: [:],
            tags: tags
        )
        let run = try await stored { () async throws(StorageError) in
            try await store.runs.create(new, now: now())
        }
        return answer(run, in: project)
    }

    func getRun(_ fields: MLflowFields) async throws(MLflowError) -> ByteBuffer {
        let run = try await run(fields.runID())
        let links = try await stored { () async throws(StorageError) in
            try await store.links.find([run.id])
        }
        return answer(run, in: try await experiment(of: run), links[run.id] ?? RunLinks())
    }

    func updateRun(_ fields: MLflowFields) async throws(MLflowError) -> ByteBuffer {
        let id = try fields.runID()
        var update = RunUpdate()
        if let text = try fields.wordOrNumber("status") {
            guard let status = RunStatus(mlflow: text) else {
                throw .invalid(
                    value: MLflowWriter.quoted(text),
                    path: "status",
                    "It must be RUNNING, SCHEDULED, FINISHED, FAILED or KILLED."
                )
            }
            update.status = status
        }
        update.endTime = try fields.time("end_time")
        if let name = try fields.string("run_name"), !name.isEmpty {
            update.name = try checkedRunName(name)
        }
        let before = try await run(id)
        guard before.deletedAt == nil else { throw .runNotActive(id.hex) }
        let change = update
        let run = try await stored { () async throws(StorageError) in
            try await store.runs.update(id, change, now: now())
        }
        let project = try await experiment(of: run)
        return MLflowWriter.object { $0.object("run_info") { $0.runInfo(run, in: project) } }
    }

    func deleteRun(_ fields: MLflowFields) async throws(MLflowError) -> ByteBuffer {
        let id = try fields.runID()
        try await stored { () async throws(StorageError) in
            try await store.runs.delete(id, now: now())
        }
        return MLflowWriter.empty
    }

    func restoreRun(_ fields: MLflowFields) async throws(MLflowError) -> ByteBuffer {
        let id = try fields.runID()
        try await stored { () async throws(StorageError) in
            try await store.runs.restore(id, now: now())
        }
        return MLflowWriter.empty
    }

    func deleteTag(_ fields: MLflowFields) async throws(MLflowError) -> ByteBuffer {
        let id = try fields.runID()
        let key = try fields.requiredString("key")
        let run = try await run(id)
        guard run.deletedAt == nil else { throw .runNotActive(id.hex) }
        guard run.tags[key] != nil else {
            throw MLflowError(
                .resourceDoesNotExist,
                "No tag with name: \(key) in run with id \(id.hex)"
            )
        }
        try await stored { () async throws(StorageError) in
            try await store.runs.deleteTag(id, key: key, now: now())
        }
        return MLflowWriter.empty
    }

    func runTag(
        _ fields: MLflowFields,
        path: String = "",
        isAnyKey: Bool = false
    ) throws(MLflowError) -> (key: String, value: String) {
        let key = try fields.requiredString("key")
        if isAnyKey {
            try MLflowNames.checkLength(key, Limits.keyCharacters, path: path + "key")
        } else {
            try MLflowNames.check(key, path: path + "key")
        }
        let value = try MLflowNames.cut(
            try fields.string("value") ?? "",
            to: Limits.tagValueCharacters,
            path: path + "value"
        )
        return (key, value)
    }

    func checkedRunName(_ name: String) throws(MLflowError) -> String {
        try MLflowNames.cut(name, to: Limits.runNameCharacters, path: "run_name")
    }

    private func runName(given: String?, tag: String?) throws(MLflowError) -> String {
        let given = given ?? ""
        let tag = tag ?? ""
        guard given.isEmpty || tag.isEmpty || given == tag else {
            throw .invalid(
                "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with "
                    + "different values (run_name='\(given)', mlflow.runName='\(tag)')."
            )
        }
        if !given.isEmpty { return try checkedRunName(given) }
        if !tag.isEmpty { return try checkedRunName(tag) }
        var generator = SystemRandomNumberGenerator()
        return MLflowRunName.random(using: &generator)
    }

    private func answer(
        _ run: Run,
        in project: Project,
        _ links: RunLinks = RunLinks()
    ) -> ByteBuffer {
        MLflowWriter.object { $0.object("run") { $0.run(run, in: project, links) } }
    }
}
