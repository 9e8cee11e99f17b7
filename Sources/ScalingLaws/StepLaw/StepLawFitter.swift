import Foundation

/// The stages of `StepLaw.fit` after the rows were grouped.
struct StepLawFitter {
    /// Near-optimal runs per cell from which the band is a fair rival of the joint surface.
    static let denseNearOptimalCount = 5.0
    static let leftOutLimit = 1_000

    let request: FitRequest
    let table: CellTable
    let leftOut: [StepLawFit.LeftOut]
    let scorer: RegretScorer

    init(request: FitRequest, table: CellTable, leftOut: [StepLawFit.LeftOut]) {
        self.request = request
        self.table = table
        self.leftOut = leftOut
        scorer = RegretScorer(table)
    }

    private struct Joint {
        var candidate: Candidate
        var solution: JointSolver.Solution
        var problem: JointProblem
    }

    mutating func run() throws(FitError) -> StepLawFit {
        try advance(0.05)
        let fitter = CandidateFitter(table: table, scorer: scorer, options: request.options)
        let bands = [try fitter.band(.tokens), try fitter.band(.parametersAndTokens)]
        var joints: [Joint] = []
        for (index, form) in [StepLawFit.BatchForm.tokens, .parametersAndTokens].enumerated() {
            try advance(0.1 + 0.35 * Double(index))
            let (candidate, solution, problem) = try fitter.joint(
                form,
                from: bands[index].law,
                isCancelled: request.isCancelled ?? { false }
            )
            joints.append(Joint(candidate: candidate, solution: solution, problem: problem))
        }
        try advance(0.85)
        let joint = joints[1].candidate.merit < joints[0].candidate.merit ? joints[1] : joints[0]
        let band = bands[1].merit < bands[0].merit ? bands[1] : bands[0]
        let (estimator, reason) = choose(joint, band)
        let chosen = estimator == .jointSurface ? joint.candidate : band
        let forms = estimator == .jointSurface ? joints.map(\.candidate) : bands
        let fit = assemble(
            chosen,
            among: bands + joints.map(\.candidate),
            forms: forms,
            reason: reason,
            joint: joint
        )
        try advance(1)
        return fit
    }

    /// The laws once more with the choices of an earlier fit on nearly the same runs, from its
    /// solution.
    func refit(from earlier: StepLawFit) throws(FitError) -> StepLawFit? {
        try advance(0.05)
        let fitter = CandidateFitter(table: table, scorer: scorer, options: request.options)
        let form = earlier.batchForm
        let bands = [try fitter.band(.tokens), try fitter.band(.parametersAndTokens)]
        let band = bands[form == .tokens ? 0 : 1]
        guard
            let (candidate, solution, problem) = try fitter.warmJoint(
                form,
                from: earlier,
                band: band.law
            )
        else { return nil }
        try advance(0.5)
        let chosen = earlier.estimator == .jointSurface ? candidate : band
        let fit = assemble(
            chosen,
            among: bands + [candidate],
            forms: [chosen],
            reason: "form and estimator kept from the fit before; a whole fit chooses them anew",
            joint: Joint(candidate: candidate, solution: solution, problem: problem)
        )
        try advance(1)
        return fit
    }

    private func advance(_ share: Double) throws(FitError) {
        if request.isCancelled?() == true { throw .cancelled }
        request.progress?(share)
    }

    // MARK: choice

    private func choose(_ joint: Joint, _ band: Candidate) -> (Estimator, String) {
        if let forced = request.options.estimator { return (forced, "asked for in the request") }
        guard joint.solution.isConverged else {
            return (.band, "the joint surface did not converge on these runs")
        }
        let near = table.cells.reduce(0) { sum, cell in
            sum + cell.nearOptimal(request.options.bandTolerance).count
        }
        let density = Double(near) / Double(table.cells.count)
        let rounded = (density * 10).rounded() / 10
        if density >= Self.denseNearOptimalCount, band.merit < joint.candidate.merit {
            return (
                .band,
                "\(rounded) near-optimal runs a cell, and the band costs less on left-out cells"
            )
        }
        return (
            .jointSurface,
            density >= Self.denseNearOptimalCount
                ? "\(rounded) near-optimal runs a cell, and the joint surface costs less on"
                    + " left-out cells than the band"
                : "\(rounded) near-optimal runs a cell are too few for the band; the joint surface"
                    + " uses all runs"
        )
    }

    // MARK: assembly

    private func assemble(
        _ chosen: Candidate,
        among candidates: [Candidate],
        forms: [Candidate],
        reason: String,
        joint: Joint
    ) -> StepLawFit {
        let bowl = JointProblem.bowl(joint.solution.parameters)
        let shifts = CellShiftFitter.shifts(joint.problem, joint.solution)
        let parts = FitParts(table: table, tolerance: request.options.bandTolerance)
        let level = LossLevelFit.fit(table, levels: joint.solution.levels)
        let uncertain = FormSpread(candidates, chosen: chosen)
            .widened(uncertainties(chosen, joint: joint, shifts: shifts))
        return StepLawFit(
            law: StepLaw.card.id,
            parameterConvention: request.parameterConvention,
            lossName: request.lossName,
            seed: request.seed,
            options: request.options,
            dataHash: parts.dataHash(),
            runCount: table.cells.reduce(0) { $0 + $1.count + $1.diverged.count },
            divergedCount: table.cells.reduce(0) { $0 + $1.diverged.count },
            cells: parts.cells(law: joint.solution.law, shifts: shifts),
            runs: parts.runs(),
            leftOut: Array(leftOut.prefix(Self.leftOutLimit)),
            leftOutCount: leftOut.count,
            pivot: .init(parameterCount: exp(table.pivotN), tokenCount: exp(table.pivotD)),
            estimator: chosen.estimator,
            estimatorReason: reason,
            learningRate: parts.powerLaw(
                chosen.law.learningRate,
                uncertain.learningRate,
                hasParameters: true,
                residual: parts.spread(about: chosen.law).x
            ),
            batch: parts.powerLaw(
                chosen.law.batch,
                uncertain.batch,
                hasParameters: chosen.form == .parametersAndTokens,
                residual: parts.spread(about: chosen.law).y
            ),
            batchForm: chosen.form,
            batchFormScores: forms.compactMap { formScore($0, isChosen: $0.form == chosen.form) },
            crossValidation: crossValidation(chosen),
            surface: surface(of: joint, from: chosen, bowl),
            conditional: ConditionalFit.fit(table, law: chosen.law, bowl: bowl),
            lossLevel: level,
            stability: StabilityFit.fit(table),
            baselines: Baselines.all(table, scorer),
            rivals: RivalJudge(
                table: table,
                scorer: scorer,
                law: chosen.law,
                levels: joint.solution.levels
            ).all(),
            warnings: parts.warnings(joint.solution, joint.problem)
        )
    }

    private func surface(
        of joint: Joint,
        from chosen: Candidate,
        _ bowl: Bowl
    ) -> JointSurface {
        JointSurface(
            learningRate: joint.solution.law.learningRate,
            batch: joint.solution.law.batch,
            bowl: bowl,
            levels: joint.solution.levels,
            cut: joint.problem.cut,
            scale: joint.solution.noise * JointProblem.noiseFloor,
            runCount: joint.problem.x.count,
            startCount: JointFit.starts(chosen.law).count,
            isConverged: joint.solution.isConverged
        )
    }

    private func uncertainties(
        _ chosen: Candidate,
        joint: Joint,
        shifts: [CellShift]
    ) -> (learningRate: PowerLawUncertainty, batch: PowerLawUncertainty) {
        if let known = IntervalEstimator.debiased(table) { return known.seen(from: chosen.law) }
        return (
            IntervalEstimator.simpleUncertainty(
                table,
                errors: shifts.map(\.x),
                usesParameterCount: true
            ),
            IntervalEstimator.simpleUncertainty(
                table,
                errors: shifts.map(\.y),
                usesParameterCount: chosen.form == .parametersAndTokens
            )
        )
    }

    private func formScore(_ candidate: Candidate, isChosen: Bool) -> StepLawFit.BatchFormScore? {
        guard let snap = candidate.score.snap, let mesh = candidate.score.interpolated else {
            return nil
        }
        return .init(form: candidate.form, snap: snap, interpolated: mesh, isChosen: isChosen)
    }

    private func crossValidation(_ chosen: Candidate) -> StepLawFit.CrossValidation {
        let none = StepLawFit.Regret(mean: 0, median: 0, max: 0)
        var perCell: [StepLawFit.CrossValidation.CellScore] = []
        for (cell, cost) in chosen.score.costs.enumerated() {
            guard let cost, let law = chosen.withoutCell[cell] else { continue }
            let point = law.point(n: table.cells[cell].n, d: table.cells[cell].d)
            perCell.append(
                .init(
                    cell: cell,
                    recommended: SurfacePoint(
                        peakLearningRate: exp(point.x),
                        batchTokens: exp(point.y)
                    ),
                    snapPercent: cost.snap,
                    interpolatedPercent: cost.interpolated,
                    isOutsideRuns: cost.isOutside
                )
            )
        }
        return .init(
            snap: chosen.score.snap ?? none,
            interpolated: chosen.score.interpolated ?? none,
            perCell: perCell
        )
    }
}
