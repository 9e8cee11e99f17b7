import Foundation

/// The best minimum of a robust problem from several starts, and refits of resampled data from it.
struct RobustSolver<L: NonlinearLaw>: Sendable {
    let problem: RobustProblem<L>
    /// Starts that are followed to their minimum: the best ones at the outset.
    static var followedStarts: Int { 8 }

    struct Solution: Sendable {
        var theta: [Double]
        var objective: Double
        var isConverged: Bool
        var starts: Int
        var startsAtBest: Int
        /// Of a search near known coordinates: no other start found a better minimum than they did.
        var isNearby = true
        /// Row-major inverse of the curvature; nil where it is singular.
        var inverse: [Double]?
    }

    init(_ problem: RobustProblem<L>) { self.problem = problem }

    /// nil when no start leads to a finite minimum.
    /// - Parameter near: coordinates of the minimum of nearly the same runs. They are followed
    ///   first, and of the starts only the two best, which may know a better minimum.
    func solve(
        from starts: [Coordinates<L.Coordinate>],
        near: [Double]? = nil
    ) -> Solution? {
        if let own = own(problem, near: near) {
            return Solution(
                theta: own.theta,
                objective: own.objective,
                isConverged: own.isConverged,
                starts: own.starts,
                startsAtBest: own.startsAtBest,
                inverse: problem.inverseCurvature(own.theta)
            )
        }
        var scratch = [Double](repeating: 0, count: L.Coordinate.allCases.count)
        let ranked = starts.map { ($0.values, problem.value($0.values, &scratch)) }
            .filter { $0.1.isFinite }
            .sorted { $0.1 < $1.1 }
        let fresh = ranked.prefix(near == nil ? Self.followedStarts : 2).map(\.0)
        let known = near.map { minimum(from: $0) }
        let minima = ((known.map { [$0] } ?? []) + fresh.map { minimum(from: $0) })
            .filter { $0.value.isFinite }
        guard let best = minima.min(by: { $0.value < $1.value }) else { return nil }
        func isBest(_ value: Double) -> Bool {
            value <= best.value * (1 + 1e-6) + Minimiser.negligible
        }
        let atBest = minima.count { isBest($0.value) }
        return Solution(
            theta: best.point,
            objective: best.value,
            isConverged: best.isConverged,
            starts: minima.count,
            startsAtBest: atBest,
            isNearby: known.map { isBest($0.value) } ?? true,
            inverse: problem.inverseCurvature(best.point)
        )
    }

    private func own(_ problem: RobustProblem<L>, near: [Double]?) -> OwnMinimum? {
        L.ownMinimum(
            problem.inputs,
            logTargets: problem.logTargets,
            weights: problem.weights,
            near: near
        )
    }

    private func minimum(from start: [Double]) -> Minimiser.Minimum {
        let rough = Minimiser().minimise(
            from: start,
            inverseHessian: problem.inverseCurvature(start, ridge: 1e-4),
            evaluate: { problem.value($0, &$1) }
        )
        // The curvature at the first end takes the search out of corners it crept into.
        let again = Minimiser().minimise(
            from: rough.point,
            inverseHessian: problem.inverseCurvature(rough.point),
            evaluate: { problem.value($0, &$1) }
        )
        return again.value <= rough.value ? again : rough
    }

    /// Share of the objective at which the refit of a draw may end: a hundredth of the standard
    /// deviation that the draws measure costs about 1e-4 / runs.
    static var drawTolerance: Double { 1e-6 }

    /// Coordinates of `count` refits of runs drawn with replacement; draw k depends on the seed and
    /// k alone. Draws that end nowhere are left out.
    func draws(
        _ solution: Solution,
        seed: UInt64,
        count: Int,
        isCancelled: (@Sendable () -> Bool)? = nil
    ) -> [[Double]] {
        ParallelMap.map(count) { draw -> [Double]? in
            guard !(isCancelled?() ?? false) else { return nil }
            var random = SplitMix64(seed: seed &+ UInt64(draw) &* 0x9E37_79B9)
            var resampled = problem
            for index in resampled.weights.indices { resampled.weights[index] = 0 }
            for _ in resampled.weights.indices {
                resampled.weights[random.index(below: resampled.weights.count)] += 1
            }
            if let own = own(resampled, near: solution.theta) { return own.theta }
            let minimum = Minimiser(evaluationLimit: 200, tolerance: Self.drawTolerance).minimise(
                from: solution.theta,
                inverseHessian: resampled.inverseCurvature(solution.theta) ?? solution.inverse,
                evaluate: { resampled.value($0, &$1) }
            )
            return minimum.value.isFinite ? minimum.point : nil
        }.compactMap(\.self)
    }
}
