import Foundation
import NIOCore
import Runs
import Storage

/// Reads what a run says it read and made; the limits are MLflow's.
enum MLflowInputs {
    static let entryCount = 1_000
    private static let nameCharacters = 500
    private static let digestCharacters = 36
    private static let sourceCharacters = 65_535
    private static let schemaCharacters = 1_048_575
    private static let profileCharacters = 16_777_215
    private static let tagKeyCharacters = 255
    private static let tagValueCharacters = 500

    static func use(_ input: MLflowFields) throws(MLflowError) -> DatasetUse {
        guard let fields = try input.object("dataset") else { throw .missing("dataset") }
        let dataset = Dataset(
            name: try required(fields, "name", nameCharacters),
            digest: try required(fields, "digest", digestCharacters),
            sourceType: try fields.string("source_type") ?? "",
            source: try optional(fields, "source", sourceCharacters) ?? "",
            schema: try optional(fields, "schema", schemaCharacters),
            profile: try optional(fields, "profile", profileCharacters)
        )
        var tags: [String: String] = [:]
        for tag in try input.objects("tags") {
            let key = try required(tag, "key", tagKeyCharacters)
            tags[key] = try optional(tag, "value", tagValueCharacters) ?? ""
        }
        return DatasetUse(dataset: dataset, tags: tags)
    }

    private static func required(
        _ fields: MLflowFields,
        _ name: String,
        _ limit: Int
    ) throws(MLflowError) -> String {
        let text = try fields.requiredString(name)
        try MLflowNames.checkLength(text, limit, path: name)
        return text
    }

    private static func optional(
        _ fields: MLflowFields,
        _ name: String,
        _ limit: Int
    ) throws(MLflowError) -> String? {
        guard let text = try fields.string(name) else { return nil }
        try MLflowNames.checkLength(text, limit, path: name)
        return text
    }
}

extension MLflowService {
    func logInputs(_ fields: MLflowFields) async throws(MLflowError) -> ByteBuffer {
        let id = try fields.runID()
        var links = RunLinks()
        let datasets = try fields.objects("datasets")
        let models = try fields.objects("models")
        guard datasets.count + models.count <= MLflowInputs.entryCount else {
            throw .invalid(
                "A request takes at most \(MLflowInputs.entryCount) datasets and models."
            )
        }
        for input in datasets { links.datasets.append(try MLflowInputs.use(input)) }
        for model in models { links.inputModels.append(try model.modelID("model_id")) }
        return try await add(links, to: id)
    }

    func logOutputs(_ fields: MLflowFields) async throws(MLflowError) -> ByteBuffer {
        let id = try fields.runID()
        let models = try fields.objects("models")
        guard models.count <= MLflowInputs.entryCount else {
            throw .invalid("A request takes at most \(MLflowInputs.entryCount) models.")
        }
        var links = RunLinks()
        for model in models {
            let step = try model.int64("step") ?? 0
            links.outputModels.append(.init(model: try model.modelID("model_id"), step: step))
        }
        return try await add(links, to: id)
    }

    private func add(_ links: RunLinks, to id: RunID) async throws(MLflowError) -> ByteBuffer {
        try await stored { () async throws(StorageError) in
            try await store.links.add(links, to: id, now: now())
        }
        return MLflowWriter.empty
    }
}

extension MLflowWriter {
    /// The fields `inputs` and `outputs` of a run.
    mutating func links(_ links: RunLinks) {
        object("inputs") {
            $0.array("dataset_inputs", links.datasets) { writer, use in
                writer.object { $0.use(use) }
            }
            $0.array("model_inputs", links.inputModels) { writer, model in
                writer.object { $0.field("model_id", model.mlflowText) }
            }
        }
        object("outputs") {
            $0.array("model_outputs", links.outputModels) { writer, output in
                writer.object {
                    $0.field("model_id", output.model.mlflowText)
                    $0.field("step", output.step)
                }
            }
        }
    }

    private mutating func use(_ use: DatasetUse) {
        pairs("tags", use.tags)
        object("dataset") {
            $0.field("name", use.dataset.name)
            $0.field("digest", use.dataset.digest)
            $0.field("source_type", use.dataset.sourceType)
            $0.field("source", use.dataset.source)
            $0.field("schema", use.dataset.schema)
            $0.field("profile", use.dataset.profile)
        }
    }
}
