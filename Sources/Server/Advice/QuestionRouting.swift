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
    }

    /// The more a row asks for, the earlier it stands.
    package static let routes: [Route] = [
        Route(
            given: [.parameters, .tokens],
            law: "step-law",
            question: "peak learning rate and batch for a model size and token count"
        ),
        Route(
            given: [.parameters, .flops],
            law: "step-law",
            question: "peak learning rate and batch for a model size and compute budget"
        ),
        Route(
            given: [.tokens, .flops],
            law: "step-law",
            question: "peak learning rate and batch for a token count and compute budget"
        ),
        Route(
            given: [.flops],
            law: "chinchilla",
            question: "model size and tokens for a compute budget"
        ),
        Route(given: [.parameters], law: "chinchilla", question: "tokens for a model size"),
        Route(given: [.tokens], law: "chinchilla", question: "model size for a token count"),
    ]

    package static func law(for asked: Question) throws(APIError) -> ServedLaw {
        let given = Set(asked.values.keys)
        guard let route = routes.first(where: { $0.given.isSubset(of: given) }) else {
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
