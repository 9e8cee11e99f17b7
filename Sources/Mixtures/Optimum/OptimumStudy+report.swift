import Foundation
import ScalingLaws

extension OptimumStudy {
    func report() throws(MixtureError) -> OptimumReport {
        let (first, drawn) = try plainOptimum()
        let recommended = try recommend(first)
        let plain = try bettered(first, by: [recommended.proportions])
        let free = unconstrained(plain) ?? plain
        try checkCancelled()
        let region = region(plain, drawn)
        let equivalent = equivalent(plain)
        try checkCancelled()
        let main = candidate(.recommendation, "Recommended", recommended.proportions)
        let others = candidates(plain, free)
        let rivals = rivalAnswers(recommended.proportions, plain)
        var report = OptimumReport(
            domains: problem.domains,
            targets: fits.map(\.target),
            weights: Dictionary(
                zip(fits.map(\.target), weights),
                uniquingKeysWith: { first, _ in first }
            ),
            recommendation: main,
            others: others,
            binding: problem.binding(plain, explains: true),
            gap: problem.objective.loss(plain.proportions)
                - problem.objective.loss(free.proportions),
            isGlobal: plain.isGlobal,
            residual: plain.residual,
            method: plain.method.rawValue,
            region: region,
            equivalent: equivalent,
            flags: [],
            tradeoffs: tradeoffs(),
            worth: worth(),
            sensitivity: sensitivity(recommended.proportions),
            tokens: tokenValues(plain),
            rivals: rivals,
            reach: reach
        )
        report.flags = flags(report, plain, isTrusted: recommended.isTrusted)
        return report
    }

    private func unconstrained(_ plain: MixtureSearch.Found) -> MixtureSearch.Found? {
        let set = problem.set
        let isFree = set.rows.isEmpty && set.limits.isEmpty && set.balls.isEmpty
        guard !isFree || set.variableCount < problem.domains.count else { return plain }
        return try? optimum(in: FeasibleSet(domains: problem.domains), [plain.proportions] + starts)
    }

    private func candidates(
        _ plain: MixtureSearch.Found,
        _ free: MixtureSearch.Found
    ) -> [OptimumReport.Candidate] {
        var found = [
            candidate(.optimum, "Least predicted loss", plain.proportions),
            candidate(.unconstrained, "Without constraints", free.proportions),
        ]
        if let reference = problem.reference {
            found.append(candidate(.reference, "Reference", reference))
        }
        if let best = ranked.first {
            found.append(
                candidate(
                    .bestObserved,
                    "Best run: \(best.name)",
                    best.proportions,
                    observed: best.loss
                )
            )
        }
        for (title, proportions) in naiveMixtures() {
            found.append(candidate(.naive, title, proportions))
        }
        return found
    }

    /// Least mean + caution · sd, kept near a run when it would leave what was tried.
    func recommend(
        _ plain: MixtureSearch.Found
    ) throws(MixtureError) -> (proportions: [Double], isTrusted: Bool) {
        let limit = request.trustDistance ?? reach
        let wide = cautiousOptimum(in: problem.set, [plain.proportions] + starts.prefix(2)) ?? plain
        guard nearest(wide.proportions).distance > limit, limit > 0 else {
            return (wide.proportions, true)
        }
        var best: MixtureSearch.Found?
        for centre in trustCentres(wide.proportions) {
            try checkCancelled()
            var set = problem.set
            let text = "within \(limit.short) (L1) of a run"
            let cause = ConstraintCause(kind: .trust, subject: "runs", limit: limit, text: text)
            set.balls.append(FeasibleSet.Ball(centre: centre, radius: limit, cause: cause))
            guard let found = cautiousOptimum(in: set, [centre]) else { continue }
            if found.value < best?.value ?? .infinity { best = found }
        }
        guard let best else { return (wide.proportions, false) }
        return (best.proportions, true)
    }

    private func cautiousOptimum(
        in set: FeasibleSet,
        _ starts: [[Double]]
    ) -> MixtureSearch.Found? {
        let separable =
            request.caution == 0 && cautious.draws.isEmpty ? cautious.law.separable : nil
        var search = MixtureSearch(
            set: set,
            function: cautious.thinned,
            separable: separable,
            seed: request.seed
        )
        // From the middle only when nothing else is known.
        search.startsInMiddle = starts.isEmpty
        return try? search.minimise(from: starts)
    }

    /// The runs that promise most by the cautious objective, and those nearest to where it wants to
    /// go.
    private func trustCentres(_ wanted: [Double]) -> [[Double]] {
        let mixtures = runs.map(\.proportions)
        let byValue = mixtures.map { ($0, cautious.value($0)) }
            .sorted { $0.1 < $1.1 }
        let byDistance = mixtures.map { ($0, $0.distance(to: wanted)) }
            .sorted { $0.1 < $1.1 }
        var centres: [[Double]] = []
        for (mixture, _) in byValue.prefix(3) + byDistance.prefix(3)
        where !centres.contains(mixture) {
            centres.append(mixture)
        }
        return centres
    }
}
