package import API
package import ScalingLaws

/// Which law answers a question that names none: the first row whose quantities are all given.
/// `docs/questions.md` shows the same table to people.
package enum QuestionRouting {
    package struct Route: Sendable, Hashable {
        package var given: Set<Question.Field>
        package var law: String
        /// What is asked, in a practitioner's words.
        package var question: String

        init(_ given: Set<Question.Field>, _ law: String, _ question: String) {
            self.given = given
            self.law = law
            self.question = question
        }
    }

    /// The more a row asks for, the earlier it stands.
    package static let routes: [Route] = [
        Route(
            [.denseTokens],
            "upcycling",
            "whether to turn a dense model into experts or to train from scratch"
        ),
        Route(
            [.parameters, .fineTuningTokens],
            "fine-tuning-joint",
            "loss of a model of this size after fine-tuning"
        ),
        Route([.fineTuningTokens], "rectified", "loss after fine-tuning on so many tokens"),
        Route([.uniqueTokens], "data-constrained", "what repeated data is worth"),
        Route(
            [.parameters, .activeParameters],
            "step-law-experts",
            "peak learning rate and batch of a mixture of experts, by its two sizes"
        ),
        Route([.experts], "moe-joint", "loss and size with so many experts"),
        Route([.memoryBytes], "moe-joint", "experts and active size that fit into memory"),
        Route([.activeParameters], "moe-joint", "experts and tokens for an active size"),
        Route(
            [.wastePercent],
            "critical-batch",
            "largest batch that wastes no more tokens than that"
        ),
        Route([.tokensPerSecond], "critical-batch", "time and price of batches on a cluster"),
        Route([.devices], "critical-batch", "time and price of batches on a cluster"),
        Route([.maximumBatchTokens], "critical-batch", "batch under the cluster's largest"),
        Route([.steps], "annealing", "loss under other schedules of the learning rate"),
        Route([.learningRate], "annealing", "loss under other schedules of that peak"),
        Route([.targetLoss], "chinchilla", "least compute that reaches a loss"),
        Route(
            [.inferenceTokens],
            "chinchilla",
            "model size and tokens when the model is to be served"
        ),
        Route(
            [.parameters, .tokens],
            "step-law",
            "peak learning rate and batch for a model size and token count; with"
                + " batchTokens the rate for that batch"
        ),
        Route(
            [.parameters, .flops],
            "step-law",
            "peak learning rate and batch for a model size and compute budget"
        ),
        Route(
            [.tokens, .flops],
            "step-law",
            "peak learning rate and batch for a token count and compute budget"
        ),
        Route([.flops], "chinchilla", "model size and tokens for a compute budget"),
        Route([.parameters], "chinchilla", "tokens for a model size"),
        Route([.tokens], "chinchilla", "model size for a token count"),
    ]

    package static func law(for asked: Question) throws(APIError) -> ServedLaw {
        let given = Set(asked.values.keys)
        let served = Set(ServedLaw.all.map(\.id))
        let route = routes.first { $0.given.isSubset(of: given) && served.contains($0.law) }
        guard let route else {
            throw APIError(
                .invalid,
                given.isEmpty
                    ? "The question is missing: nothing says what is to be trained."
                    : "No law is meant for a question with \(Self.list(given)) alone.",
                hint: "Give for example parameters=430M&tokens=8B, or flops=1e21, or name a law.",
                field: given.map(\.rawValue).min() ?? "parameters"
            )
        }
        return try ServedLaw(parsing: route.law)
    }

    static func list(_ fields: Set<Question.Field>) -> String {
        fields.map(\.rawValue).sorted().joined(separator: ", ")
    }
}

extension Question {
    /// What a query asks. Counts may have a suffix; names that mean nothing here are refused, so
    /// that a misspelt quantity never goes unnoticed.
    /// - Parameter besides: the names of the query that are no quantities.
    init(_ query: QueryParameters, besides: Set<String>) throws(APIError) {
        self.init()
        for name in query.names where !besides.contains(name) && Field(rawValue: name) == nil {
            let known = Field.allCases.map(\.rawValue).joined(separator: ", ")
            throw APIError(
                .invalid,
                "There is no quantity \(name.prefix(80)); a question may name \(known).",
                field: String(name.prefix(80))
            )
        }
        for field in Field.allCases {
            if let value = try query.positiveNumber(field.rawValue) { values[field] = value }
        }
    }
}
