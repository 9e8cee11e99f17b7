package import Runs

/// Ready options for a table that many people have.
package struct ImportPreset: Sendable {
    package let name: String
    package let title: String
    /// Formulas in the language of `Expression`.
    package let map: [Role: String]
    package let nameColumn: String?
    package let parameterConvention: String?
    package let mixtures: MixtureImportOptions

    package static let all: [ImportPreset] =
        [
            ImportPreset(
                name: "step-law",
                title: "The public table of dense runs of the Step Law paper (arXiv:2503.04715)",
                map: [
                    .parameterCount: "N",
                    .tokenCount: "D",
                    .peakLearningRate: "lr",
                    .batchTokens: "bs*2048",
                    .batchSequences: "bs",
                    .sequenceLength: "2048",
                    .stepCount: "ti",
                    .loss: "\"smooth loss\"",
                ],
                nameColumn: "exp_name",
                parameterConvention: "nonEmbedding"
            ),
            ImportPreset(
                name: "critical-batch",
                title: "The public table of steps to a target loss by batch (arXiv:2410.21676)",
                map: [
                    .parameterCount: "parameters_millions*1e6",
                    .targetLoss: "target_loss",
                    .batchTokens: "batch_sequences*sequence_length",
                    .batchSequences: "batch_sequences",
                    .sequenceLength: "sequence_length",
                    .stepCount: "steps_to_target",
                    .loss: "target_loss",
                ],
                nameColumn: nil,
                parameterConvention: "nonEmbedding"
            ),
        ] + mixturePresets

    private static let mixturePresets: [ImportPreset] = [
        ImportPreset(
            name: "regmix",
            title: "The two tables of RegMix (arXiv:2407.01492), joined by index",
            mixtures: MixtureImportOptions(join: "index", metricUnit: "nats per token")
        ),
        ImportPreset(
            name: "olmix",
            title: "The two tables of Olmix (arXiv:2602.12237), joined by run",
            mixtures: MixtureImportOptions(join: "run", metricUnit: "bits per byte")
        ),
        ImportPreset(
            name: "joint-mixtures",
            title: "One table of checkpoints with weight_<domain>, model_size, n_tokens, *_loss",
            map: [.parameterCount: "model_size", .tokenCount: "n_tokens"],
            mixtures: MixtureImportOptions(
                sharePrefix: "weight_",
                metricSuffix: "_loss",
                metricUnit: "nats per token"
            )
        ),
        ImportPreset(
            name: "mixture-accuracies",
            title: "One table of trainings with ratio_<domain> and accuracies metric_<task>",
            mixtures: MixtureImportOptions(
                sharePrefix: "ratio_",
                metricPrefix: "metric_",
                isHigherBetter: true
            )
        ),
    ]

    init(
        name: String,
        title: String,
        map: [Role: String] = [:],
        nameColumn: String? = nil,
        parameterConvention: String? = nil,
        mixtures: MixtureImportOptions = MixtureImportOptions()
    ) {
        self.name = name
        self.title = title
        self.map = map
        self.nameColumn = nameColumn
        self.parameterConvention = parameterConvention
        self.mixtures = mixtures
    }
}
