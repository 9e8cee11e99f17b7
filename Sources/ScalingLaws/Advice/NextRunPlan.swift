/// A law that can say which further runs would teach it most for their price.
package protocol PlanningLaw: Law {
    static func plan(
        _ question: NextRunQuestion,
        from fit: Fit
    ) throws(RecommendError) -> NextRunPlan
}

/// What the next runs may cost, and which answer they are to improve.
package struct NextRunQuestion: Sendable, Hashable, Codable {
    /// Training compute of all runs together.
    package var budgetFLOPs: Double
    /// Runs wanted, 1 … 64.
    package var count: Int
    /// The question whose answer is to become surer, such as a target size and token count.
    package var target: Question
    package var seed: UInt64

    package init(budgetFLOPs: Double, count: Int, target: Question, seed: UInt64 = 1) {
        self.budgetFLOPs = budgetFLOPs
        self.count = count
        self.target = target
        self.seed = seed
    }
}

/// A batch of runs worth paying for, dearest information first.
package struct NextRunPlan: Sendable, Hashable, Codable {
    package var law: String
    package var question: NextRunQuestion
    package var runs: [PlannedRun]
    package var totalFLOPs: Double
    /// What the runs are judged by: "90 % interval of ln LR* at the target", "expected regret".
    package var criterion: String
    /// The criterion now and as expected after the runs, in the same unit; lower is better.
    package var before: Double
    package var after: Double
    /// The same budget spent on a plain rule, such as evenly spread runs.
    package var baselineAfter: Double?
    package var baselineTitle: String?
    package var warnings: [String]
    /// Filled by the server.
    package var provenance: Advice.Provenance?

    package init(
        law: String,
        question: NextRunQuestion,
        runs: [PlannedRun],
        totalFLOPs: Double,
        criterion: String,
        before: Double,
        after: Double,
        baselineAfter: Double? = nil,
        baselineTitle: String? = nil,
        warnings: [String] = []
    ) {
        self.law = law
        self.question = question
        self.runs = runs
        self.totalFLOPs = totalFLOPs
        self.criterion = criterion
        self.before = before
        self.after = after
        self.baselineAfter = baselineAfter
        self.baselineTitle = baselineTitle
        self.warnings = warnings
    }
}

/// One run to launch; nil for what the law does not decide.
package struct PlannedRun: Sendable, Hashable, Codable {
    package var parameterCount: Double
    package var tokenCount: Double
    package var peakLearningRate: Double?
    package var batchTokens: Double?
    package var flops: Double
    /// Share of the plan's gain that this run adds when the runs before it are done.
    package var gainShare: Double
    package var reason: String

    package init(
        parameterCount: Double,
        tokenCount: Double,
        peakLearningRate: Double? = nil,
        batchTokens: Double? = nil,
        flops: Double,
        gainShare: Double,
        reason: String
    ) {
        self.parameterCount = parameterCount
        self.tokenCount = tokenCount
        self.peakLearningRate = peakLearningRate
        self.batchTokens = batchTokens
        self.flops = flops
        self.gainShare = gainShare
        self.reason = reason
    }
}
