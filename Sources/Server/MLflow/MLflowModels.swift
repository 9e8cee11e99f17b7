import Foundation
import NIOCore
import Runs
import Storage

/// Models as clients log them: `m-` and 32 hexadecimal digits name one, its files are artifacts
/// beside those of the runs.
extension MLflowService {
    func createModel(_ fields: MLflowFields) async throws(MLflowError) -> ByteBuffer {
        let project = try await experiment(id: fields.requiredString("experiment_id"))
        guard project.deletedAt == nil else { throw .experimentNotActive(project.experimentID) }
        let run = try fields.string("source_run_id") ?? ""
        let time = now()
        let model = LoggedModel(
            id: ModelID(newRunID().uuid),
            projectID: project.id,
            runID: run.isEmpty ? nil : try MLflowNames.runID(run),
            name: try modelName(fields),
            modelType: try fields.string("model_type") ?? "",
            status: .pending,
            params: try modelPairs(fields, "params", Limits.paramValueCharacters),
            tags: try modelPairs(fields, "tags", Limits.tagValueCharacters),
            createdAt: time,
            updatedAt: time
        )
        try await stored { () async throws(StorageError) in try await store.models.create(model) }
        return answer(model, in: project)
    }

    func getModel(_ id: String, _ fields: MLflowFields) async throws(MLflowError) -> ByteBuffer {
        let isDeletedAllowed = try fields.string("allow_deleted")?.lowercased() == "true"
        let model = try await model(id, allowDeleted: isDeletedAllowed)
        return answer(model, in: try await experiment(of: model))
    }

    func finalizeModel(
        _ id: String,
        _ fields: MLflowFields
    ) async throws(MLflowError) -> ByteBuffer {
        let found = try await model(id, allowDeleted: true)
        guard let word = try fields.wordOrNumber("status") else { throw .missing("status") }
        guard let status = LoggedModel.Status(mlflow: word) else {
            throw .invalid(
                value: MLflowWriter.quoted(word),
                path: "status",
                "It must be LOGGED_MODEL_PENDING, LOGGED_MODEL_READY or "
                    + "LOGGED_MODEL_UPLOAD_FAILED."
            )
        }
        let model = try await stored { () async throws(StorageError) in
            try await store.models.setStatus(found.id, status, now: now())
        }
        return answer(model, in: try await experiment(of: model))
    }

    func deleteModel(_ id: String) async throws(MLflowError) -> ByteBuffer {
        let found = try await model(id, allowDeleted: true)
        try await stored { () async throws(StorageError) in
            try await store.models.delete(found.id, now: now())
        }
        return MLflowWriter.empty
    }

    func addModelParams(
        _ id: String,
        _ fields: MLflowFields
    ) async throws(MLflowError) -> ByteBuffer {
        let found = try await model(id, allowDeleted: true)
        let params = try modelPairs(fields, "params", Limits.paramValueCharacters)
        try await stored { () async throws(StorageError) in
            _ = try await store.models.addParams(found.id, params, now: now())
        }
        return MLflowWriter.empty
    }

    func setModelTags(
        _ id: String,
        _ fields: MLflowFields
    ) async throws(MLflowError) -> ByteBuffer {
        let found = try await model(id, allowDeleted: true)
        let tags = try modelPairs(fields, "tags", Limits.tagValueCharacters)
        try await stored { () async throws(StorageError) in
            _ = try await store.models.setTags(found.id, tags, now: now())
        }
        return MLflowWriter.empty
    }

    func deleteModelTag(_ id: String, key: String) async throws(MLflowError) -> ByteBuffer {
        let found = try await model(id, allowDeleted: true)
        guard found.tags[key] != nil else {
            throw MLflowError(
                .resourceDoesNotExist,
                "No tag with key '\(key.prefix(250))' found for model with ID '\(id)'."
            )
        }
        try await stored { () async throws(StorageError) in
            _ = try await store.models.deleteTag(found.id, key: key, now: now())
        }
        return MLflowWriter.empty
    }

    func model(_ text: String, allowDeleted: Bool = false) async throws(MLflowError) -> LoggedModel
    {
        let id = try MLflowNames.modelID(text)
        let model = try await stored { () async throws(StorageError) in
            try await store.models.find(id)
        }
        guard let model, allowDeleted || model.deletedAt == nil else { throw .modelNotFound(text) }
        return model
    }

    func experiment(of model: LoggedModel) async throws(MLflowError) -> Project {
        let project = try await stored { () async throws(StorageError) in
            try await store.projects.find(id: model.projectID)
        }
        guard let project else { throw .experimentNotFound(model.projectID.hex) }
        return project
    }

    private func answer(_ model: LoggedModel, in project: Project) -> ByteBuffer {
        MLflowWriter.object { $0.object("model") { $0.model(model, in: project) } }
    }

    private func modelName(_ fields: MLflowFields) throws(MLflowError) -> String {
        guard let name = try fields.string("name"), !name.isEmpty else {
            var generator = SystemRandomNumberGenerator()
            return MLflowRunName.random(using: &generator)
        }
        try MLflowNames.checkLength(name, Limits.runNameCharacters, path: "name")
        guard !name.contains(where: { "/:.%\"'".contains($0) }) else {
            throw .invalid(
                "Invalid model name (\(MLflowWriter.quoted(name))) provided. Model name must be a "
                    + "non-empty string and cannot contain the following characters: "
                    + "/ : . % \" '"
            )
        }
        return name
    }

    private func modelPairs(
        _ fields: MLflowFields,
        _ name: String,
        _ limit: Int
    ) throws(MLflowError) -> [String: String] {
        let entries = try fields.objects(name)
        guard entries.count <= Limits.batchEntityCount else {
            throw .invalid("A request takes at most \(Limits.batchEntityCount) \(name).")
        }
        var pairs: [String: String] = [:]
        for entry in entries {
            let key = try entry.requiredString("key")
            try MLflowNames.checkLength(key, Limits.keyCharacters, path: "key")
            pairs[key] = try MLflowNames.cut(
                try entry.string("value") ?? "",
                to: limit,
                path: "value"
            )
        }
        return pairs
    }
}

extension MLflowWriter {
    mutating func model(_ model: LoggedModel, in project: Project) {
        object("info") {
            $0.field("model_id", model.id.mlflowText)
            $0.field("experiment_id", String(project.experimentID))
            $0.field("name", model.name)
            $0.field("creation_timestamp_ms", model.createdAt / 1_000)
            $0.field("last_updated_timestamp_ms", model.updatedAt / 1_000)
            $0.field("artifact_uri", project.artifactURI(of: model.id))
            $0.field("status", model.status.mlflowWord)
            if !model.modelType.isEmpty { $0.field("model_type", model.modelType) }
            $0.field("source_run_id", model.runID?.hex)
            $0.pairs("tags", model.tags)
        }
        object("data") { $0.pairs("params", model.params) }
    }
}

extension ModelID {
    var mlflowText: String { "m-" + hex }
}

extension Project {
    func artifactURI(of model: ModelID) -> String {
        let base =
            artifactLocation.hasSuffix("/") ? artifactLocation.dropLast() : artifactLocation[...]
        return "\(base)/models/\(model.mlflowText)/artifacts"
    }
}

extension LoggedModel.Status {
    var mlflowWord: String {
        switch self {
        case .pending: "LOGGED_MODEL_PENDING"
        case .ready: "LOGGED_MODEL_READY"
        case .failed: "LOGGED_MODEL_UPLOAD_FAILED"
        }
    }

    /// MLflow's word or its number.
    init?(mlflow word: String) {
        switch word {
        case "LOGGED_MODEL_PENDING", "PENDING", "1": self = .pending
        case "LOGGED_MODEL_READY", "READY", "2": self = .ready
        case "LOGGED_MODEL_UPLOAD_FAILED", "FAILED", "3": self = .failed
        default: return nil
        }
    }
}
