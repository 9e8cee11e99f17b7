package import Runs

/// Ready options for a table that many people have.
package struct ImportPreset: Sendable {
    package let name: String
    package let title: String
    /// Formulas in the language of `Expression`.
    package let map: [Role: String]
    package let nameColumn: String?
    package let parameterConvention: String?

    package static let all: [ImportPreset] = [
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
    ]
}
