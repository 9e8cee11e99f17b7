import NIOCore
import Runs

/// Datasets that a run says it read.
///
/// Each is kept as a tag `isoloss.dataset.DIGEST` whose value is the dataset in MLflow's JSON, so
/// it is seen on every wire; MLflow clients find it under `inputs` and not among the tags. What
/// does not fit a tag is left out from the least telling on: profile, then schema, then source.
enum MLflowInputs {
    static let tagPrefix = "isoloss.dataset."
    private static let nameCharacters = 500
    private static let digestCharacters = 36

    static func tag(
        _ input: MLflowFields
    ) throws(MLflowError) -> (key: String, value: String) {
        guard let dataset = try input.object("dataset") else { throw .missing("dataset") }
        let name = try dataset.requiredString("name")
        let digest = try dataset.requiredString("digest")
        guard name.unicodeScalars.count <= nameCharacters,
            digest.unicodeScalars.count <= digestCharacters
        else {
            throw .invalid(
                "A dataset has a name of up to \(nameCharacters) characters and a digest of up to "
                    + "\(digestCharacters)."
            )
        }
        var fields: [String: MLflowValue] = ["name": .string(name), "digest": .string(digest)]
        for field in ["source_type", "source", "schema", "profile"] {
            if let text = try dataset.string(field) { fields[field] = .string(text) }
        }
        var tags: [MLflowValue] = []
        for tag in try input.objects("tags") {
            tags.append(
                .object([
                    "key": .string(try tag.requiredString("key")),
                    "value": .string(try tag.string("value") ?? ""),
                ])
            )
        }
        for dropped in ["", "profile", "schema", "source"] {
            fields[dropped] = nil
            let value = MLflowValue.object(["dataset": .object(fields), "tags": .array(tags)]).json
            if value.unicodeScalars.count <= Limits.tagValueCharacters {
                return (tagPrefix + digest, value)
            }
        }
        throw .invalid("The tags of the dataset '\(name.prefix(80))' are too long.")
    }
}

extension MLflowService {
    func logInputs(_ fields: MLflowFields) async throws(MLflowError) -> ByteBuffer {
        var tags: [String: String] = [:]
        for input in try fields.objects("datasets") {
            let (key, value) = try MLflowInputs.tag(input)
            tags[key] = value
        }
        return try await write(RunBatch(runID: fields.runID(), tags: tags))
    }
}

extension MLflowWriter {
    /// The datasets of a run, back from its tags.
    mutating func inputs(_ run: Run) {
        let datasets = run.tags.filter { $0.key.hasPrefix(MLflowInputs.tagPrefix) }
        array("dataset_inputs", datasets.sorted { $0.key < $1.key }) { writer, tag in
            // A tag that a native client wrote under this name may be no JSON.
            guard let value = MLflowValue(json: tag.value) else { return }
            writer.raw(value.json)
        }
    }
}
