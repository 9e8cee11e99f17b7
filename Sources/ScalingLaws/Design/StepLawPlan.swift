import Foundation

extension StepLaw: PlanningLaw {
    /// Runs that lower the expected regret of the recommendation at the target most, under a
    /// budget of training compute; beside them the same budget spent evenly.
    package static func plan(
        _ question: NextRunQuestion,
        from fit: StepLawFit
    ) throws(RecommendError) -> NextRunPlan {
        try StepLawPlanner(question, fit).plan()
    }
}

struct StepLawPlanner {
    private let question: NextRunQuestion
    private let fit: StepLawFit
    private let target: Target
    private let design: RunDesign
    private let pool: DesignPool

    init(_ question: NextRunQuestion, _ fit: StepLawFit) throws(RecommendError) {
        guard 1e3...1e40 ~= question.budgetFLOPs else {
            throw .invalidTarget(
                field: "budgetFLOPs",
                given: question.budgetFLOPs,
                expected: "a number from 1e3 to 1e40"
            )
        }
        guard 1...64 ~= question.count else {
            throw .invalidTarget(
                field: "count",
                given: Double(question.count),
                expected: "a number from 1 to 64"
            )
        }
        let parameters = try question.target.required(.parameters)
        let tokens = question.target[.tokens] ?? question.target[.flops].map { $0 / 6 / parameters }
        guard let tokens else {
            throw .missing(field: "tokens", meaning: Question.Field.tokens.meaning)
        }
        target = Target(
            parameterCount: parameters,
            tokenCount: tokens,
            batchTokens: question.target[.batchTokens]
        )
        self.question = question
        self.fit = fit
        design = try RunDesign(fit, target: target)
        pool = DesignPool(fit: fit, target: target, budget: question.budgetFLOPs)
    }

    func plan() throws(RecommendError) -> NextRunPlan {
        let points = pool.points()
        guard !points.isEmpty else {
            let least = fit.cells.map { 6 * $0.parameterCount * $0.tokenCount }.min() ?? 0
            throw .refused(
                field: "budgetFLOPs",
                reason: "A budget of \(question.budgetFLOPs) FLOPs pays for no run at the sizes and"
                    + " token counts that were swept; the smallest costs \(least) FLOPs."
            )
        }
        var search = DesignSearch(
            design,
            budgetFLOPs: question.budgetFLOPs,
            count: question.count
        )
        let choices = search.choose(from: points)
        let before = design.expectedRegretPercent
        let after = choices.last?.after ?? before
        return NextRunPlan(
            law: StepLaw.card.id,
            question: question,
            runs: runs(choices, from: before),
            totalFLOPs: choices.reduce(0) { $0 + $1.point.flops },
            criterion: target.batchTokens == nil
                ? "expected regret of the recommended learning rate and batch at the target,"
                    + " % of loss"
                : "expected regret of the recommended learning rate at the given batch, % of loss",
            before: before,
            after: after,
            baselineAfter: baseline(),
            baselineTitle: "The same budget and number of runs spread evenly over sizes and tokens",
            warnings: warnings(choices)
        )
    }

    private func runs(_ choices: [DesignSearch.Choice], from before: Double) -> [PlannedRun] {
        let gain = max(before - (choices.last?.after ?? before), 1e-300)
        var known = before
        return choices.map { choice in
            let share = (known - choice.after) / gain
            known = choice.after
            return PlannedRun(
                parameterCount: choice.point.parameterCount,
                tokenCount: choice.point.tokenCount,
                peakLearningRate: Self.rounded(choice.point.peakLearningRate),
                batchTokens: choice.point.batchTokens,
                flops: choice.point.flops,
                gainShare: share,
                reason: reason(choice.point)
            )
        }
    }

    /// Three significant digits.
    private static func rounded(_ value: Double) -> Double {
        let power = pow(10, (log10(value)).rounded(.down) - 2)
        return (value / power).rounded() * power
    }

    private func reason(_ point: DesignPoint) -> String {
        let (n, d) = fit.coordinates(
            Target(parameterCount: point.parameterCount, tokenCount: point.tokenCount)
        )
        let center = fit.bowlCenter(n: n, d: d)
        let y = log(point.batchTokens) - center.y
        let u = log(point.peakLearningRate) - center.x - fit.surface.bowl.ridge(y)
        let isNew = !fit.cells.contains { cell in
            abs(log(cell.parameterCount / point.parameterCount))
                + abs(log(cell.tokenCount / point.tokenCount)) < 0.03
        }
        func factor(_ logarithm: Double) -> String { String(format: "%.2f", exp(logarithm)) }
        return (isNew ? "a new size or token count" : "a size and token count already swept")
            + "; \(factor(u)) times the best rate for its batch, \(factor(y)) times the best batch"
    }

    /// Cells in even steps over the affordable ones, offsets in turn, whatever fits the budget.
    private func baseline() -> Double? {
        let cells = Dictionary(grouping: pool.points()) { [$0.parameterCount, $0.tokenCount] }
            .values.sorted { $0[0].flops < $1[0].flops }
        guard !cells.isEmpty else { return nil }
        var design = design
        var left = question.budgetFLOPs
        var made = 0
        var random = SplitMix64(seed: question.seed)
        let each = question.budgetFLOPs / Double(question.count)
        let affordable = cells.filter { $0[0].flops <= max(each, cells[0][0].flops) }
        for index in 0..<question.count {
            let place = Double(index) + 0.5
            let step = Int(place / Double(question.count) * Double(affordable.count))
            let cell = affordable[min(step, affordable.count - 1)]
            let point = cell[random.index(below: cell.count)]
            guard point.flops <= left else { continue }
            design.add(point)
            left -= point.flops
            made += 1
        }
        return made > 0 ? design.expectedRegretPercent : nil
    }

    private func warnings(_ choices: [DesignSearch.Choice]) -> [String] {
        var warnings: [String] = []
        if choices.count < question.count {
            warnings.append(
                "Only \(choices.count) of \(question.count) runs are proposed: further ones would"
                    + " exceed the budget or add nothing."
            )
        }
        let far = hypot(design.target.n, design.target.d)
        if !fit.surface.isConverged || far > 2 * Recommender.farDistance {
            warnings.append(
                "The target is far from the runs or the surface did not converge: expected gains are"
                    + " rough, their order is not."
            )
        }
        return warnings
    }
}
