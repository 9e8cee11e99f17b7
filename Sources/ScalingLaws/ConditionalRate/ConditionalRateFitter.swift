import Foundation
import Runs

/// The stages of `ConditionalLearningRate.fit` after the rows were grouped.
struct ConditionalRateFitter {
    static let sharpness = 3.0
    static let form = RateForm.saturating(sharpness)

    let request: FitRequest
    let table: CellTable
    let leftOut: [NonlinearFit.LeftOut]
    private let solver: RateSolver
    private let joint: JointSolver.Solution
    private let problem: JointProblem

    init(
        request: FitRequest,
        table: CellTable,
        leftOut: [NonlinearFit.LeftOut]
    ) throws(FitError) {
        self.request = request
        self.table = table
        self.leftOut = leftOut
        let slices = RateSlice.all(table)
        guard slices.count >= ConditionalLearningRate.minimumSlices else {
            throw .tooFewSlices(
                needed: ConditionalLearningRate.minimumSlices,
                found: slices.count
            )
        }
        solver = RateSolver(slices: slices)
        let weights = [Double](repeating: 1, count: table.cells.count)
        let moments = BandLaw.moments(table, tolerance: request.options.bandTolerance)
        guard let band = BandLaw.fit(moments, weights: weights, form: .parametersAndTokens) else {
            throw .singular(stage: "the near-optimal band")
        }
        (joint, problem) = JointFit.fit(table, form: .parametersAndTokens, band: band)
        guard joint.parameters.allSatisfy(\.isFinite) else {
            throw .singular(stage: "the joint surface")
        }
    }

    func run() throws(FitError) -> ConditionalRateFit {
        try advance(0.2)
        let all = [Double](repeating: 1, count: table.cells.count)
        let batch = joint.law.batch
        guard let solution = solver.solve(Self.form, batch: batch, weights: all) else {
            throw .singular(stage: "the slices")
        }
        try checkSpread(batch)
        let forms = try scores()
        try advance(0.6)
        let draws = try draws()
        try advance(0.95)
        return assemble(solution, forms: forms, draws: draws)
    }

    private func advance(_ share: Double) throws(FitError) {
        try request.checkCancelled()
        request.progress?(share)
    }

    /// The batch must vary about the optimal one by more than twice, or its exponent is a guess.
    private func checkSpread(_ batch: [Double]) throws(FitError) {
        let ratios = solver.slices.map { Self.ratio($0, batch) }
        let (low, high) = (ratios.min() ?? 0, ratios.max() ?? 0)
        guard high - low > log(2) else {
            throw .noSpread(input: "batchTokens over the optimal batch", value: exp(low))
        }
    }

    static func ratio(_ slice: RateSlice, _ batch: [Double]) -> Double {
        slice.logBatch - batch[0] - batch[1] * slice.n - batch[2] * slice.d
    }

    // MARK: resampling

    private func draws() throws(FitError) -> [ConditionalRateFit.Draw] {
        let count = min(max(request.options.drawCount, 0), ConditionalLearningRate.drawLimit)
        var random = SplitMix64(seed: request.seed)
        var surface = JointSolver(problem, form: .parametersAndTokens)
        var draws: [ConditionalRateFit.Draw] = []
        for index in 0..<count {
            if index % 16 == 0 { try request.checkCancelled() }
            for cell in surface.weights.indices { surface.weights[cell] = 0 }
            for _ in surface.weights.indices {
                surface.weights[random.index(below: table.cells.count)] += 1
            }
            let law = surface.solve(
                from: joint.parameters,
                noise: joint.noise,
                rounds: 1,
                iterations: 6
            ).law
            if let found = solver.solve(Self.form, batch: law.batch, weights: surface.weights) {
                draws.append(Self.draw(found, law.batch))
            }
        }
        return draws
    }

    static func draw(_ solution: RateSolver.Solution, _ batch: [Double]) -> ConditionalRateFit.Draw
    {
        let knee = [batch[0] + solution.logKnee, batch[1], batch[2]]
        return .init(
            rate: SaturatingRate(
                base: solution.base,
                slope: solution.slope,
                sharpness: sharpness,
                knee: knee
            ),
            batch: batch,
            logKnee: solution.logKnee
        )
    }

    // MARK: rivals of the form

    /// Every form, fitted without each cell and judged on it.
    private func scores() throws(FitError) -> [ConditionalRateFit.FormScore] {
        var withoutCell: [[Double]] = []
        for cell in table.cells.indices {
            try request.checkCancelled()
            let law = JointFit.refit(
                table,
                leavingOut: cell,
                form: .parametersAndTokens,
                from: joint
            )
            withoutCell.append(law.batch)
        }
        let forms: [(String, String, RateForm)] = [
            ("saturating", "Saturating, the law", Self.form),
            ("sharpness-1", "Saturating, softer knee (sharpness 1)", .saturating(1)),
            ("power-law", "Power law of the batch, exponent fitted", .powerLaw),
            ("linear", "Linear in the batch", .fixedPower(1)),
            ("square-root", "Square root of the batch", .fixedPower(0.5)),
            ("no-batch", "The batch ignored", .fixedPower(0)),
        ]
        var scores = forms.compactMap { id, title, form in
            score(id, title) { cell in
                var weights = [Double](repeating: 1, count: table.cells.count)
                weights[cell] = 0
                let batch = withoutCell[cell]
                guard let found = solver.solve(form, batch: batch, weights: weights) else {
                    return nil
                }
                return { RateSolver.logRate(form, found, batch: batch, $0) }
            }
        }
        if let nearest = score(
            "nearest-slice",
            "Best rate of the nearest other cell's slice",
            nearest
        ) {
            scores.append(nearest)
        }
        return scores
    }

    private func score(
        _ id: String,
        _ title: String,
        _ rule: (Int) -> ((RateSlice) -> Double)?
    ) -> ConditionalRateFit.FormScore? {
        var errors: [Double] = []
        var costs: [Double] = []
        for cell in table.cells.indices {
            let own = solver.slices.filter { $0.cell == cell }
            guard !own.isEmpty, let predict = rule(cell) else { continue }
            for slice in own {
                let predicted = predict(slice)
                errors.append(predicted - slice.logRate)
                costs.append(slice.regretPercent(predicted))
            }
        }
        guard let regret = RegretScorer.summary(costs) else { return nil }
        let squares = errors.reduce(0) { $0 + $1 * $1 }
        return .init(
            id: id,
            title: title,
            residual: (squares / Double(errors.count)).squareRoot(),
            regret: regret
        )
    }

    private func nearest(_ cell: Int) -> ((RateSlice) -> Double)? {
        let others = solver.slices.filter { $0.cell != cell }
        guard !others.isEmpty else { return nil }
        return { slice in
            func distance(_ other: RateSlice) -> Double {
                let (n, d) = (other.n - slice.n, other.d - slice.d)
                let b = other.logBatch - slice.logBatch
                return n * n + d * d + b * b
            }
            return others.min { distance($0) < distance($1) }?.logRate ?? slice.logRate
        }
    }

    // MARK: assembly

    private func assemble(
        _ solution: RateSolver.Solution,
        forms: [ConditionalRateFit.FormScore],
        draws: [ConditionalRateFit.Draw]
    ) -> ConditionalRateFit {
        let batch = joint.law.batch
        let best = Self.draw(solution, batch)
        let errors = solver.slices.map {
            $0.logRate - best.rate.logRate(n: $0.n, d: $0.d, logBatch: $0.logBatch)
        }
        let range = RateSolver.kneeRange
        let isOpen = !(range.lowerBound + 0.05...range.upperBound - 0.05 ~= solution.logKnee)
        let parts = FitParts(table: table, tolerance: request.options.bandTolerance)
        return ConditionalRateFit(
            law: ConditionalLearningRate.card.id,
            parameterConvention: request.parameterConvention,
            lossName: request.lossName,
            seed: request.seed,
            dataHash: parts.dataHash(),
            runCount: table.runCount,
            cellCount: table.cells.count,
            pivot: .init(parameterCount: exp(table.pivotN), tokenCount: exp(table.pivotD)),
            rate: best.rate,
            batch: batch,
            logKnee: solution.logKnee,
            isKneeOpen: isOpen,
            residual: (errors.reduce(0) { $0 + $1 * $1 } / Double(errors.count)).squareRoot(),
            objective: solution.objective,
            slices: slices(best.rate),
            draws: draws,
            forms: forms,
            domain: domain(batch),
            bowl: JointProblem.bowl(joint.parameters),
            lossTokenSlope: tokenSlope,
            bestRuns: bestRuns,
            bestRunCells: table.cells.map {
                .init(parameterCount: $0.parameterCount, tokenCount: $0.tokenCount)
            },
            leftOut: Array(leftOut.prefix(StepLawFitter.leftOutLimit)),
            leftOutCount: leftOut.count,
            warnings: warnings(isOpen: isOpen, forms)
        )
    }

    private func slices(_ rate: SaturatingRate) -> [ConditionalRateFit.Slice] {
        solver.slices.map { slice in
            .init(
                parameterCount: table.cells[slice.cell].parameterCount,
                tokenCount: table.cells[slice.cell].tokenCount,
                batchTokens: exp(slice.logBatch),
                bestLearningRate: exp(slice.logRate),
                fittedLearningRate: exp(
                    rate.logRate(n: slice.n, d: slice.d, logBatch: slice.logBatch)
                ),
                runs: slice.x.count
            )
        }
    }

    private func domain(_ batch: [Double]) -> ConditionalRateFit.Domain {
        func bounds(_ values: [Double]) -> Bounds {
            Bounds(low: exp(values.min() ?? 0), high: exp(values.max() ?? 0))
        }
        return .init(
            parameterCount: bounds(table.cells.map(\.lnN)),
            tokenCount: bounds(table.cells.map(\.lnD)),
            batchTokens: bounds(solver.slices.map(\.logBatch)),
            batchOverOptimal: bounds(solver.slices.map { Self.ratio($0, batch) })
        )
    }

    /// Slope of the cells' least losses in ln D at equal N; what extra training would gain.
    private var tokenSlope: Double? {
        let moments = table.cells.map {
            BandLaw.Moments(n: $0.n, d: $0.d, meanX: $0.least, meanY: $0.least)
        }
        let weights = [Double](repeating: 1, count: moments.count)
        let slope = BandLaw.fit(moments, weights: weights, form: .parametersAndTokens)?
            .learningRate[2]
        return slope.flatMap { $0 < -1e-3 ? $0 : nil }
    }

    private var bestRuns: [StepLawFit.Best] {
        table.cells.map { cell in
            let run = cell.observations[cell.l.indices.min { cell.l[$0] < cell.l[$1] } ?? 0]
            return .init(
                runID: run.runID.hex,
                runName: run.runName,
                peakLearningRate: run.peakLearningRate,
                batchTokens: run.batchTokens,
                lossNats: run.lossNats
            )
        }
    }

    private func warnings(isOpen: Bool, _ forms: [ConditionalRateFit.FormScore]) -> [String] {
        var warnings: [String] = []
        if isOpen {
            warnings.append(
                "The runs do not show where the learning rate stops rising with the batch; knee and"
                    + " base are open, and only answers among the swept batches hold."
            )
        }
        if let own = forms.first,
            let better = forms.dropFirst().min(by: { $0.regret.mean < $1.regret.mean }),
            better.regret.mean < own.regret.mean
        {
            warnings.append(
                "On left-out cells the rule \"\(better.title)\" costs \(better.regret.mean) % of loss"
                    + " and the law \(own.regret.mean) %."
            )
        }
        return warnings
    }
}
