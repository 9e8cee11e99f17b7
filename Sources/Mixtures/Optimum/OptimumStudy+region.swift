import Foundation
import ScalingLaws

extension OptimumStudy {
    /// The mixture of least predicted loss, and the optima of the resampled laws beside it. Where
    /// laws are not convex those, what rules would take, and what moving tokens between pairs of
    /// domains betters are starts of further searches: the optimum is to be the best of all
    /// mixtures that the report shows.
    func plainOptimum() throws(MixtureError) -> (MixtureSearch.Found, drawn: [[Double]]) {
        let first = try optimum(in: problem.set, starts + naiveMixtures().map(\.proportions))
        try checkCancelled()
        var drawn = drawnOptima(first)
        let plain = try bettered(first, by: drawn)
        try checkCancelled()
        if plain.proportions.distance(to: first.proportions) > 0.05 { drawn = drawnOptima(plain) }
        return (plain, drawn)
    }

    /// Of the plain objective, after one search more from what moving tokens betters.
    func optimum(
        in set: FeasibleSet,
        _ starts: [[Double]]
    ) throws(MixtureError) -> MixtureSearch.Found {
        let first = try problem.search(problem.objective, starts, in: set)
        guard !first.isGlobal, first.residual != nil else { return first }
        let search = StepSearch(set: set, function: problem.objective, seed: problem.seed)
        let moved = search.descend(from: (first.proportions, first.value)).0
        let second = try problem.search(problem.objective, [moved], in: set)
        return second.value < first.value ? second : first
    }

    /// The same optimum, or a better one that a search from better mixtures has found.
    func bettered(
        _ plain: MixtureSearch.Found,
        by others: [[Double]]
    ) throws(MixtureError) -> MixtureSearch.Found {
        guard !plain.isGlobal else { return plain }
        let starts = others.filter { problem.set.violation(of: $0) < 1e-9 }
            .map { ($0, problem.objective.value($0)) }
            .sorted { $0.1 < $1.1 }
        guard !starts.isEmpty else { return plain }
        let found = try problem.search(problem.objective, starts.map(\.0))
        return found.value < plain.value ? found : plain
    }

    /// Optima of the resampled laws under the same constraints.
    private func drawnOptima(_ plain: MixtureSearch.Found) -> [[Double]] {
        let draws = cautious.draws
        let found = ParallelMap.map(draws.count) { index -> [Double]? in
            near(plain.proportions, draws[index])?.proportions
        }
        return found.compactMap { $0 }
    }

    func region(
        _ plain: MixtureSearch.Found,
        _ optima: [[Double]]
    ) -> OptimumReport.Region? {
        guard optima.count >= 10 else { return nil }
        let (centre, stretch) = (plain.proportions, stretch)
        var (low, high) = (centre, centre)
        for domain in low.indices {
            let sorted = optima.map { $0[domain] }.sorted()
            let below = centre[domain] + stretch * (Quantiles.value(sorted, 0.05) - centre[domain])
            let above = centre[domain] + stretch * (Quantiles.value(sorted, 0.95) - centre[domain])
            low[domain] = max(0, min(centre[domain], below))
            high[domain] = min(1, max(centre[domain], above))
        }
        let distances = optima.map { $0.distance(to: centre) }.sorted()
        return OptimumReport.Region(
            low: low,
            high: high,
            radius: min(2, stretch * Quantiles.value(distances, 0.9)),
            drawCount: optima.count
        )
    }

    /// Resampled fits follow their runs too closely, by about the root of what the law errs more on
    /// runs left out than on its own: √(n / (n − p)) for a linear law of p parameters.
    var stretch: Double {
        let ratios = fits.map { fit in
            let square = fit.runs.reduce(0) { sum, run in
                let error = run.loss - fit.model.loss(at: run.proportions)
                return sum + error * error
            }
            let inside = (square / Double(max(fit.runs.count, 1))).squareRoot()
            return inside > 0 ? fit.residualDeviation / inside : 1
        }
        let largest = ratios.filter(\.isFinite).max() ?? 1
        return min(2, max(1, largest.squareRoot()))
    }
}
