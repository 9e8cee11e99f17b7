import Foundation

extension OptimumStudy {
    /// Range of every share over the mixtures that are as good within `equivalence`.
    func equivalent(_ plain: MixtureSearch.Found) -> OptimumReport.Equivalent? {
        let within = request.equivalence ?? noise
        guard within > 0, within.isFinite, plain.value.isFinite else { return nil }
        if plain.residual == nil { return sampledEquivalent(plain, within) }
        var program = ConvexProgram(problem.set, function: nil)
        program.limits.append(
            .init(function: problem.objective, limit: plain.value + within)
        )
        let start = problem.set.variables(of: plain.proportions)
        var (low, high) = (plain.proportions, plain.proportions)
        var radius = 0.0
        var isExact = plain.isGlobal
        for variable in 0..<problem.set.variableCount {
            for sign in [1.0, -1.0] {
                program.linear = program.linear.map { _ in 0 }
                program.linear[variable] = sign
                var method = InteriorPoint(program)
                if !plain.isGlobal { method.iterationLimit = 60 }
                let found = method.solve(from: start)
                if found.map({ $0.residual >= 1e-4 }) ?? true { isExact = false }
                guard let found, found.infeasibility < 1e-6 else { continue }
                let extreme = program.proportions(found.x)
                widen(&low, &high, &radius, extreme, plain.proportions)
            }
        }
        return OptimumReport.Equivalent(
            within: within,
            low: low,
            high: high,
            radius: radius,
            isExact: isExact
        )
    }

    /// Standard deviation of the weighted loss's errors on runs left out.
    private var noise: Double {
        zip(fits, weights).reduce(0) { $0 + pow($1.1 * $1.0.residualDeviation, 2) }.squareRoot()
    }

    /// Of laws with steps: what random mixtures about the optimum tell.
    private func sampledEquivalent(
        _ plain: MixtureSearch.Found,
        _ within: Double
    ) -> OptimumReport.Equivalent {
        let inside = problem.set.variables(of: plain.proportions)
        var walk = HitAndRun(problem.set, inside: inside, seed: request.seed)
        var (low, high) = (plain.proportions, plain.proportions)
        var radius = 0.0
        for _ in 0..<2_000 {
            let mixture = walk.next(steps: 3)
            // The whole chord from the optimum is allowed, since the set is convex.
            for part in [1, 0.5, 0.25, 0.1] {
                let nearer = zip(mixture, plain.proportions).map { part * $0 + (1 - part) * $1 }
                guard problem.objective.value(nearer) <= plain.value + within else { continue }
                widen(&low, &high, &radius, nearer, plain.proportions)
            }
        }
        return OptimumReport.Equivalent(
            within: within,
            low: low,
            high: high,
            radius: radius,
            isExact: false
        )
    }

    private func widen(
        _ low: inout [Double],
        _ high: inout [Double],
        _ radius: inout Double,
        _ mixture: [Double],
        _ centre: [Double]
    ) {
        for index in mixture.indices {
            low[index] = min(low[index], mixture[index])
            high[index] = max(high[index], mixture[index])
        }
        radius = max(radius, mixture.distance(to: centre))
    }
}
