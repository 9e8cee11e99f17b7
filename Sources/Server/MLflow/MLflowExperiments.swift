import NIOCore
import Runs
import Storage

extension MLflowService {
    func createExperiment(_ fields: MLflowFields) async throws(MLflowError) -> ByteBuffer {
        let name = try fields.requiredString("name")
        try MLflowNames.checkExperimentName(name)
        var tags: [String: String] = [:]
        for tag in try fields.objects("tags") {
            let (key, value) = try experimentTag(tag)
            tags[key] = value
        }
        if let location = try fields.string("artifact_location"), !location.isEmpty {
            guard !location.hasPrefix("runs:"), location.utf8.count <= 2_048 else {
                throw .invalid("Artifact location cannot be a runs:/ URI or over 2048 bytes.")
            }
            guard !location.contains(where: { "?#".contains($0) }) else {
                throw .invalid("'artifact_location' URL can't include fragments or params.")
            }
            tags[Project.artifactLocationTag] = location
        }
        let kept = tags
        let existing = try await stored { () async throws(StorageError) in
            try await store.projects.find(name: name)
        }
        guard existing == nil else { throw alreadyExists(name) }
        do {
            let project = try await store.projects.create(name: name, tags: kept, now: now())
            return MLflowWriter.object { $0.field("experiment_id", String(project.experimentID)) }
        } catch StorageError.conflict {
            throw alreadyExists(name)
        } catch {
            throw MLflowError(error)
        }
    }

    func getExperiment(_ fields: MLflowFields) async throws(MLflowError) -> ByteBuffer {
        try await answer(experiment(id: fields.requiredString("experiment_id")))
    }

    /// Soft-deleted experiments are found too; an unknown name is 404 with its code, which the
    /// client turns into "create it".
    func getExperimentByName(_ fields: MLflowFields) async throws(MLflowError) -> ByteBuffer {
        let name = try fields.requiredString("experiment_name")
        let project = try await stored { () async throws(StorageError) in
            try await store.projects.find(name: name)
        }
        guard let project else {
            throw MLflowError(
                .resourceDoesNotExist,
                "Could not find experiment with name '\(name.prefix(500))'"
            )
        }
        return answer(project)
    }

    func updateExperiment(_ fields: MLflowFields) async throws(MLflowError) -> ByteBuffer {
        let project = try await activeExperiment(fields)
        let name = try fields.requiredString("new_name")
        try MLflowNames.checkExperimentName(name)
        do {
            _ = try await store.projects.rename(project.id, to: name, now: now())
        } catch StorageError.conflict {
            throw alreadyExists(name)
        } catch {
            throw MLflowError(error)
        }
        return MLflowWriter.empty
    }

    func deleteExperiment(_ fields: MLflowFields) async throws(MLflowError) -> ByteBuffer {
        let id = try fields.requiredString("experiment_id")
        let project = try await experiment(id: id)
        guard project.deletedAt == nil else { throw .experimentNotFound(id) }
        try await stored { () async throws(StorageError) in
            try await store.projects.delete(project.id, now: now())
        }
        return MLflowWriter.empty
    }

    func restoreExperiment(_ fields: MLflowFields) async throws(MLflowError) -> ByteBuffer {
        let id = try fields.requiredString("experiment_id")
        let project = try await experiment(id: id)
        guard project.deletedAt != nil else { throw .experimentNotFound(id) }
        try await stored { () async throws(StorageError) in
            try await store.projects.restore(project.id, now: now())
        }
        return MLflowWriter.empty
    }

    func setExperimentTag(_ fields: MLflowFields) async throws(MLflowError) -> ByteBuffer {
        let (key, value) = try experimentTag(fields)
        let project = try await activeExperiment(fields)
        try await stored { () async throws(StorageError) in
            _ = try await store.projects.setTag(project.id, key: key, value: value, now: now())
        }
        return MLflowWriter.empty
    }

    func deleteExperimentTag(_ fields: MLflowFields) async throws(MLflowError) -> ByteBuffer {
        let key = try fields.requiredString("key")
        let project = try await activeExperiment(fields)
        guard project.tags[key] != nil, key != Project.artifactLocationTag else {
            throw MLflowError(
                .resourceDoesNotExist,
                "No tag with name: \(key) in experiment with id \(project.experimentID)"
            )
        }
        try await stored { () async throws(StorageError) in
            _ = try await store.projects.deleteTag(project.id, key: key, now: now())
        }
        return MLflowWriter.empty
    }

    private func activeExperiment(_ fields: MLflowFields) async throws(MLflowError) -> Project {
        let project = try await experiment(id: fields.requiredString("experiment_id"))
        guard project.deletedAt == nil else { throw .experimentNotActive(project.experimentID) }
        return project
    }

    private func experimentTag(
        _ fields: MLflowFields
    ) throws(MLflowError) -> (key: String, value: String) {
        let key = try fields.requiredString("key")
        try MLflowNames.check(key, path: "key")
        guard key != Project.artifactLocationTag else {
            throw .invalid("The tag '\(key)' belongs to the server.")
        }
        let value = try fields.string("value") ?? ""
        guard value.unicodeScalars.count <= MLflowNames.experimentTagValueCharacters else {
            throw .invalid(
                "'value' exceeds the maximum length of "
                    + "\(MLflowNames.experimentTagValueCharacters) characters"
            )
        }
        return (key, value)
    }

    private func answer(_ project: Project) -> ByteBuffer {
        MLflowWriter.object { $0.object("experiment") { $0.experiment(project) } }
    }

    private func alreadyExists(_ name: String) -> MLflowError {
        MLflowError(.resourceAlreadyExists, "Experiment(name=\(name)) already exists.")
    }
}
