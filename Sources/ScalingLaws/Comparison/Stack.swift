import Foundation
import Runs

/// The law, or the weighted mean of laws, that predicts the largest scales best.
package enum Stack: AdvisingLaw, PlanningLaw {
    package static let card = LawCard(
        id: "stack",
        title: "The best law of size and tokens, or their weighted mean",
        family: .modelAndData,
        equation: "L = sum of w_k*L_k(N, D), w_k >= 0, sum of w_k = 1",
        citation: "Stacked regressions, Breiman 1996, with scales left out in place of rows",
        symbols: [.loss, .modelSize, .tokens],
        parameters: [.init(symbol: "w_k", name: "weight of law k", unit: "1")],
        inputs: [.parameterCount, .tokenCount, .loss],
        optionalInputs: [.computeFLOPs],
        answers: [
            "which law of size and tokens to trust on these runs",
            "model size and tokens for a compute budget", "loss of a larger run",
        ],
        validity: "Weights are learnt on scales that no member saw; a mean is used only where it"
            + " beats every law on the largest scales, else that law alone is."
    )

    package struct Fit: FittedLaw, Hashable {
        package var law: String
        package var comparison: LawComparison
        /// Fits on all runs of the laws with a weight.
        package var members: [Member]
        package var seed: UInt64
        package var dataHash: String
        package var leftOut: [NonlinearFit.LeftOut]
        package var leftOutCount: Int

        package struct Member: Sendable, Hashable, Codable {
            package var weight: Double
            package var fit: NonlinearFit
        }

        package mutating func setAside(_ runs: [NonlinearFit.LeftOut], count: Int) {
            leftOut += runs
            leftOutCount += count
        }
    }

    package static func fit(_ request: FitRequest) throws(FitError) -> Fit {
        var comparison = try LawComparer(request).compare()
        request.progress?(0.4)
        let members = try members(&comparison, request)
        guard let first = members.first else { throw .didNotConverge(starts: 0) }
        return Fit(
            law: card.id,
            comparison: comparison,
            members: members,
            seed: request.seed,
            dataHash: first.fit.dataHash,
            leftOut: first.fit.leftOut,
            leftOutCount: first.fit.leftOutCount
        )
    }

    /// Fits on all runs of the laws with a weight. A law whose whole fit is refused leaves its
    /// weight to the others; when all do, the best law that can be fitted answers alone.
    private static func members(
        _ comparison: inout LawComparison,
        _ request: FitRequest
    ) throws(FitError) -> [Fit.Member] {
        var whole = request
        whole.progress = nil
        whole.options.prior = nil
        var members: [Fit.Member] = []
        for place in comparison.entries.indices.sorted(by: {
            (-comparison.entries[$0].weight, $0) < (-comparison.entries[$1].weight, $1)
        }) {
            let entry = comparison.entries[place]
            let law = LawComparison.laws.first { $0.card.id == entry.law }
            guard let type = law, entry.heldOut != nil, entry.weight > 0 || members.isEmpty else {
                continue
            }
            do throws(FitError) {
                let fit = try type.fit(whole)
                members.append(Fit.Member(weight: max(entry.weight, 1e-6), fit: fit))
            } catch {
                try request.checkCancelled()
                comparison.entries[place].refused = error.message
            }
        }
        let sum = members.reduce(0) { $0 + $1.weight }
        for place in members.indices { members[place].weight /= sum }
        for place in comparison.entries.indices {
            let id = comparison.entries[place].law
            let weight = members.first { $0.fit.law == id }?.weight
            comparison.entries[place].weight = weight ?? 0
        }
        comparison.chosen = members.count > 1 ? card.id : members.first?.fit.law ?? ""
        return members
    }

    package static var reads: Set<Question.Field> { AllocationTask.reads }

    package static func advise(
        _ question: Question,
        from fit: Fit
    ) throws(RecommendError) -> Advice {
        try Allocator(basis(question, fit), question).advice()
    }

    package static func plan(
        _ question: NextRunQuestion,
        from fit: Fit
    ) throws(RecommendError) -> NextRunPlan {
        let scatter = fit.members.first?.fit.residuals.map { abs(log1p($0.errorPercent / 100)) }
        return try RunPlanner(basis(question.target, fit), question, scatter: scatter ?? []).plan()
    }

    /// Losses of the members' planes in their weights; the k-th draws are of the same resample.
    private static func basis(
        _ question: Question,
        _ fit: Fit
    ) throws(RecommendError) -> AllocationBasis {
        var parts: [(weight: Double, basis: AllocationBasis)] = []
        for member in fit.members {
            let law = LawComparison.laws.first { $0.card.id == member.fit.law }
            guard let type = law else { continue }
            parts.append((member.weight, try type.basis(question, member.fit)))
        }
        guard var whole = parts.first?.basis else {
            throw .refused(field: "law", reason: "The fit has no members; fit the law again.")
        }
        whole.card = card
        let convention = whole.convention
        func mean(_ planes: [(weight: Double, plane: LossPlane)]) -> LossPlane {
            LossPlane(
                loss: { size, tokens in
                    planes.reduce(0) { $0 + $1.weight * $1.plane.loss(size, tokens) }
                },
                convention: convention
            )
        }
        whole.best = mean(parts.map { ($0.weight, $0.basis.best) })
        let count = parts.map(\.basis.draws.count).min() ?? 0
        whole.draws = (0..<count).map { draw in
            mean(parts.map { ($0.weight, $0.basis.draws[draw]) })
        }
        whole.warnings = Array(Set(parts.flatMap(\.basis.warnings))).sorted()
        whole.warnings.append(fit.statement)
        return whole
    }
}

extension Stack.Fit {
    /// How the members were chosen, in one sentence.
    var statement: String {
        let parts = members.map { "\($0.fit.law) \(Texts.short(100 * $0.weight)) %" }
        let best = comparison.entries.first
        return
            "Chosen on \(comparison.heldOutRuns) runs of \(Texts.short(comparison.heldOutFromFLOPs))"
            + " FLOPs and more: \(parts.joined(separator: ", ")); best single law \(best?.law ?? "none")"
            + " with \(Texts.short(best?.heldOut?.meanAbsolutePercent ?? .nan)) %."
    }

    package var summary: FitSummary {
        let single = comparison.entries.first?.heldOut?.meanAbsolutePercent
        let isStack = comparison.chosen == Stack.card.id
        let naive = comparison.baselines.compactMap(\.score?.meanAbsolutePercent).min()
        let weights = members.map {
            ("w_\($0.fit.law)", Interval(value: $0.weight, low: $0.weight, high: $0.weight))
        }
        let held = isStack ? comparison.stackScore?.meanAbsolutePercent : single
        return FitSummary(
            parameters: Dictionary(weights, uniquingKeysWith: { first, _ in first }),
            objective: nil,
            runs: members.first?.fit.residuals.count ?? 0,
            diagnostics: FitDiagnostics(
                objectiveName: "mean absolute error on the largest scales, left out",
                isConverged: members.allSatisfy(\.fit.diagnostics.isConverged),
                starts: comparison.entries.count,
                startsAtBest: members.count,
                draws: members.map(\.fit.draws.count).min() ?? 0,
                residualPercent: members.first?.fit.diagnostics.residualPercent,
                heldOutErrorPercent: held,
                baselineErrorPercent: naive,
                leftOut: leftOutCount,
                warnings: [statement] + (members.first?.fit.diagnostics.warnings ?? [])
            )
        )
    }
}
