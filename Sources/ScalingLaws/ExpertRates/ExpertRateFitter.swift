import Foundation
import Runs

/// The stages of `ExpertStepLaw.fit`.
struct ExpertRateFitter {
    let request: FitRequest
    let cells: ExpertCells
    private let inputs: [[Double]]
    private let all: [Double]
    /// Every cell's own optimum by one bowl shared by all; nil when it did not converge.
    private var surface: [CellShift]?

    init(_ request: FitRequest) throws(FitError) {
        self.request = request
        cells = try ExpertCells(request.observations)
        inputs = cells.cells.map(\.inputs)
        all = [Double](repeating: 1, count: cells.cells.count)
        guard cells.spread(2) > ExpertCells.enoughSpread else {
            throw .noSpread(input: "tokenCount", value: exp(cells.pivot[2]))
        }
        guard max(cells.spread(0), cells.spread(1)) > ExpertCells.enoughSpread else {
            throw .noSpread(input: "totalParameterCount", value: exp(cells.pivot[0]))
        }
        surface = surfaceOptima()
    }

    /// Optima of the cells by one estimator, and what is left of each variant without a cell.
    private struct Scored {
        var estimator: Estimator
        var variant: ExpertVariant
        var rate: [Double]
        var batch: [Double]
        var costs: [Double]
        var optima: [CellShift]
        var mean: Double { costs.reduce(0, +) / Double(costs.count) }
    }

    func run() throws(FitError) -> ExpertRateFit {
        try request.checkCancelled()
        var scored: [Scored] = []
        for (estimator, optima) in estimates() {
            for rate in drivers where rate != .none {
                for batch in drivers {
                    let variant = ExpertVariant(learningRate: rate, batch: batch)
                    if let found = score(variant, estimator, optima) { scored.append(found) }
                }
            }
        }
        try request.checkCancelled()
        request.progress?(0.7)
        guard let chosen = choose(scored) else {
            throw .confounded(first: "the parameter counts", second: "tokenCount")
        }
        let ranked = rank(scored, chosen)
        let draws = draws(scored, chosen)
        request.progress?(1)
        return assemble(chosen, ranked, draws)
    }

    // MARK: cell optima

    private var bandOptima: [CellShift] {
        let tolerance = request.options.bandTolerance
        return cells.cells.map { cell in
            let near = cell.data.nearOptimal(tolerance)
            let count = Double(max(near.count, 1))
            return CellShift(
                x: near.reduce(0) { $0 + cell.data.x[$1] } / count,
                y: near.reduce(0) { $0 + cell.data.y[$1] } / count
            )
        }
    }

    private func estimates() -> [(Estimator, [CellShift])] {
        let estimates = [(Estimator.jointSurface, surface), (.band, bandOptima)]
        return estimates.compactMap { estimator, optima in
            if let forced = request.options.estimator, forced != estimator { return nil }
            return optima.map { (estimator, $0) }
        }
    }

    private func surfaceOptima() -> [CellShift]? {
        var best: (JointSolver.Solution, JointProblem)?
        for axis in [0, 1] where cells.spread(axis) > ExpertCells.enoughSpread {
            let table = cells.table(driver: axis)
            let moments = BandLaw.moments(table, tolerance: request.options.bandTolerance)
            let band = BandLaw.fit(moments, weights: all, form: .parametersAndTokens)
            guard let band else { continue }
            let (solution, problem) = JointFit.fit(
                table,
                form: .parametersAndTokens,
                band: band
            )
            guard solution.isConverged else { continue }
            if solution.noise < best?.0.noise ?? .infinity { best = (solution, problem) }
        }
        return best.map { solution, problem in
            let shifts = CellShiftFitter.shifts(problem, solution)
            return zip(problem.n.indices, shifts).map { cell, shift in
                let law = solution.law.point(n: problem.n[cell], d: problem.d[cell])
                return CellShift(x: law.x + shift.x, y: law.y + shift.y)
            }
        }
    }

    // MARK: variants

    /// Drivers whose exponents the cells determine, simplest first.
    private var drivers: [ExpertVariant.Driver] {
        var drivers: [ExpertVariant.Driver] = [.none]
        if cells.spread(0) > ExpertCells.enoughSpread { drivers.append(.total) }
        if cells.spread(1) > ExpertCells.enoughSpread { drivers.append(.active) }
        if drivers.count == 3, !areTied { drivers.append(.both) }
        return drivers
    }

    /// Total and active move together: at one sparsity they cannot be told apart.
    var areTied: Bool {
        let sparsity = cells.cells.map { $0.inputs[0] - $0.inputs[1] }
        return (sparsity.max() ?? 0) - (sparsity.min() ?? 0) < ExpertCells.enoughSpread
    }

    private func score(
        _ variant: ExpertVariant,
        _ estimator: Estimator,
        _ optima: [CellShift]
    ) -> Scored? {
        let (xs, ys) = (optima.map(\.x), optima.map(\.y))
        func laws(_ weights: [Double]) -> (rate: [Double], batch: [Double])? {
            guard
                let rate = ExpertRegression.fit(
                    inputs,
                    xs,
                    weights: weights,
                    driver: variant.learningRate
                ),
                let batch = ExpertRegression.fit(
                    inputs,
                    ys,
                    weights: weights,
                    driver: variant.batch
                )
            else { return nil }
            return (rate, batch)
        }
        guard let whole = laws(all) else { return nil }
        var costs: [Double] = []
        for cell in cells.cells.indices {
            var weights = all
            weights[cell] = 0
            guard let without = laws(weights) else { return nil }
            costs.append(
                cells.cells[cell].mesh.cost(
                    x: ExpertRegression.value(without.rate, inputs[cell]),
                    y: ExpertRegression.value(without.batch, inputs[cell])
                ).interpolated
            )
        }
        return Scored(
            estimator: estimator,
            variant: variant,
            rate: whole.rate,
            batch: whole.batch,
            costs: costs,
            optima: optima
        )
    }

    /// Mean and standard error of the paired differences of regret.
    private func difference(_ one: Scored, _ other: Scored) -> (mean: Double, error: Double) {
        let differences = zip(one.costs, other.costs).map { $0 - $1 }
        let count = Double(differences.count)
        let mean = differences.reduce(0, +) / count
        let squares = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (mean, (squares / max(count - 1, 1) / count).squareRoot())
    }

    /// The fewest coefficients within one standard error of the least regret.
    private func choose(_ scored: [Scored]) -> Scored? {
        guard let best = scored.min(by: { $0.mean < $1.mean }) else { return nil }
        let rivals = scored.filter { rival in
            guard rival.estimator == best.estimator,
                rival.variant.columnCount < best.variant.columnCount
            else { return false }
            let (mean, error) = difference(rival, best)
            return mean <= error
        }
        return rivals.min {
            ($0.variant.columnCount, $0.mean) < ($1.variant.columnCount, $1.mean)
        } ?? best
    }

    private func rank(_ scored: [Scored], _ chosen: Scored) -> [ExpertRateFit.VariantScore] {
        scored.sorted { $0.mean < $1.mean }.compactMap { one in
            guard let regret = RegretScorer.summary(one.costs) else { return nil }
            let (margin, error) = difference(one, chosen)
            return .init(
                variant: one.variant,
                estimator: one.estimator,
                regret: regret,
                margin: margin,
                marginError: error,
                isChosen: one.variant == chosen.variant && one.estimator == chosen.estimator
            )
        }
    }

    // MARK: intervals

    /// Resampled cells; every draw takes one variant and estimator, the likelier the less its
    /// regret exceeds the chosen one's in standard errors: the choice itself adds its spread.
    private func draws(_ scored: [Scored], _ chosen: Scored) -> [ExpertRateFit.Draw] {
        let rivals = scored
        let shares = rivals.map { rival in
            let isChosen =
                rival.variant == chosen.variant && rival.estimator == chosen.estimator
            guard !isChosen else { return 1.0 }
            let (mean, error) = difference(rival, chosen)
            guard error > 0 else { return mean > 0 ? 0 : 1 }
            return exp(-0.5 * pow(max(mean, 0) / error, 2)) / Double(rivals.count)
        }
        let whole = shares.reduce(0, +)
        var random = SplitMix64(seed: request.seed)
        var draws: [ExpertRateFit.Draw] = []
        for _ in 0..<min(max(request.options.drawCount, 0), 400) {
            var place = random.uniform() * whole
            var rival = chosen
            for (candidate, share) in zip(rivals, shares) {
                place -= share
                if place <= 0 {
                    rival = candidate
                    break
                }
            }
            var weights = [Double](repeating: 0, count: all.count)
            for _ in weights.indices { weights[random.index(below: weights.count)] += 1 }
            guard
                let rate = ExpertRegression.fit(
                    inputs,
                    rival.optima.map(\.x),
                    weights: weights,
                    driver: rival.variant.learningRate
                ),
                let batch = ExpertRegression.fit(
                    inputs,
                    rival.optima.map(\.y),
                    weights: weights,
                    driver: rival.variant.batch
                )
            else { continue }
            draws.append(.init(learningRate: rate, batch: batch))
        }
        return draws
    }

    // MARK: assembly

    /// By how much the two estimates of the cells' optima disagree on average: what leans the one
    /// leans the other less, and neither is without bias.
    private func misfit(_ axis: KeyPath<CellShift, Double>) -> Double {
        let band = bandOptima
        guard let surface else { return Self.leastMisfit * 5 }
        let difference = zip(surface, band).reduce(0) {
            $0 + $1.0[keyPath: axis] - $1.1[keyPath: axis]
        }
        return max(abs(difference) / Double(band.count), Self.leastMisfit)
    }

    private static let leastMisfit = 0.03

    private func assemble(
        _ chosen: Scored,
        _ ranked: [ExpertRateFit.VariantScore],
        _ draws: [ExpertRateFit.Draw]
    ) -> ExpertRateFit {
        let none = StepLawFit.Regret(mean: 0, median: 0, max: 0)
        let baselines = baselines
        return ExpertRateFit(
            law: ExpertStepLaw.card.id,
            parameterConvention: request.parameterConvention,
            lossName: request.lossName,
            seed: request.seed,
            runCount: cells.cells.reduce(0) { $0 + $1.data.count + $1.data.diverged.count },
            cells: cells.cells.map { cell in
                .init(
                    totalParameterCount: cell.totalCount,
                    activeParameterCount: cell.activeCount,
                    tokenCount: cell.data.tokenCount,
                    runCount: cell.data.count,
                    best: best(cell.data)
                )
            },
            pivot: .init(
                totalParameterCount: exp(cells.pivot[0]),
                activeParameterCount: exp(cells.pivot[1]),
                tokenCount: exp(cells.pivot[2])
            ),
            variant: chosen.variant,
            estimator: chosen.estimator,
            learningRate: chosen.rate,
            batch: chosen.batch,
            rateMisfit: misfit(\.x),
            batchMisfit: misfit(\.y),
            draws: draws,
            scores: ranked,
            baselines: baselines,
            crossValidation: RegretScorer.summary(chosen.costs) ?? none,
            leftOut: Array(cells.leftOut.prefix(StepLawFitter.leftOutLimit)),
            leftOutCount: cells.leftOut.count,
            warnings: warnings(chosen, ranked, baselines)
        )
    }

    private func best(_ cell: CellData) -> StepLawFit.Best {
        let run = cell.observations[cell.l.indices.min { cell.l[$0] < cell.l[$1] } ?? 0]
        return .init(
            runID: run.runID.hex,
            runName: run.runName,
            peakLearningRate: run.peakLearningRate,
            batchTokens: run.batchTokens,
            lossNats: run.lossNats
        )
    }

    private var baselines: [StepLawFit.Baseline] {
        let costs = cells.cells.indices.compactMap { own -> RegretMesh.Cost? in
            let others = cells.cells.indices.filter { $0 != own }
            func distance(_ other: Int) -> Double {
                zip(inputs[other], inputs[own]).reduce(0) { $0 + pow($1.0 - $1.1, 2) }
            }
            return others.min { distance($0) < distance($1) }.map { nearest in
                let run = best(cells.cells[nearest].data)
                return cells.cells[own].mesh.cost(
                    x: log(run.peakLearningRate),
                    y: log(run.batchTokens)
                )
            }
        }
        guard let snap = RegretScorer.summary(costs.map(\.snap)),
            let mesh = RegretScorer.summary(costs.map(\.interpolated))
        else { return [] }
        return [
            .init(
                id: "nearest-run",
                title: "Best run of the nearest other cell",
                snap: snap,
                interpolated: mesh
            )
        ]
    }

    private func warnings(
        _ chosen: Scored,
        _ ranked: [ExpertRateFit.VariantScore],
        _ baselines: [StepLawFit.Baseline]
    ) -> [String] {
        var warnings: [String] = []
        for (axis, name) in zip([0, 1], ExpertCells.names)
        where cells.spread(axis) <= ExpertCells.enoughSpread {
            warnings.append(
                "\(name) is \(exp(cells.pivot[axis])) in every cell: it has no exponent here. Sweep"
                    + " models that differ in it by 1.5 times or more."
            )
        }
        if areTied {
            warnings.append(
                "Total and active parameters keep one ratio in all cells, so the runs cannot say"
                    + " which of them drives rate or batch. Sweep a second sparsity."
            )
        }
        let open = ranked.filter { !$0.isChosen && $0.margin <= 2 * $0.marginError }
            .filter { $0.variant != chosen.variant }
        if !areTied, let next = open.first {
            warnings.append(
                "The choice of counts is not settled: \(next.variant.words) costs"
                    + " \(next.margin) ± \(next.marginError) % of loss more on left-out cells. The"
                    + " intervals allow for it."
            )
        }
        for baseline in baselines where baseline.interpolated.mean < chosen.mean {
            warnings.append(
                "On left-out cells the law does not beat the simple rule \"\(baseline.title)\"."
            )
        }
        return warnings
    }
}
