/// The names under which training programs log what the laws need: Hugging Face Trainer, Megatron,
/// torchtitan, nanoGPT, Lightning, and the columns of the Step Law table.
///
/// A name is here only when its unit is beyond doubt. `batch_size` alone is not: it counts
/// sequences per device, per process or per step, depending on the program.
package enum RoleAliases {
    /// Best first; the first is the role's own name.
    package static let names: [Role: [String]] = [
        .parameterCount: [
            "parameterCount", "parameter_count", "n_params", "num_params", "num_parameters",
            "n_parameters", "total_params", "total_parameters", "model_params", "model_parameters",
            "model_size", "model_num_params", "num_trainable_params", "N",
        ],
        .nonEmbeddingParameterCount: [
            "nonEmbeddingParameterCount", "non_embedding_params", "non_embedding_parameters",
            "n_params_non_embedding", "num_non_embedding_params", "num_non_embedding_parameters",
            "nonembedding_params", "params_non_embedding",
        ],
        .activeParameterCount: [
            "activeParameterCount", "active_params", "active_parameters", "n_active_params",
            "num_active_params", "num_active_parameters", "params_active",
        ],
        .tokenCount: [
            "tokenCount", "token_count", "train_tokens", "training_tokens", "max_tokens",
            "total_tokens", "num_tokens", "n_tokens", "tokens", "tokens_seen", "n_tokens_seen",
            "num_input_tokens_seen", "consumed_tokens", "D",
        ],
        .peakLearningRate: [
            "peakLearningRate", "peak_learning_rate", "peak_lr", "max_lr", "max_learning_rate",
            "learning_rate", "learningRate", "lr", "optimizer.lr", "optimizer.learning_rate",
            "optim.lr",
        ],
        .batchTokens: [
            "batchTokens", "batch_tokens", "tokens_per_batch", "tokens_per_step",
            "tokens_per_iter", "global_batch_tokens", "batch_size_tokens", "batch_size_in_tokens",
        ],
        .batchSequences: [
            "batchSequences", "batch_sequences", "global_batch_size", "global_train_batch_size",
            "effective_batch_size", "batch_size_sequences", "sequences_per_step",
        ],
        .sequenceLength: [
            "sequenceLength", "sequence_length", "seq_length", "seq_len", "block_size",
            "max_seq_len", "max_seq_length", "context_length", "context_size", "ctx_len",
        ],
        .stepCount: [
            "stepCount", "step_count", "max_steps", "train_iters", "max_iters", "total_steps",
            "num_train_steps", "training_steps", "training.steps", "total_iters", "ti",
        ],
        .loss: [
            "loss", "train/loss", "train_loss", "training/loss", "loss/train", "train.loss",
            "lm loss", "lm-loss-training/lm loss", "lm_loss", "train/lm_loss",
            "loss_metrics/global_avg_loss", "eval_loss", "eval/loss", "val/loss", "val_loss",
            "valid_loss", "valid/loss", "validation/loss", "validation_loss", "loss/val",
            "smooth loss",
        ],
        .computeFLOPs: [
            "computeFLOPs", "compute_flops", "total_flops", "training_flops", "train_flops",
            "flops", "FLOPs", "total_flos",
        ],
        .totalParameterCount: ["totalParameterCount"],
        .expertCount: [
            "expertCount", "num_experts", "n_experts", "moe_num_experts", "num_local_experts",
            "n_routed_experts",
        ],
        .activeExpertCount: [
            "activeExpertCount", "num_experts_per_tok", "num_experts_per_token", "moe_top_k",
            "moe_router_topk", "n_active_experts",
        ],
        .expertGranularity: ["expertGranularity", "expert_granularity", "granularity"],
        .uniqueTokenCount: [
            "uniqueTokenCount", "unique_tokens", "num_unique_tokens", "n_unique_tokens",
        ],
        .weightDecay: ["weightDecay", "weight_decay", "wd", "optimizer.weight_decay"],
        .adamBeta2: ["adamBeta2", "adam_beta2", "beta2", "optimizer.beta2"],
        .warmupSteps: [
            "warmupSteps", "warmup_steps", "num_warmup_steps", "lr_warmup_steps", "warmup_iters",
            "lr_warmup_iters",
        ],
        .targetLoss: ["targetLoss", "target_loss"],
        .fineTuningTokenCount: ["fineTuningTokenCount", "finetune_tokens", "sft_tokens"],
        .denseTokenCount: ["denseTokenCount", "dense_tokens", "upcycling_dense_tokens"],
        .smallGradientNormSquared: ["smallGradientNormSquared"],
        .gradientNormSquared: ["gradientNormSquared"],
        .smallBatchTokens: ["smallBatchTokens"],
        .modelWidth: [
            "modelWidth", "d_model", "hidden_size", "n_embd", "model_dim", "model.hidden_size",
        ],
    ]

    /// Role and rank of a name; 0 is the best rank.
    static let ranks: [String: (role: Role, rank: Int)] = names.reduce(into: [:]) { table, entry in
        for (rank, name) in entry.value.enumerated() { table[name] = (entry.key, rank) }
    }

    /// Roles that a metric's last value may give; a logged learning rate ends near zero.
    static let givenByMetrics: Set<Role> = [
        .parameterCount, .nonEmbeddingParameterCount, .activeParameterCount, .tokenCount,
        .batchTokens, .loss, .computeFLOPs, .smallGradientNormSquared, .gradientNormSquared,
    ]

    /// Names of the loss on training data, the best known first.
    package static let trainingLosses = (names[.loss] ?? []).filter { name in
        let parts = name.split { !$0.isLetter }
        return !parts.contains { otherParts.contains($0) }
    }

    /// Parts of a dotted name that say that training is not meant.
    static let otherParts: Set<Substring> = ["eval", "val", "valid", "validation", "test"]
}
