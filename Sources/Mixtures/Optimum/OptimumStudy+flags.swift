import Foundation
import Runs
import ScalingLaws

extension OptimumStudy {
    /// What a reader must know before trusting the optimum.
    func flags(
        _ report: OptimumReport,
        _ plain: MixtureSearch.Found,
        isTrusted: Bool
    ) -> [OptimumReport.Flag] {
        var flags: [OptimumReport.Flag] = []
        func flag(_ kind: OptimumReport.Flag.Kind, _ text: String) {
            flags.append(OptimumReport.Flag(kind: kind, text: text))
        }
        if let text = extrapolation(report, plain) { flag(.extrapolation, text) }
        if !isTrusted {
            flag(
                .trustOutOfReach,
                "No mixture that the constraints allow is as near to a run as runs are to each"
                    + " other, so the recommendation is not held near the runs."
            )
        }
        if let text = untried() { flag(.untriedConstraints, text) }
        for text in uncertainty(plain) { flag(.uncertain, text) }
        if let text = promise(plain) { flag(.beyondObserved, text) }
        for text in vertices() { flag(.nonsenseAtVertices, text) }
        for text in disagreement(report, plain) { flag(.lawsDisagree, text) }
        if let text = collapse(report, plain) { flag(.collapsed, text) }
        if let text = severalOptima(plain) { flag(.severalOptima, text) }
        if let region = report.region, region.radius > 0.5 {
            flag(
                .wideRegion,
                "The optimum is poorly determined: 90 % of the resampled laws move up to"
                    + " \((50 * region.radius).short) % of the tokens to other domains."
            )
        }
        flags += dataFlags()
        for text in repeats(plain) { flag(.repeated, text) }
        for fit in fits {
            for note in fit.model.notes { flag(.law, "\(fit.target): \(note)") }
        }
        return flags
    }

    private func extrapolation(
        _ report: OptimumReport,
        _ plain: MixtureSearch.Found
    ) -> String? {
        let distance = nearest(plain.proportions).distance
        guard distance > reach else { return nil }
        let kept =
            report.recommendation.isExtrapolation
            ? "So is the recommendation, at \(report.recommendation.distance.short)."
            : "The recommendation stays within it, at \(report.recommendation.distance.short)."
        return "The mixture of least predicted loss is an extrapolation: L1 distance"
            + " \(distance.short) to the nearest run, while 95 % of the runs have a neighbour within"
            + " \(reach.short). \(kept)"
    }

    /// Fewer than one run in twenty inside the constraints: their optimum was not approached.
    private func untried() -> String? {
        let allowed = runs.filter { problem.set.violation(of: $0.proportions) < 1e-3 }.count
        guard
            !problem.set.rows.isEmpty || !problem.set.limits.isEmpty || !problem.set.balls.isEmpty,
            20 * allowed < runs.count
        else { return nil }
        return
            "Only \(allowed) of \(runs.count) runs satisfy the constraints, so what is best under"
            + " them is an extrapolation. Add runs that do."
    }

    private func uncertainty(_ plain: MixtureSearch.Found) -> [String] {
        let usual = runs.map { deviation($0.proportions) }.sorted()
        let median = Quantiles.value(usual, 0.5)
        let here = deviation(plain.proportions)
        guard median > 0, here > 3 * median else { return [] }
        return [
            "At the mixture of least predicted loss the prediction's standard deviation is"
                + " \(here.short), \((here / median).short) times that at the runs."
        ]
    }

    private func promise(_ plain: MixtureSearch.Found) -> String? {
        let observed = ranked.map(\.loss)
        guard let best = observed.first, let worst = observed.last, best < worst else { return nil }
        let loss = problem.objective.loss(plain.proportions)
        let gain = best - loss
        guard gain > 0.5 * (worst - best) else { return nil }
        return "The law promises \(loss.short), below the best run's \(best.short) by more than"
            + " half the range of all runs; nothing observed supports that."
    }

    /// Predictions where one domain has everything, which a sound law keeps near the runs' range.
    private func vertices() -> [String] {
        fits.compactMap { fit in
            let losses = fit.runs.map(\.loss)
            guard let low = losses.min(), let high = losses.max(), low < high else { return nil }
            let allowed = (low - (high - low))...(high + 2 * (high - low))
            let wrong = problem.domains.indices.filter { index in
                var vertex = [Double](repeating: 0, count: problem.domains.count)
                vertex[index] = 1
                return !allowed.contains(fit.model.loss(at: vertex))
            }
            guard !wrong.isEmpty else { return nil }
            let names = wrong.map { problem.domains[$0] }.joined(separator: ", ")
            return "\(fit.target): the law's prediction for \(names) alone lies outside"
                + " \(allowed.lowerBound.short) to \(allowed.upperBound.short), so it is not to be"
                + " trusted far from the runs."
        }
    }

    private func disagreement(
        _ report: OptimumReport,
        _ plain: MixtureSearch.Found
    ) -> [String] {
        fits.compactMap { fit in
            let others = rivals[fit.target] ?? [:]
            guard let best = ranked.first?.proportions else { return nil }
            let against = others.keys.sorted().filter { name in
                guard let law = others[name] else { return false }
                let function = problem.function(of: [(1, law)])
                return function.value(plain.proportions) > function.value(best)
            }
            guard !against.isEmpty else { return nil }
            return "\(fit.target): " + against.joined(separator: ", ")
                + " would rather have the best run's mixture than the one of least predicted loss."
        }
    }

    private func collapse(_ report: OptimumReport, _ plain: MixtureSearch.Found) -> String? {
        guard problem.domains.count > 1,
            let index = plain.proportions.indices.max(by: {
                plain.proportions[$0] < plain.proportions[$1]
            }), plain.proportions[index] > 0.95
        else { return nil }
        return "The mixture of least predicted loss is almost only \(problem.domains[index]):"
            + " check that the target does not measure that domain alone, and cap its epochs."
    }

    private func severalOptima(_ plain: MixtureSearch.Found) -> String? {
        let observed = ranked.map(\.loss)
        let range = (observed.last ?? 0) - (observed.first ?? 0)
        let far = plain.alternatives.first {
            $0.value - plain.value <= 0.01 * range
                && $0.proportions.distance(to: plain.proportions) > 0.2
        }
        guard let far else { return nil }
        return "Searches from different starts end at mixtures of equal loss that differ by an L1"
            + " distance of \(far.proportions.distance(to: plain.proportions).short)."
    }

    private func dataFlags() -> [OptimumReport.Flag] {
        var flags: [OptimumReport.Flag] = []
        let size = problem.domains.count
        if runs.count < size + 5 {
            let text = "\(runs.count) runs for \(size) domains: a law of mixtures wants at least"
            flags.append(.init(kind: .fewRuns, text: text + " \(size + 5)."))
        }
        let geometry = MixtureGeometry(
            domains: problem.domains,
            rows: runs.map(\.proportions)
        )
        if let text = geometry.constantWarning {
            flags.append(.init(kind: .neverVary, text: text))
        }
        if let text = geometry.lockstepWarning {
            flags.append(.init(kind: .moveTogether, text: text))
        }
        return flags
    }

    private func repeats(_ plain: MixtureSearch.Found) -> [String] {
        guard !request.constraints.discountsRepetition,
            let total = request.constraints.targetTokens
        else { return [] }
        let names = problem.domains.indices.filter { index in
            let tokens = request.constraints.availableTokens[problem.domains[index]] ?? .infinity
            return plain.proportions[index] * total > 4 * tokens * (1 + 1e-6)
        }
        guard !names.isEmpty else { return [] }
        let list = names.map { problem.domains[$0] }.joined(separator: ", ")
        return [
            "\(list) would be repeated more than 4 times, which the proxy runs do not show; cap the"
                + " epochs or let repetition be discounted."
        ]
    }
}
