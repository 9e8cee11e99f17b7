import Foundation
import ScalingLaws

/// Laws compared on runs left out, and the one to use.
package struct MixtureComparison: Sendable {
    package var chosen: AnyMixtureLaw
    /// Of the chosen law for each run when its part is left out.
    package var predictions: [Double]
    /// Root mean square of their errors, unit of the target.
    package var deviation: Double
    /// Best first; laws that were refused come last.
    package var scores: [MixtureFit.Score]
}

/// Chooses a law by what it says of runs it has not seen, never by taste.
package enum MixtureSelector {
    /// - Parameters:
    ///   - predictor: id of a law, or "auto" for the best of all laws and their stack.
    ///   - progress: told the share of work done, 0 to 1.
    package static func compare(
        _ data: MixtureData,
        predictor: String = MixtureFitter.automatic,
        parts: Int = LeftOut.parts,
        _ request: MixtureFitRequest,
        progress: ((Double) -> Void)? = nil
    ) throws(MixtureError) -> MixtureComparison {
        let isStack = predictor == StackMixture.card.id
        let isAutomatic = predictor == MixtureFitter.automatic
        let scale = LargestScale(data)
        let laws =
            isStack
            ? StackMixture.memberLaws
            : isAutomatic
                ? entering(data, hasScales: scale != nil)
                : mixtureLawCatalogue.filter { $0.card.id == predictor }
        var entrants: [Entrant] = []
        var refused: [MixtureFit.Score] = []
        for (place, law) in laws.enumerated() {
            progress?(Double(place) / Double(laws.count))
            do throws(MixtureError) {
                let result = try LeftOut.fit(law, data, request, parts: parts)
                var entrant = Entrant(result, data)
                entrant.score.largestScaleError = scale?.error(law, data, request)
                entrants.append(entrant)
            } catch {
                if case .cancelled = error { throw error }
                guard isAutomatic || isStack else { throw error }
                var score = MixtureFit.Score(law: law.card.id)
                score.refusal = error.message
                refused.append(score)
            }
        }
        // A stack of random rows says nothing of the scale beyond.
        if isStack || isAutomatic && scale == nil,
            let stack = try stack(&entrants, data, request, parts)
        {
            if isStack { return answer(stack, entrants + [stack], refused) }
            entrants.append(stack)
        }
        if isAutomatic {
            for index in entrants.indices { entrants[index].judge(data) }
        }
        let usable = entrants.filter { $0.score.refusal == nil }
        guard let best = usable.min(by: { $0.rank < $1.rank }) else {
            throw refusal(entrants, refused, data, predictor)
        }
        return answer(best, entrants, refused)
    }

    /// Parts × runs above which `auto` fits a target as one: a law for each part costs as many
    /// fits, and knowing the parts gains least where runs are many.
    static let partLimit = 2_000

    /// Where sizes differ the laws over sizes, and beside them the two cheapest of those that know
    /// none; laws of parts where the target has some.
    private static func entering(
        _ data: MixtureData,
        hasScales: Bool
    ) -> [any MixtureLaw.Type] {
        let hasParts = data.parts.count > 1 && data.parts.count * data.runs.count <= partLimit
        return mixtureLawCatalogue.filter { law in
            let id = law.card.id
            if id == StackMixture.card.id || law.needsParts && !hasParts { return false }
            guard hasScales else { return !law.needsScale }
            return law.needsScale || id == EffectiveData.card.id || id == RidgeMixture.card.id
        }
    }

    private struct Entrant {
        var result: LeftOut.Result
        var score: MixtureFit.Score

        init(_ result: LeftOut.Result, _ data: MixtureData) {
            self.result = result
            score = MixtureScores.score(result.model.lawID, result.predictions, data.losses)
        }

        /// Error by which laws are compared: at the largest scale where scales differ.
        var rank: Double { score.largestScaleError ?? result.deviation }

        /// Refuses what predicts left-out runs worse than their mean, or nonsense at the corners.
        mutating func judge(_ data: MixtureData) {
            if let r2 = score.r2, r2 < 0 {
                score.refusal = "It predicts left-out runs worse than their mean does."
            } else if let reason = MixtureChecks.nonsense(result.model, data) {
                score.refusal = reason
            }
        }
    }

    /// The stack of the entrants that may be members; nil with fewer than two.
    private static func stack(
        _ entrants: inout [Entrant],
        _ data: MixtureData,
        _ request: MixtureFitRequest,
        _ parts: Int
    ) throws(MixtureError) -> Entrant? {
        let ids = StackMixture.memberLaws.map { $0.card.id }
        let members = entrants.indices.filter { ids.contains(entrants[$0].result.model.lawID) }
        let needed = StackMixture.minimumRunCount(domains: data.dimension)
        guard members.count > 1, data.runs.count >= needed else { return nil }
        let results = members.map { entrants[$0].result }
        let fitted = try StackMixture.combine(results, data)
        for index in members {
            let id = entrants[index].result.model.lawID
            entrants[index].score.stackWeight =
                fitted.members.first { $0.law.lawID == id }?.weight ?? 0
        }
        let folds = Folds(count: data.runs.count, parts: parts, seed: request.seed)
        let predictions = StackMixture.crossFitted(results, data, folds)
        let result = LeftOut.Result(
            model: AnyMixtureLaw(lawID: StackMixture.card.id, base: fitted),
            predictions: predictions,
            data
        )
        return Entrant(result, data)
    }

    private static func answer(
        _ chosen: Entrant,
        _ entrants: [Entrant],
        _ refused: [MixtureFit.Score]
    ) -> MixtureComparison {
        let ordered = entrants.sorted { $0.rank < $1.rank }.map(\.score)
        return MixtureComparison(
            chosen: chosen.result.model,
            predictions: chosen.result.predictions,
            // A mean absolute error of normal errors is 0.8 of their deviation.
            deviation: max(
                chosen.result.deviation,
                1.2533 * (chosen.score.largestScaleError ?? 0)
            ),
            scores: ordered.filter { $0.refusal == nil }
                + ordered.filter { $0.refusal != nil } + refused
        )
    }

    private static func refusal(
        _ entrants: [Entrant],
        _ refused: [MixtureFit.Score],
        _ data: MixtureData,
        _ predictor: String
    ) -> MixtureError {
        guard let first = entrants.first?.score ?? refused.first, let reason = first.refusal else {
            return .invalid(
                field: "predictor",
                reason: "There is no predictor \(predictor.prefix(80)); there are "
                    + ([MixtureFitter.automatic] + mixtureLawCards.map(\.id))
                    .joined(separator: ", ") + "."
            )
        }
        if entrants.isEmpty, data.runs.count < 8 {
            return .tooFewRuns(law: "A mixture law", needed: 8, found: data.runs.count)
        }
        return .degenerate(law: first.law, reason: reason)
    }
}
