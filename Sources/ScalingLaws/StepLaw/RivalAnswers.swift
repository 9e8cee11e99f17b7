import Foundation

/// What published laws say at the target of a recommendation, and their cost on its bowl.
struct RivalAnswers {
    private let base: Recommender
    private let question: PublishedLaw.Question
    /// Above this cost, in per cent of loss, none is told: no run was ever so far out on the bowl.
    static let costLimitPercent = 50.0

    init(_ base: Recommender) {
        self.base = base
        let level = base.fit.lossLevel.map { exp($0.logLoss(n: base.n, d: base.d)) }
        question = PublishedLaw.Question(
            parameterCount: base.target.parameterCount,
            tokenCount: base.target.tokenCount,
            fittedBatchTokens: exp(base.free.y),
            fittedLearningRate: exp(base.free.x),
            lossNats: level.flatMap { 0.01...1e3 ~= $0 ? $0 : nil },
            givenBatchTokens: base.target.batchTokens,
            reference: Self.reference(base)
        )
    }

    /// The best run of the nearest cell.
    private static func reference(_ base: Recommender) -> PublishedLaw.Reference? {
        func distance(_ cell: StepLawFit.Cell) -> Double {
            hypot(
                log(cell.parameterCount / base.target.parameterCount),
                log(cell.tokenCount / base.target.tokenCount)
            )
        }
        return base.fit.cells.min { distance($0) < distance($1) }.map { cell in
            .init(
                runName: cell.best.runName,
                tokenCount: cell.tokenCount,
                peakLearningRate: cell.best.peakLearningRate,
                batchTokens: cell.best.batchTokens
            )
        }
    }

    func all() -> [Recommendation.RivalAnswer] { PublishedLaws.all.map(answer) }

    private func answer(_ law: PublishedLaw) -> Recommendation.RivalAnswer {
        var result = Recommendation.RivalAnswer(
            id: law.id,
            title: law.title,
            citation: law.citation,
            peakLearningRate: nil,
            batchTokens: nil,
            expectedRegretPercent: nil,
            note: Self.note(law, base.target.parameterCount),
            refused: nil
        )
        switch law.answer(question) {
        case .refused(let reason):
            result.refused = reason
        case .point(let rate, let batch):
            let usable = [rate, batch].compactMap(\.self).allSatisfy { 1e-300...1e300 ~= $0 }
            guard usable else {
                result.refused = "its answer is not a usable number at this target"
                return result
            }
            guard batch ?? 0 <= base.target.tokenCount else {
                result.refused = "its batch is larger than the whole training"
                return result
            }
            result.peakLearningRate = rate
            result.batchTokens = batch
            result.expectedRegretPercent = cost(rate: rate, batch: batch)
            if (result.expectedRegretPercent ?? 0) > Self.costLimitPercent {
                result.expectedRegretPercent = nil
                let reason = "too far from the swept runs to say what it would cost"
                result.note = result.note.isEmpty ? reason : "\(result.note); \(reason)"
            }
        }
        return result
    }

    private static func note(_ law: PublishedLaw, _ parameterCount: Double) -> String {
        let note = law.note.hasSuffix(".") ? String(law.note.dropLast()) : law.note
        return law.rangeNote(parameterCount: parameterCount).map { "\(note); \($0)." } ?? law.note
    }

    /// In per cent of loss above the best possible here: of all, or at the given batch.
    private func cost(rate: Double?, batch: Double?) -> Double? {
        let bowl = base.fit.surface.bowl
        let x = rate.map { log($0) } ?? base.free.x
        if let given = base.target.batchTokens {
            guard rate != nil else { return nil }
            let y = log(given) - base.center.y
            let floor = bowl.excess(x: bowl.ridge(y), y: y)
            return percent(bowl.excess(x: x - base.center.x, y: y) - floor)
        }
        let y = batch.map { log($0) } ?? base.free.y
        return percent(bowl.excess(x: x - base.center.x, y: y - base.center.y))
    }

    private func percent(_ excess: Double) -> Double {
        100 * expm1(min(max(excess, 0), 10))
    }
}
