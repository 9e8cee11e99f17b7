import Foundation

extension CriticalBatch: AdvisingLaw {
    package static var reads: Set<Question.Field> { BatchAdvisor.reads }

    /// Answers from the group that the question names, else from the law over size, tokens or loss.
    ///
    /// `tokens` are those that a small batch would need (E_min); `wastePercent` is 20 unless given.
    package static func advise(
        _ question: Question,
        from fit: CriticalBatchFit
    ) throws(RecommendError) -> Advice {
        try BatchAdvisor.check(question)
        let choice = try BatchChoice(question, fit)
        let advisor = try BatchAdvisor(choice.tradeOff, question)
        var tables = advisor.tables()
        var warnings = choice.warnings + advisor.warnings()
        switch ramp(advisor, fit, choice) {
        case .success(let ramp):
            tables.append(ramp.table())
            warnings.append(ramp.note)
        case .failure(let refusal): warnings.append("No batch ramp: " + refusal.reason)
        }
        return Advice(
            law: card.id,
            question: advisor.question,
            statement: advisor.statement,
            quantities: advisor.quantities() + [choice.overhead].compactMap { $0 },
            tables: tables,
            extrapolation: choice.reach,
            rivals: BatchRivals(
                tradeOff: choice.tradeOff,
                question: advisor.question,
                fit: fit
            ).all(),
            warnings: warnings
        )
    }

    private struct Refusal: Error { var reason: String }

    private static func ramp(
        _ advisor: BatchAdvisor,
        _ fit: CriticalBatchFit,
        _ choice: BatchChoice
    ) -> Result<BatchRamp, Refusal> {
        guard let law = fit.powerLaw(.ratio, over: .tokens), let exponent = law.exponent else {
            let reason = fit.powerLaws.first { $0.definition == .ratio && $0.input == .tokens }?
                .refused
            return .failure(Refusal(reason: reason ?? "there is no law over tokens."))
        }
        guard let tokens = choice.tradeOff.hyperbola?.minimumTokens else {
            return .failure(Refusal(reason: "give tokens, over which the batch is to grow."))
        }
        let ramp = BatchRamp(
            criticalBatch: choice.tradeOff.criticalBatch.value,
            exponent: exponent.value,
            tokens: tokens,
            share: min((advisor.question[.wastePercent] ?? 20) / 100, 1)
        )
        guard let ramp else {
            let value = BatchText.number(exponent.value)
            return .failure(
                Refusal(
                    reason: "B_crit grows as tokens^\(value); a ramp needs a power of 0.05 to 0.95."
                )
            )
        }
        return .success(ramp)
    }
}

/// Where an answer's critical batch comes from.
struct BatchChoice {
    var tradeOff: BatchTradeOff
    /// The critical batch by overhead.
    var overhead: Advice.Quantity?
    var reach: Advice.Reach
    var warnings: [String] = []

    init(_ question: Question, _ fit: CriticalBatchFit) throws(RecommendError) {
        let matching = Self.matching(question, fit.groups)
        if let group = matching.first {
            self.init(group, question, fit)
            return
        }
        if let size = question[.parameters], let tokens = question[.tokens],
            let law = fit.jointLaws.first(where: { $0.definition == .ratio }),
            let batch = law.batch(parameters: size, tokens: tokens)
        {
            try self.init(law, size, tokens, batch, question, fit)
            return
        }
        for (input, field) in [
            (BatchPowerLaw.Input.parameters, Question.Field.parameters),
            (.tokens, .tokens), (.targetLoss, .targetLoss),
        ] {
            guard let value = question[field], let law = fit.powerLaw(.ratio, over: input),
                let batch = law.batch(at: value)
            else { continue }
            try self.init(law, at: value, batch, question, fit)
            return
        }
        throw Self.refusal(question, fit)
    }

    /// Groups of the asked size and target; the hardest target first. Without either, the only
    /// group.
    private static func matching(
        _ question: Question,
        _ groups: [CriticalBatchFit.Group]
    ) -> [CriticalBatchFit.Group] {
        guard question[.parameters] != nil || question[.targetLoss] != nil else {
            let isOpen = question[.tokens] == nil || groups.count == 1
            return groups.count == 1 && isOpen ? groups : []
        }
        return groups.filter { group in
            let size = question[.parameters].map { asked in
                group.parameters.map { abs(log($0 / asked)) < 0.02 } ?? false
            }
            let target = question[.targetLoss].map { abs(log(group.targetLoss / $0)) < 0.005 }
            return (size ?? true) && (target ?? true)
        }
        .sorted { $0.targetLoss < $1.targetLoss }
    }

    private init(
        _ group: CriticalBatchFit.Group,
        _ question: Question,
        _ fit: CriticalBatchFit
    ) {
        tradeOff = BatchTradeOff(group: group)
        overhead = Self.overhead(group.overheadBatchTokens, fit)
        reach = Self.reach([:], "The question is one of the groups of runs.")
        if let tokens = question[.tokens] {
            let least = group.minimumTokens.value
            tradeOff = BatchTradeOff(
                criticalBatch: group.criticalBatchTokens,
                logDraws: group.draws.map { $0[1] },
                tokens: tokens,
                origin: "the runs of " + CriticalBatchFit.label(group)
            )
            if abs(log(tokens / least)) > log(1.3) {
                warnings.append(
                    "The group's target takes \(BatchText.tokens(least)) tokens; critical batches"
                        + " tend to grow with tokens, and this one is the group's."
                )
            }
        }
        addBatchReach(question, fit)
    }

    private init(
        _ law: BatchPowerLaw,
        at value: Double,
        _ batch: Interval,
        _ question: Question,
        _ fit: CriticalBatchFit
    ) throws(RecommendError) {
        guard batch.value.isNormal, batch.low.isFinite, batch.high.isFinite, let pivot = law.pivot
        else { throw .outOfRange(field: "criticalBatchTokens", value: batch.value) }
        let x = log(value / pivot)
        let exponent = law.exponent?.value ?? 0
        tradeOff = BatchTradeOff(
            criticalBatch: batch,
            logDraws: law.draws.map { $0[0] + $0[1] * x },
            tokens: question[.tokens],
            origin: "the law over \(law.input.title), exponent \(BatchText.number(exponent))"
        )
        overhead =
            fit.powerLaw(.overhead, over: law.input)?.batch(at: value)
            .map { Self.overhead($0, fit) }
        let outside = law.domain.map { Self.distance(value, $0) } ?? 0
        let distance = [law.input.rawValue: outside]
        reach = Self.reach(
            distance,
            outside == 0
                ? "Between the groups of runs."
                : "Outside the groups of runs by a factor of \(BatchText.number(exp(outside))) in"
                    + " \(law.input.title)."
        )
        if outside > log(10) {
            warnings.append("More than a factor of 10 outside the runs: treat it as a guess.")
        }
        addBatchReach(question, fit)
    }

    private init(
        _ law: BatchJointLaw,
        _ size: Double,
        _ tokens: Double,
        _ batch: Interval,
        _ question: Question,
        _ fit: CriticalBatchFit
    ) throws(RecommendError) {
        guard batch.value.isNormal, batch.low.isFinite, batch.high.isFinite,
            let pivotSize = law.pivotParameters, let pivotTokens = law.pivotTokens
        else { throw .outOfRange(field: "criticalBatchTokens", value: batch.value) }
        let (n, d) = (log(size / pivotSize), log(tokens / pivotTokens))
        tradeOff = BatchTradeOff(
            criticalBatch: batch,
            logDraws: law.draws.map { $0[0] + $0[1] * n + $0[2] * d },
            tokens: tokens,
            origin: "the law over model size and tokens"
        )
        overhead = fit.jointLaws.first { $0.definition == .overhead }?
            .batch(parameters: size, tokens: tokens).map { Self.overhead($0, fit) }
        var distance: [String: Double] = [:]
        for (input, value) in [(BatchPowerLaw.Input.parameters, size), (.tokens, tokens)] {
            let domain = fit.powerLaw(.ratio, over: input)?.domain
            distance[input.rawValue] = domain.map { Self.distance(value, $0) } ?? 0
        }
        let isInside = distance.values.allSatisfy { $0 == 0 }
        reach = Self.reach(
            distance,
            isInside ? "Between the groups of runs." : "Outside the groups of runs."
        )
        if distance.values.contains(where: { $0 > log(10) }) {
            warnings.append("More than a factor of 10 outside the runs: treat it as a guess.")
        }
        addBatchReach(question, fit)
    }

    private mutating func addBatchReach(_ question: Question, _ fit: CriticalBatchFit) {
        guard let batch = question[.batchTokens] else { return }
        let batches = fit.groups.flatMap { $0.points.map(\.batchTokens) }
        guard let low = batches.min(), let high = batches.max() else { return }
        let outside = Self.distance(batch, Bounds(low: low, high: high))
        reach.distance["batchTokens"] = outside
        guard outside > 0 else { return }
        reach.inside = false
        reach.note += " The batch lies outside those of the runs."
    }

    private static func reach(_ distance: [String: Double], _ note: String) -> Advice.Reach {
        Advice.Reach(
            inside: distance.values.allSatisfy { $0 == 0 },
            distance: distance,
            note: note
        )
    }

    private static func distance(_ value: Double, _ bounds: Bounds) -> Double {
        max(0, log(bounds.low / value), log(value / bounds.high))
    }

    private static func overhead(_ batch: Interval, _ fit: CriticalBatchFit) -> Advice.Quantity {
        let definition = fit.definitions.first { $0.kind == .overhead }
        return BatchAdvisor.quantity(
            "overheadBatchTokens",
            "critical batch by overhead",
            "tokens per step",
            batch,
            note: definition?.title
        )
    }

    private static func refusal(_ question: Question, _ fit: CriticalBatchFit) -> RecommendError {
        let asked: [Question.Field] = [.parameters, .tokens, .targetLoss]
        guard let field = asked.first(where: { question[$0] != nil }) else {
            return .missing(
                field: "parameters",
                meaning: Question.Field.parameters.meaning + "; or give tokens or targetLoss"
            )
        }
        let input = BatchPowerLaw.Input(rawValue: field.rawValue)
        let law = fit.powerLaws.first { $0.definition == .ratio && $0.input == input }
        let known = fit.groups.map(CriticalBatchFit.label).joined(separator: "; ")
        return .refused(
            field: field.rawValue,
            reason: (law?.refused ?? "No group of runs is at this \(field.rawValue).")
                + " The groups are \(known)."
        )
    }
}
