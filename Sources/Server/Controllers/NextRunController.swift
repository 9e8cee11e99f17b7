import API
import Hummingbird
import Runs
import ScalingLaws

/// Which runs to pay for next.
struct NextRunController: Sendable {
    let dependencies: AppDependencies

    func addRoutes(to router: Router<IsolossRequestContext>) {
        router.on(Endpoints.nextRuns) { request, _ in
            try await plan(QueryParameters(request))
        }
        router.on(Endpoints.firstRuns) { request, _ in
            try await first(QueryParameters(request))
        }
    }

    /// For a project whose runs a law cannot be fitted on yet.
    private func first(_ query: QueryParameters) async throws -> Response {
        let project = try await dependencies.lookup.project(query.required("project"))
        let law = try ServedLaw(parsing: query.text("law") ?? ServedLaw.stepLaw.id)
        let size = try query.positiveNumber("parameters")
        let tokens = try query.positiveNumber("tokens")
        // What is known of a critical batch's runs is what Step Law reads of them.
        let card = law.id == CriticalBatch.card.id ? StepLaw.card : law.card
        let known = try await FitData(store: dependencies.store)
            .observations(project.id, card).observations
        let largest = known.map(\.parameterCount).filter { $0.isFinite && $0 > 0 }.max()
        let target = FirstRuns.Target(
            parameterCount: size ?? largest.map { 4 * $0 } ?? Self.firstParameterCount,
            tokenCount: size == nil ? nil : tokens
        )
        let runs = FirstRuns(target: target, beside: known).plan(for: law.card)
        return try RecommendationController.response(FirstRunPlan(law: law.id, runs: runs))
    }

    /// Its grids are small enough for one accelerator and large enough to teach.
    private static let firstParameterCount = 3e8

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

/// Answer of `GET /api/v1/first-runs`.
struct FirstRunPlan: Encodable {
    var law: String
    var runs: [FirstRuns.Run]
    var totalFLOPs: Double
    /// Why there are none.
    var reason: String?

    /// `runs` nil: the law's runs differ in more than a plan can say.
    init(law: String, runs: [FirstRuns.Run]?) {
        self.law = law
        self.runs = runs ?? []
        totalFLOPs = self.runs.reduce(0) { $0 + $1.flops }
        if runs == nil {
            reason = "Runs of \(law) differ in more than size, tokens, learning rate and batch."
        } else if self.runs.isEmpty {
            reason = "The project has all runs of such a plan already."
        }
    }
}
