/// Data a run says it read. Within a project, name and digest identify it.
package struct Dataset: Sendable, Hashable {
    package var name: String
    package var digest: String
    /// Such as `local` or `http`; `source` is then a path or an address, mostly in JSON.
    package var sourceType: String
    package var source: String
    /// Columns or shapes, as the client describes them.
    package var schema: String?
    /// Statistics, as the client describes them.
    package var profile: String?

    package init(
        name: String,
        digest: String,
        sourceType: String,
        source: String,
        schema: String? = nil,
        profile: String? = nil
    ) {
        self.name = name
        self.digest = digest
        self.sourceType = sourceType
        self.source = source
        self.schema = schema
        self.profile = profile
    }
}

/// A dataset as one run uses it.
package struct DatasetUse: Sendable, Hashable {
    package var dataset: Dataset
    /// What the run says of the use, such as the context `train`.
    package var tags: [String: String]

    package init(dataset: Dataset, tags: [String: String]) {
        self.dataset = dataset
        self.tags = tags
    }
}

/// What a run read and made.
package struct RunLinks: Sendable, Hashable {
    package struct Output: Sendable, Hashable {
        package var model: ModelID
        package var step: Int64

        package init(model: ModelID, step: Int64) {
            self.model = model
            self.step = step
        }
    }

    package var datasets: [DatasetUse]
    package var inputModels: [ModelID]
    package var outputModels: [Output]

    package init(
        datasets: [DatasetUse] = [],
        inputModels: [ModelID] = [],
        outputModels: [Output] = []
    ) {
        self.datasets = datasets
        self.inputModels = inputModels
        self.outputModels = outputModels
    }
}
