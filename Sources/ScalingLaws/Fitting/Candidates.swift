/// One way to estimate the optimum, fitted on all cells and on all but each one.
struct Candidate: Sendable {
    var estimator: Estimator
    var form: StepLawFit.BatchForm
    var law: OptimumLaw
    /// Laws fitted without the cell of the same index.
    var withoutCell: [OptimumLaw?]
    var score: RegretScorer.Score

    /// What forms and estimators are compared by.
    var merit: Double { score.interpolated?.mean ?? .infinity }
}

/// Fits every estimator in every form and scores each by leave-one-cell-out regret.
struct CandidateFitter {
    let table: CellTable
    let scorer: RegretScorer
    let options: FitOptions

    func band(_ form: StepLawFit.BatchForm) throws(FitError) -> Candidate {
        let moments = BandLaw.moments(table, tolerance: options.bandTolerance)
        let all = [Double](repeating: 1, count: moments.count)
        guard let law = BandLaw.fit(moments, weights: all, form: form) else {
            throw .singular(stage: "the near-optimal band")
        }
        let without = table.cells.indices.map { left in
            var weights = all
            weights[left] = 0
            return BandLaw.fit(moments, weights: weights, form: form)
        }
        return candidate(.band, form, law, without)
    }

    func joint(
        _ form: StepLawFit.BatchForm,
        from band: OptimumLaw,
        isCancelled: () -> Bool
    ) throws(FitError) -> (Candidate, JointSolver.Solution, JointProblem) {
        let (solution, problem) = JointFit.fit(table, form: form, band: band)
        guard solution.parameters.allSatisfy(\.isFinite) else {
            throw .singular(stage: "the joint surface")
        }
        var without: [OptimumLaw?] = []
        for left in table.cells.indices {
            if isCancelled() { throw .cancelled }
            without.append(JointFit.refit(table, leavingOut: left, form: form, from: solution))
        }
        return (candidate(.jointSurface, form, solution.law, without), solution, problem)
    }

    /// The joint surface from an earlier fit's, and without each cell from that in a few steps; nil
    /// where it does not converge, or where the band's law leads to a better surface.
    func warmJoint(
        _ form: StepLawFit.BatchForm,
        from earlier: StepLawFit,
        band: OptimumLaw
    ) throws(FitError) -> (Candidate, JointSolver.Solution, JointProblem)? {
        let problem = JointProblem(table)
        var solver = JointSolver(problem, form: form)
        let start = JointFit.start(earlier, pivotN: table.pivotN, pivotD: table.pivotD)
        // One round from each start under one scale of residuals, as in a whole fit.
        let first = [start, JointFit.starts(band)[0]].map { solver.solve(from: $0, rounds: 1) }
        let costs = first.map { solver.objective(at: $0.parameters) }
        guard costs[0] <= costs[1] * (1 + Self.sameSurface) else { return nil }
        let solution = solver.solve(from: first[0].parameters, rounds: 12)
        guard solution.isConverged else { return nil }
        let without: [OptimumLaw?] = table.cells.indices.map { left in
            solver.weights = [Double](repeating: 1, count: table.cells.count)
            solver.weights[left] = 0
            return solver.solve(
                from: solution.parameters,
                noise: solution.noise,
                rounds: 1,
                iterations: 6
            ).law
        }
        return (candidate(.jointSurface, form, solution.law, without), solution, problem)
    }

    /// Share of the objective by which two searches for one minimum may differ.
    private static let sameSurface = 1e-3

    private func candidate(
        _ estimator: Estimator,
        _ form: StepLawFit.BatchForm,
        _ law: OptimumLaw,
        _ without: [OptimumLaw?]
    ) -> Candidate {
        let score = scorer.score { cell in
            without[cell]?.point(n: table.cells[cell].n, d: table.cells[cell].d)
        }
        return Candidate(
            estimator: estimator,
            form: form,
            law: law,
            withoutCell: without,
            score: score
        )
    }
}
