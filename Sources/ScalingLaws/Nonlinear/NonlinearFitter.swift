import Foundation
import Runs

/// Fits a nonlinear law and says how far it may be trusted.
///
/// 1. Runs that cannot inform the law are set aside with a reason; what the law requires is
///    checked.
/// 2. The best minimum of several starts is taken; its intervals are quantiles of refits of runs
///    drawn with replacement, stretched for the parameters that the fit used up.
/// 3. A parameter whose interval says nothing is refused, with the interval.
/// 4. The fit is tested on scales and groups that it did not see, beside naive rules.
struct NonlinearFitter<L: NonlinearLaw> {
    let request: FitRequest
    private let data: NonlinearData<L>
    private let delta: Double

    init(_ request: FitRequest) {
        self.request = request
        data = NonlinearData<L>(request.observations)
        delta = request.options.huberDelta ?? L.huberDelta
    }

    func run() throws(FitError) -> NonlinearFit {
        let (solver, solution) = try solve()
        return try finish(solver, solution, near: nil)
    }

    /// Refits of resampled runs start from the minimum as in a whole fit; fits without a scale or a
    /// group start from it too, and follow two fresh starts instead of eight.
    func run(from earlier: NonlinearFit) throws(FitError) -> NonlinearFit? {
        guard let (solver, solution) = try warmMinimum(earlier) else { return nil }
        return try finish(solver, solution, near: solution.theta)
    }

    /// nil where an earlier fit is no start for these runs, where a fresh start found a better
    /// minimum, and where the objective rose by more than the new runs explain.
    private func warmMinimum(
        _ earlier: NonlinearFit
    ) throws(FitError) -> (RobustSolver<L>, RobustSolver<L>.Solution)? {
        guard earlier.law == L.card.id, earlier.options == request.options,
            earlier.theta.count == L.Coordinate.allCases.count,
            earlier.theta.allSatisfy(\.isFinite), !earlier.residuals.isEmpty
        else { return nil }
        // A law's own method is cheap enough to look everywhere again.
        let (solver, solution) = try solve(near: L.ownObjectiveName == nil ? earlier.theta : nil)
        guard solution.isConverged, solution.isNearby else { return nil }
        let growth = Double(data.count) / Double(earlier.residuals.count)
        let known = earlier.objective * growth * (1 + Self.surprise / Double(data.count))
        return solution.objective <= known + Minimiser.negligible ? (solver, solution) : nil
    }

    /// A new run may cost this many times what the earlier ones cost on average.
    private static var surprise: Double { 5 }

    private func finish(
        _ solver: RobustSolver<L>,
        _ solution: RobustSolver<L>.Solution,
        near: [Double]?
    ) throws(FitError) -> NonlinearFit {
        request.progress?(0.1)
        let draws = solver.draws(
            solution,
            seed: request.seed,
            count: request.options.drawCount,
            isCancelled: request.isCancelled
        )
        try request.checkCancelled()
        request.progress?(0.7)
        let parameters = try parameters(solution, draws)
        let tests = HeldOutTests(
            data: data,
            delta: delta,
            near: near,
            isCancelled: request.isCancelled
        )
        let ladder = tests.ladder()
        let validation = tests.crossValidation()
        try request.checkCancelled()
        request.progress?(0.95)
        let report = NonlinearReport(data: data, solution: solution, problem: solver.problem)
        return report.fit(
            request: request,
            parameters: parameters.shown,
            derived: parameters.derived,
            draws: draws,
            ladder: ladder,
            validation: validation
        )
    }

    /// The minimum alone: what a benchmark of the fit itself times.
    func solve(
        near: [Double]? = nil
    ) throws(FitError) -> (RobustSolver<L>, RobustSolver<L>.Solution) {
        try data.check()
        var problem = data.problem(delta: delta)
        let starts = L.starts(data.inputs, logTargets: data.logTargets)
        if let id = request.options.prior { problem.prior = try pull(id) }
        let solver = RobustSolver(problem)
        guard let solution = solver.solve(from: starts, near: near) else {
            throw .didNotConverge(starts: starts.count)
        }
        guard solution.inverse != nil else { throw .singular(stage: L.card.title) }
        return (solver, solution)
    }

    /// A pull worth one tenth of a run in each coordinate: it decides only where runs are silent.
    private func pull(_ id: String) throws(FitError) -> RobustProblem<L>.Pull {
        guard let preset = L.presets.first(where: { $0.id == id }) else {
            throw .unknownPrior(id: id, known: L.presets.map(\.id))
        }
        return .init(
            center: preset.theta.values,
            strength: preset.theta.values.map { 0.1 * delta * delta / max(abs($0), 0.1) }
        )
    }

    private func parameters(
        _ solution: RobustSolver<L>.Solution,
        _ draws: [[Double]]
    ) throws(FitError) -> (shown: [NonlinearFit.Parameter], derived: [NonlinearFit.Parameter]) {
        let best = Coordinates<L.Coordinate>(solution.theta)
        let all = draws.map { Coordinates<L.Coordinate>($0) }
        let stretch = stretch
        let roles = L.card.inputs.filter { $0 != .loss }.map(\.rawValue).joined(separator: ", ")
        for (coordinate, width) in L.widest {
            let sample = all.map { $0[coordinate] }
            let interval = Quantiles.interval(best[coordinate], sample, stretch: stretch)
            guard let interval, interval.high - interval.low <= width else {
                throw .unidentified(
                    parameter: "\(coordinate)",
                    low: interval?.low ?? -.infinity,
                    high: interval?.high ?? .infinity,
                    advice: "Add runs over a wider range of \(roles)."
                )
            }
        }
        func shown(_ symbol: LawCard.Symbol, _ value: Double, _ sample: [Double])
            -> NonlinearFit.Parameter
        {
            let interval = Quantiles.shownInterval(value, sample, stretch: stretch)
            return .init(
                symbol: symbol.symbol,
                name: symbol.name,
                unit: symbol.unit,
                value: value,
                low: interval?.low ?? value,
                high: interval?.high ?? value
            )
        }
        let values = L.parameters(best)
        let samples = all.map { L.parameters($0) }
        return (
            L.card.parameters.enumerated().map { place, symbol in
                shown(symbol, values[place], samples.map { $0[place] })
            },
            L.derived.map { derived in
                shown(derived.symbol, derived.value(best), all.map { derived.value($0) })
            }
        )
    }

    /// Resampled refits scatter too little by the share of freedom that the fit used up.
    private var stretch: Double {
        let size = Double(L.Coordinate.allCases.count)
        let count = Double(data.count)
        return count > size + 1 ? (count / (count - size)).squareRoot() : 1
    }
}
