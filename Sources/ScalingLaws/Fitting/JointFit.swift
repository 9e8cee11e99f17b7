import Foundation

/// Fits the joint surface from several starts and reads from it.
package enum JointFit {
    /// Laws the optimum starts from, each with a middling bowl: the band's, one without exponents
    /// at the band's middle, and the published exponents through the band's middle.
    static func starts(_ band: OptimumLaw) -> [[Double]] {
        let shape = [log(0.01), 0.5, log(0.01), 0, 0.5, 0]
        return [
            band.learningRate + band.batch,
            [band.learningRate[0], 0, 0, band.batch[0], 0, 0],
            [band.learningRate[0], -0.713, 0.307, band.batch[0], 0, 0.571],
        ].map { $0 + shape }
    }

    static func fit(
        _ table: CellTable,
        form: StepLawFit.BatchForm,
        band: OptimumLaw
    ) -> (solution: JointSolver.Solution, problem: JointProblem) {
        let problem = JointProblem(table)
        var solver = JointSolver(problem, form: form)
        // One round from each start under one scale of residuals, then the best to the end.
        let starts = starts(band)
        let first = starts.map { solver.solve(from: $0, rounds: 1) }
        let comparable = first.map { solver.objective(at: $0.parameters) }
        let best = comparable.indices.min { comparable[$0] < comparable[$1] } ?? 0
        let solution = solver.solve(from: first[best].parameters, rounds: 12)
        return (solution, problem)
    }

    /// Warm refit without one cell, for leave-one-cell-out scores.
    static func refit(
        _ table: CellTable,
        leavingOut cell: Int,
        form: StepLawFit.BatchForm,
        from solution: JointSolver.Solution
    ) -> OptimumLaw {
        let problem = JointProblem(table, leavingOut: cell)
        var solver = JointSolver(problem, form: form)
        return solver.solve(from: solution.parameters, rounds: 6).law
    }
}

extension JointFit {
    /// Parameters of an earlier fit's surface, its laws moved to another pivot.
    static func start(_ earlier: StepLawFit, pivotN: Double, pivotD: Double) -> [Double] {
        let bowl = earlier.surface.bowl
        let n = pivotN - log(earlier.pivot.parameterCount)
        let d = pivotD - log(earlier.pivot.tokenCount)
        func moved(_ law: [Double]) -> [Double] {
            [law[0] + law[1] * n + law[2] * d, law[1], law[2]]
        }
        return moved(earlier.surface.learningRate) + moved(earlier.surface.batch) + [
            log(bowl.learningRateCurvature), bowl.learningRateSkew, log(bowl.batchCurvature),
            bowl.batchSkew, bowl.ridgeSlope, log(bowl.ridgeKnee),
        ]
    }
}

extension JointSolver {
    /// The objective at p with residuals scaled by the observed excess: comparable between starts.
    mutating func objective(at p: [Double]) -> Double {
        scale(by: problem.observedExcess, 1)
        return evaluate(p)
    }
}
