import Foundation

/// Answers one question about the learning rate at a batch from one fit.
struct ConditionalRateAdvice {
    let fit: ConditionalRateFit
    let question: Question
    let target: Target
    let batch: Double
    private let n: Double
    private let d: Double
    private let logBatch: Double

    init(_ fit: ConditionalRateFit, _ question: Question) throws(RecommendError) {
        let parameters = try question.required(.parameters)
        batch = try question.required(.batchTokens)
        var question = question
        if question[.tokens] == nil, let flops = question[.flops] {
            question.values[.tokens] = flops / (6 * parameters)
        }
        let tokens = try question.required(.tokens)
        target = Target(parameterCount: parameters, tokenCount: tokens, batchTokens: batch)
        try target.check()
        self.fit = fit
        self.question = question
        n = log(parameters / fit.pivot.parameterCount)
        d = log(tokens / fit.pivot.tokenCount)
        logBatch = log(batch)
        guard 1e-12...1e3 ~= exp(fit.rate.logRate(n: n, d: d, logBatch: logBatch)) else {
            throw .outOfRange(
                field: "peakLearningRate",
                value: exp(fit.rate.logRate(n: n, d: d, logBatch: logBatch))
            )
        }
    }

    private var logOptimalBatch: Double { optimalBatch(fit.batch) }

    private func optimalBatch(_ law: [Double]) -> Double { law[0] + law[1] * n + law[2] * d }

    func answer() -> Advice {
        let rate = fit.rate.logRate(n: n, d: d, logBatch: logBatch)
        let slope = fit.rate.localSlope(n: n, d: d, logBatch: logBatch)
        let rounded = (slope * 100).rounded() / 100
        let ratio = exp(logBatch - logOptimalBatch)
        return Advice(
            law: fit.law,
            question: question,
            statement: "At \(batch) tokens per step, \(Self.short(ratio)) times the optimal batch,"
                + " train at a peak learning rate of \(Self.short(exp(rate))); around here it moves"
                + " as the batch to the power \(rounded).",
            quantities: quantities(rate),
            tables: [batchTable(rate)],
            extrapolation: reach,
            rivals: rivals(rate),
            warnings: fit.warnings + farWarnings(ratio)
        )
    }

    /// Three significant digits, for sentences.
    static func short(_ value: Double) -> String { String(format: "%.3g", value) }

    // MARK: quantities

    private func quantities(_ rate: Double) -> [Advice.Quantity] {
        func interval(
            _ value: (ConditionalRateFit.Draw) -> Double,
            scale: (Double) -> Double = { exp($0) }
        ) -> Interval {
            let own = ConditionalRateFit.Draw(
                rate: fit.rate,
                batch: fit.batch,
                logKnee: fit.logKnee
            )
            let known = fit.spread(value(own), fit.draws.map(value))
            return Interval(
                value: scale(known.value),
                low: scale(known.low),
                high: scale(known.high)
            )
        }
        let best = interval { $0.rate.logRate(n: n, d: d, logBatch: logBatch) }
        let slope = interval(
            { $0.rate.localSlope(n: n, d: d, logBatch: logBatch) },
            scale: { $0 }
        )
        let optimal = interval { optimalBatch($0.batch) }
        let atOptimal = interval {
            $0.rate.logRate(n: n, d: d, logBatch: optimalBatch($0.batch))
        }
        return [
            quantity("peakLearningRate", "Peak learning rate at this batch", "1", best),
            quantity("localSlope", "d ln LR / d ln B at this batch", "1", slope),
            quantity("optimalBatchTokens", "Optimal batch", "tokens per step", optimal),
            quantity(
                "peakLearningRateAtOptimalBatch",
                "Peak learning rate at the optimal batch",
                "1",
                atOptimal
            ),
        ]
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

    // MARK: what plain scaling would cost

    /// ln of loss lost by a rate at this batch, by the bowl of the runs.
    private func excess(_ logRate: Double, _ best: Double) -> Double {
        let well = Bowl.well(fit.bowl.learningRateSkew, logRate - best)
        return fit.bowl.learningRateCurvature * well
    }

    private func percent(_ excess: Double) -> Double { 100 * expm1(min(max(excess, 0), 3)) }

    /// The law beside linear and square-root scaling from its own optimal batch.
    private func batchTable(_ rate: Double) -> Advice.Table {
        let atOptimal = fit.rate.logRate(n: n, d: d, logBatch: logOptimalBatch)
        let offsets = [-3, -2, -1, 0, 1, 2, 3].map { Double($0) * log(2) }
        let rows: [[Advice.Cell]] = offsets.map { offset in
            let y = logOptimalBatch + offset
            let best = fit.rate.logRate(n: n, d: d, logBatch: y)
            let (linear, root) = (atOptimal + offset, atOptimal + offset / 2)
            return [
                .number(exp(y)), .number(exp(best)),
                .number(fit.rate.localSlope(n: n, d: d, logBatch: y)),
                .number(exp(linear)), .number(percent(excess(linear, best))),
                .number(exp(root)), .number(percent(excess(root, best))),
            ]
        }
        return Advice.Table(
            title: "Learning rate by batch, and what plain scaling from the optimal batch costs",
            columns: [
                "batch (tokens per step)", "peak learning rate", "d ln LR / d ln B",
                "linear scaling", "its cost (% of loss)", "square-root scaling",
                "its cost (% of loss)",
            ],
            rows: rows
        )
    }

    private func rivals(_ rate: Double) -> [Advice.Rival] {
        let question = PublishedLaw.Question(
            parameterCount: target.parameterCount,
            tokenCount: target.tokenCount,
            fittedBatchTokens: exp(logOptimalBatch),
            fittedLearningRate: exp(rate),
            lossNats: nil,
            givenBatchTokens: batch,
            reference: reference
        )
        let ids: Set = [
            "linear-scaling", "sqrt-scaling", "power-scheduler", "bjorck", "step-law-published",
        ]
        return PublishedLaws.all.filter { ids.contains($0.id) }.map { law in
            rival(law, question, rate)
        }
    }

    private func rival(
        _ law: PublishedLaw,
        _ question: PublishedLaw.Question,
        _ best: Double
    ) -> Advice.Rival {
        var rival = Advice.Rival(
            id: law.id,
            title: law.title,
            citation: law.citation,
            quantities: []
        )
        switch law.answer(question) {
        case .refused(let reason): rival.refused = reason
        case .point(let rate, _):
            guard let rate, 1e-300...1e300 ~= rate else {
                rival.refused = "it gives no usable learning rate here"
                return rival
            }
            let cost = excess(log(rate), best)
            rival.quantities = [
                .init("peakLearningRate", "Peak learning rate", unit: "1", value: rate),
                .init("lossPercent", "Loss above the law's", unit: "%", value: percent(cost)),
            ]
            rival.extraComputePercent = fit.lossTokenSlope.flatMap { slope in
                let extra = cost / -slope
                return extra < 3 ? 100 * expm1(extra) : nil
            }
        }
        return rival
    }

    private var reference: PublishedLaw.Reference? {
        func distance(_ cell: StepLawFit.Pivot) -> Double {
            hypot(
                log(cell.parameterCount / target.parameterCount),
                log(cell.tokenCount / target.tokenCount)
            )
        }
        let cells = fit.bestRunCells
        guard let nearest = cells.indices.min(by: { distance(cells[$0]) < distance(cells[$1]) }),
            fit.bestRuns.indices.contains(nearest)
        else { return nil }
        let run = fit.bestRuns[nearest]
        return .init(
            runName: run.runName,
            tokenCount: cells[nearest].tokenCount,
            peakLearningRate: run.peakLearningRate,
            batchTokens: run.batchTokens
        )
    }

    // MARK: how far

    private var reach: Advice.Reach {
        func beyond(_ value: Double, _ bounds: Bounds) -> Double {
            max(log(bounds.low / value), log(value / bounds.high), 0)
        }
        let distance = [
            "parameters": beyond(target.parameterCount, fit.domain.parameterCount),
            "tokens": beyond(target.tokenCount, fit.domain.tokenCount),
            "batch": beyond(exp(logBatch - logOptimalBatch), fit.domain.batchOverOptimal),
        ]
        let far = distance.filter { $0.value > 0.02 }.sorted { $0.key < $1.key }
        let parts = far.map { "\(Self.short(exp($0.value))) times in \($0.key)" }
        return Advice.Reach(
            inside: far.isEmpty,
            distance: distance,
            note: far.isEmpty
                ? "Among the sizes, token counts and batches (over the optimal one) of the runs."
                : "Beyond the runs: \(parts.joined(separator: ", "))."
        )
    }

    private func farWarnings(_ ratio: Double) -> [String] {
        let swept = fit.domain.batchOverOptimal
        guard !(swept.low...max(swept.low, swept.high) ~= ratio) else { return [] }
        return [
            "The batch is \(Self.short(ratio)) times the optimal one; the runs cover"
                + " \(Self.short(swept.low)) to \(Self.short(swept.high)) times."
        ]
    }
}
