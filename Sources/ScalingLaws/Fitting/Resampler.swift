import Foundation

/// Refits on cells drawn with replacement: how much the law hangs on which cells were swept.
package enum Resampler {
    /// Laws of `count` draws; draws that do not determine the law are left out.
    package static func band(
        _ table: CellTable,
        form: StepLawFit.BatchForm,
        tolerance: Double,
        seed: UInt64,
        count: Int
    ) -> [OptimumLaw] {
        let moments = BandLaw.moments(table, tolerance: tolerance)
        var random = SplitMix64(seed: seed)
        var weights = [Double](repeating: 0, count: moments.count)
        return (0..<count).compactMap { _ in
            draw(&weights, &random)
            return BandLaw.fit(moments, weights: weights, form: form)
        }
    }

    /// The same with the joint surface: every draw starts from the fit on all cells and keeps its
    /// scales of the residuals.
    package static func joint(
        _ table: CellTable,
        form: StepLawFit.BatchForm,
        seed: UInt64,
        count: Int
    ) -> [OptimumLaw] {
        let moments = BandLaw.moments(table, tolerance: 0.0025)
        let all = [Double](repeating: 1, count: moments.count)
        guard let band = BandLaw.fit(moments, weights: all, form: form) else { return [] }
        let (solution, problem) = JointFit.fit(table, form: form, band: band)
        return joint(problem, solution, form: form, seed: seed, count: count)
    }

    static func joint(
        _ problem: JointProblem,
        _ solution: JointSolver.Solution,
        form: StepLawFit.BatchForm,
        seed: UInt64,
        count: Int
    ) -> [OptimumLaw] {
        var random = SplitMix64(seed: seed)
        var solver = JointSolver(problem, form: form)
        return (0..<count).map { _ in
            draw(&solver.weights, &random)
            return solver.solve(
                from: solution.parameters,
                noise: solution.noise,
                rounds: 1,
                iterations: 6
            ).law
        }
    }

    private static func draw(_ weights: inout [Double], _ random: inout SplitMix64) {
        for index in weights.indices { weights[index] = 0 }
        for _ in weights.indices { weights[random.index(below: weights.count)] += 1 }
    }
}
