import API
import Foundation
import ScalingLaws

extension ServedLaw {
    /// Says which quantities of a question this law does not read, so that nobody trusts them to
    /// matter; nil when it reads all.
    func unused(_ question: Question) -> String? {
        let fields = unread(question)
        guard !fields.isEmpty else { return nil }
        return "The answer of the law \(id) is the same without \(QuestionRouting.list(fields))."
    }

    func unread(_ question: Question) -> Set<Question.Field> {
        guard let type = type as? any AdvisingLaw.Type else { return [] }
        return Set(question.values.keys).subtracting(type.reads)
    }

    /// Laws that can say which runs to do next.
    static let planning = all.filter { $0.type is any PlanningLaw.Type }

    /// Which runs to do next, from a stored fit of this law.
    func plan(_ question: NextRunQuestion, fit: Data) throws -> NextRunPlan {
        guard let type = type as? any PlanningLaw.Type else { throw cannotPlan }
        return try Self.plan(type, question, fit)
    }

    var cannotPlan: APIError {
        let known = Self.planning.map(\.id).joined(separator: ", ")
        return APIError(
            .invalid,
            "The law \(id) plans no runs; \(known.isEmpty ? "none does" : "these do: " + known).",
            field: "law"
        )
    }

    private static func plan<L: PlanningLaw>(
        _ law: L.Type,
        _ question: NextRunQuestion,
        _ fit: Data
    ) throws -> NextRunPlan {
        try law.plan(question, from: WireJSON.decoder().decode(L.Fit.self, from: fit))
    }
}
