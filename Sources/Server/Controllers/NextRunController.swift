import API
import Hummingbird
import ScalingLaws

/// Which runs to pay for next.
struct NextRunController: Sendable {
    let dependencies: AppDependencies

    func addRoutes(to router: Router<IsolossRequestContext>) {
        router.on(Endpoints.nextRuns) { request, _ in
            try await plan(QueryParameters(request))
        }
    }

    private func plan(_ query: QueryParameters) async throws -> Response {
        let own: Set = ["project", "law", "fit", "budgetFLOPs", "count", "seed"]
        var target = try Question(query, besides: own)
        guard let budget = try query.positiveNumber("budgetFLOPs") else {
            throw APIError(
                .invalid,
                "The parameter budgetFLOPs is missing: the compute that all runs may take together.",
                field: "budgetFLOPs"
            )
        }
        let count = try query.integer("count", in: 1...64) ?? 8
        let seed = try query.integer("seed", in: 0...Int64.max) ?? 1
        let service = FitService(dependencies: dependencies)
        let (record, choice) = try await service.record(query, asking: target) {
            law throws(APIError) in
            if !ServedLaw.planning.contains(where: { $0.id == law.id }) { throw law.cannotPlan }
            if law.id == ServedLaw.stepLaw.id { target = try Self.sized(target, query) }
        }
        let question = NextRunQuestion(
            budgetFLOPs: budget,
            count: Int(count),
            target: target,
            seed: UInt64(seed)
        )
        let advisor = Advisor(record: record, thread: dependencies.advice, choice: choice)
        var plan = try await advisor.plan(question)
        if let stale = try await service.staleWarning(record) { plan.warnings.append(stale) }
        return try RecommendationController.response(plan)
    }

    /// With the model size and tokens that a budget of FLOPs leaves open.
    private static func sized(
        _ asked: Question,
        _ query: QueryParameters
    ) throws(APIError) -> Question {
        let target = try RecommendationController.stepLawTarget(asked, query)
        var question = asked
        question.values[.flops] = nil
        question.values[.parameters] = target.parameterCount
        question.values[.tokens] = target.tokenCount
        return question
    }
}
