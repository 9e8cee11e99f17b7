import Foundation

/// Answers one question about a mixture of experts from one fit.
struct ExpertRateAdvice {
    private let fit: ExpertRateFit
    private let question: Question
    private let total: Double
    private let active: Double
    private let tokens: Double
    private let inputs: [Double]

    init(_ fit: ExpertRateFit, _ question: Question) throws(RecommendError) {
        self.fit = fit
        total = try question.required(.parameters)
        active = try question.required(.activeParameters)
        var question = question
        if question[.tokens] == nil, let flops = question[.flops] {
            question.values[.tokens] = flops / (6 * active)
        }
        self.question = question
        tokens = try question.required(.tokens)
        try Target(parameterCount: total, tokenCount: tokens).check()
        guard 1...total * 1.001 ~= active else {
            throw .invalidTarget(
                field: "activeParameters",
                given: active,
                expected: "a number from 1 to parameters = \(total)"
            )
        }
        inputs = [
            log(total / fit.pivot.totalParameterCount),
            log(active / fit.pivot.activeParameterCount),
            log(tokens / fit.pivot.tokenCount),
        ]
    }

    func answer() throws(RecommendError) -> Advice {
        let rate = interval(\.learningRate, fit.rateMisfit)
        let batch = interval(\.batch, fit.batchMisfit)
        guard 1e-12...1e3 ~= rate.value else {
            throw .outOfRange(field: "peakLearningRate", value: rate.value)
        }
        guard 1...tokens ~= batch.value else {
            throw .outOfRange(field: "batchTokens", value: batch.value)
        }
        func short(_ value: Double) -> String { ConditionalRateAdvice.short(value) }
        return Advice(
            law: fit.law,
            question: question,
            statement: "Train at a peak learning rate of \(short(rate.value)) with"
                + " \(short(batch.value)) tokens per step; chosen on left-out cells:"
                + " \(fit.variant.words).",
            quantities: [
                quantity("peakLearningRate", "Peak learning rate", "1", rate),
                quantity("batchTokens", "Batch", "tokens per step", batch),
            ],
            tables: [variantTable],
            extrapolation: reach,
            rivals: rivals,
            warnings: fit.warnings
        )
    }

    private func interval(
        _ law: KeyPath<ExpertRateFit.Draw, [Double]>,
        _ misfit: Double
    ) -> Interval {
        let logs = fit.interval(misfit: misfit) { ExpertRegression.value($0[keyPath: law], inputs) }
        return Interval(value: exp(logs.value), low: exp(logs.low), high: exp(logs.high))
    }

    private func quantity(
        _ name: String,
        _ title: String,
        _ unit: String,
        _ interval: Interval
    ) -> Advice.Quantity {
        Advice.Quantity(
            name,
            title,
            unit: unit,
            value: interval.value,
            low: interval.low,
            high: interval.high
        )
    }

    private var variantTable: Advice.Table {
        Advice.Table(
            title: "Which count drives what, by regret on left-out cells",
            columns: [
                "learning rate by", "batch by", "estimator", "mean regret (% of loss)",
                "above the chosen (% of loss)", "standard error", "chosen",
            ],
            rows: fit.scores.map { score in
                [
                    .text(score.variant.learningRate.words), .text(score.variant.batch.words),
                    .text(score.estimator.rawValue), .number(score.regret.mean),
                    .number(score.margin), .number(score.marginError),
                    .text(score.isChosen ? "yes" : "no"),
                ]
            }
        )
    }

    private var reach: Advice.Reach {
        func beyond(_ value: Double, _ values: [Double]) -> Double {
            max(log((values.min() ?? value) / value), log(value / (values.max() ?? value)), 0)
        }
        let distance = [
            "parameters": beyond(total, fit.cells.map(\.totalParameterCount)),
            "activeParameters": beyond(active, fit.cells.map(\.activeParameterCount)),
            "tokens": beyond(tokens, fit.cells.map(\.tokenCount)),
        ]
        let far = distance.filter { $0.value > Recommender.hullSlack }
            .sorted { $0.key < $1.key }
        let parts = far.map {
            "\(ConditionalRateAdvice.short(exp($0.value))) times in \($0.key)"
        }
        return Advice.Reach(
            inside: far.isEmpty,
            distance: distance,
            note: far.isEmpty
                ? "Among the counts and tokens of the runs."
                : "Beyond the runs: \(parts.joined(separator: ", "))."
        )
    }

    /// Published rules read the active parameters, as those for mixtures do; and the nearest run.
    private var rivals: [Advice.Rival] {
        let ids: Set = ["step-law-published", "deepseek", "moonlight"]
        let question = PublishedLaw.Question(
            parameterCount: active,
            tokenCount: tokens,
            fittedBatchTokens: interval(\.batch, fit.batchMisfit).value,
            fittedLearningRate: interval(\.learningRate, fit.rateMisfit).value,
            lossNats: nil,
            givenBatchTokens: nil
        )
        let published = PublishedLaws.all.filter { ids.contains($0.id) }.map { law in
            var rival = Advice.Rival(
                id: law.id,
                title: "\(law.title), N = active parameters",
                citation: law.citation,
                quantities: []
            )
            if case .point(let rate?, let batch?) = law.answer(question) {
                rival.quantities = settings(rate, batch)
            }
            return rival
        }
        func distance(_ cell: ExpertRateFit.Cell) -> Double {
            pow(log(cell.totalParameterCount / total), 2)
                + pow(log(cell.activeParameterCount / active), 2)
                + pow(log(cell.tokenCount / tokens), 2)
        }
        let nearest = fit.cells.min { distance($0) < distance($1) }.map { cell in
            Advice.Rival(
                id: "nearest-run",
                title: "Best run of the nearest cell: \(cell.best.runName)",
                citation: "this project",
                quantities: settings(cell.best.peakLearningRate, cell.best.batchTokens)
            )
        }
        return published + [nearest].compactMap(\.self)
    }

    private func settings(_ rate: Double, _ batch: Double) -> [Advice.Quantity] {
        [
            .init("peakLearningRate", "Peak learning rate", unit: "1", value: rate),
            .init("batchTokens", "Batch", unit: "tokens per step", value: batch),
        ]
    }
}
