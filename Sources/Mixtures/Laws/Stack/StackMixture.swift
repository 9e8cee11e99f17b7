import Foundation
package import ScalingLaws

/// A weighted mean of laws, with the weights that predict left-out runs best.
package enum StackMixture: MixtureLaw {
    package static let card = LawCard(
        id: "mixture-stack",
        title: "Stack of laws",
        family: .dataMixture,
        equation: "L(r) = Σ_k w_k·L_k(r), w_k ≥ 0, Σ_k w_k = 1",
        citation: "Stacked regressions, Breiman 1996; non-negative weights by out-of-fold"
            + " predictions",
        symbols: [
            .init(symbol: "L", name: "loss of the target", unit: "unit of the target"),
            .init(symbol: "L_k", name: "loss by law k", unit: "unit of the target"),
        ],
        parameters: [.init(symbol: "w", name: "weight of each law", unit: "1")],
        answers: ["loss of a mixture", "how sure the prediction is"],
        validity: "From about 48 runs: the most accurate predictor, and the slowest."
    )

    static let memberLaws: [any MixtureLaw.Type] = [
        RidgeMixture.self, ExponentialMixture.self, EffectiveData.self, ReciprocalPower.self,
        GaussianProcessMixture.self, LogGaussianProcess.self,
    ]
    /// Members with less are left out.
    static let leastWeight = 1e-3

    package static func minimumRunCount(domains: Int) -> Int { 16 }

    package static func fit(
        _ data: MixtureData,
        _ request: MixtureFitRequest,
        startingFrom previous: FittedMixtureStack?
    ) throws(MixtureError) -> FittedMixtureStack {
        let needed = minimumRunCount(domains: data.dimension)
        guard data.runs.count >= needed else {
            throw .tooFewRuns(law: card.id, needed: needed, found: data.runs.count)
        }
        if let previous { return try refit(data, request, previous) }
        var candidates: [LeftOut.Result] = []
        for law in memberLaws {
            try request.checkCancelled()
            do throws(MixtureError) {
                candidates.append(try LeftOut.fit(law, data, request))
            } catch {
                if case .cancelled = error { throw error }
            }
        }
        return try combine(candidates, data)
    }

    /// The stack of laws whose predictions of left-out runs are known.
    static func combine(
        _ candidates: [LeftOut.Result],
        _ data: MixtureData
    ) throws(MixtureError) -> FittedMixtureStack {
        guard !candidates.isEmpty else { throw .didNotConverge(law: card.id, starts: 1) }
        let weights = SimplexLeastSquares.weights(
            candidates.map { scaled($0.predictions, data) },
            scaled(data.losses, data)
        )
        let kept = zip(candidates, weights).filter { $0.1 > leastWeight }
        let sum = kept.reduce(0) { $0 + $1.1 }
        let members = kept.map { candidate, weight in
            FittedMixtureStack.Member(
                law: candidate.model,
                weight: weight / sum,
                deviation: candidate.deviation
            )
        }
        return FittedMixtureStack(members: members, clip: ClipRange(data.losses))
    }

    /// What the stack says of each run with weights that the other parts alone have chosen.
    static func crossFitted(
        _ candidates: [LeftOut.Result],
        _ data: MixtureData,
        _ folds: Folds
    ) -> [Double] {
        var found = data.losses
        for part in 0..<folds.parts {
            let (inside, outside) = folds.split(part)
            let own = data.selecting(inside)
            let weights = SimplexLeastSquares.weights(
                candidates.map { result in scaled(inside.map { result.predictions[$0] }, own) },
                scaled(own.losses, own)
            )
            for run in outside {
                found[run] = zip(candidates, weights).reduce(0) {
                    $0 + $1.1 * $1.0.predictions[run]
                }
            }
        }
        return found
    }

    /// Times the root of the run's weight, so that squares are weighted.
    private static func scaled(_ values: [Double], _ data: MixtureData) -> [Double] {
        zip(values, data.runs).map { $0 * $1.weight.squareRoot() }
    }

    /// The members on other runs, with the weights they had.
    private static func refit(
        _ data: MixtureData,
        _ request: MixtureFitRequest,
        _ previous: FittedMixtureStack
    ) throws(MixtureError) -> FittedMixtureStack {
        var stack = previous
        for index in stack.members.indices {
            try request.checkCancelled()
            let member = previous.members[index].law
            guard let law = mixtureLawCatalogue.first(where: { $0.card.id == member.lawID }) else {
                continue
            }
            stack.members[index].law = try AnyMixtureLaw.fit(
                law,
                data,
                request,
                startingFrom: member
            )
        }
        stack.clip = ClipRange(data.losses)
        return stack
    }
}

/// Where a prediction is believable: half the range of the losses beyond their ends.
package struct ClipRange: Sendable, Codable, Hashable {
    package var low: Double
    package var high: Double

    package init(_ losses: [Double]) {
        let (least, most) = (losses.min() ?? 0, losses.max() ?? 0)
        low = least - (most - least) / 2
        high = most + (most - least) / 2
    }

    package func clip(_ value: Double) -> Double {
        value.isNaN ? high : min(max(value, low), high)
    }
}

package struct FittedMixtureStack: FittedMixtureLaw {
    package struct Member: Sendable, Codable {
        package var law: AnyMixtureLaw
        package var weight: Double
        /// Root mean square of its errors on runs left out, unit of the target.
        package var deviation: Double
    }

    package var members: [Member]
    package var clip: ClipRange

    package var stackedLaws: [AnyMixtureLaw] { members.map(\.law) }

    package func loss(at proportions: [Double]) -> Double {
        members.reduce(0) { $0 + $1.weight * clip.clip($1.law.loss(at: proportions)) }
    }

    package func gradient(at proportions: [Double]) -> [Double]? {
        var sum = [Double](repeating: 0, count: proportions.count)
        for member in members {
            let value = member.law.loss(at: proportions)
            guard value == clip.clip(value) else { continue }
            guard let slopes = member.law.gradient(at: proportions) else { return nil }
            for index in sum.indices { sum[index] += member.weight * slopes[index] }
        }
        return sum
    }

    package func curvature(at proportions: [Double]) -> [Double]? {
        var sum = [Double](repeating: 0, count: proportions.count * proportions.count)
        for member in members {
            let value = member.law.loss(at: proportions)
            guard value == clip.clip(value) else { continue }
            guard let own = member.law.curvature(at: proportions) else { return nil }
            Curvature.add(own, times: member.weight, to: &sum)
        }
        return sum
    }

    /// What the members say of themselves, and how far apart they are.
    package func deviation(at proportions: [Double]) -> Double? {
        let values = members.map { clip.clip($0.law.loss(at: proportions)) }
        let mean = zip(members, values).reduce(0) { $0 + $1.0.weight * $1.1 }
        var variance = 0.0
        for (member, value) in zip(members, values) {
            let own = member.law.deviation(at: proportions) ?? member.deviation
            variance += member.weight * (own * own + (value - mean) * (value - mean))
        }
        return variance.squareRoot()
    }

    package func parameters(domains: [String]) -> [String: Double] {
        var values: [String: Double] = [:]
        for member in members { values["w[\(member.law.lawID)]"] = member.weight }
        return values
    }

    package var notes: [String] {
        members.flatMap { member in member.law.notes.map { "\(member.law.lawID): \($0)" } }
    }
}
