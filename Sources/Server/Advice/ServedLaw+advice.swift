import API
import Foundation
import ScalingLaws

extension ServedLaw {
    /// Answers a question from a stored fit of this law, and says which of the quantities given
    /// change nothing: a law reads those it knows, and nobody should trust the others to matter.
    func adviseTellingUnused(_ question: Question, fit: Data) throws -> Advice {
        guard let type = type as? any AdvisingLaw.Type else {
            return try advise(question, fit: fit)
        }
        return try Self.unusedTold(type, question, fit)
    }

    private static func unusedTold<L: AdvisingLaw>(
        _ law: L.Type,
        _ question: Question,
        _ fit: Data
    ) throws -> Advice {
        let fit = try WireJSON.decoder().decode(L.Fit.self, from: fit)
        var answer = try law.advise(question, from: fit)
        let unused = question.values.keys.filter { field in
            var less = question
            less.values[field] = nil
            do {
                var other = try law.advise(less, from: fit)
                other.question = answer.question
                return other == answer
            } catch {
                return false
            }
        }
        if !unused.isEmpty {
            let names = QuestionRouting.list(Set(unused))
            answer.warnings.append(
                "The answer of the law \(law.card.id) is the same without \(names)."
            )
        }
        return answer
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
