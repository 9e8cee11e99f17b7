import Foundation
import Runs

/// The whole loss curve from the learning rate: Scaling Law with Learning Rate Annealing, arXiv
/// 2408.11029. Fitted on all points of the runs of one setting, it says what another schedule or
/// length would have ended at.
package enum Annealing: AdvisingLaw {
    package static let card = LawCard(
        id: "annealing",
        title: "Loss curve under a learning-rate schedule",
        family: .lossCurve,
        equation: "L(s) = L0 + A·S1^-alpha − C·S2, S1 = Σ η_i, S2 = Σ m_i,"
            + " m_i = 0.999·m_(i−1) + η_(i−1) − η_i",
        citation: "form: Scaling Law with Learning Rate Annealing, arXiv 2408.11029; fit: this"
            + " project's runs",
        symbols: [
            .init(symbol: "L", name: "loss at a step", unit: "nats per token"),
            .init(symbol: "η", name: "learning rate", unit: "1"),
            .init(symbol: "S1", name: "area under the rate", unit: "steps"),
            .init(symbol: "S2", name: "annealing area", unit: "steps"),
        ],
        parameters: [
            .init(symbol: "L0", name: "loss that no training lowers", unit: "nats per token"),
            .init(symbol: "A", name: "power term at S1 = 1", unit: "nats per token"),
            .init(symbol: "alpha", name: "exponent of S1", unit: "1"),
            .init(symbol: "C", name: "gain by annealing area", unit: "nats per token and step"),
        ],
        inputs: [.loss],
        optionalInputs: [.parameterCount, .batchTokens, .peakLearningRate, .stepCount],
        readsCurves: true,
        answers: ["loss at the end under another schedule", "loss at the end of a longer run"],
        validity: "Runs of one size, batch and peak rate whose learning rate was logged and decays"
            + " in at least one; warm-up counts as if at the peak.",
        note:
            "Give it two schedules or two lengths: from one curve alone floor and gain are hard to"
            + " tell apart."
    )

    package static func fit(_ request: FitRequest) throws(FitError) -> NonlinearFit {
        try AnnealingFitter(request).run()
    }
}

/// Robust fit over points, resampled by runs where there are five or more, else by stretches of a
/// tenth of a curve, since neighbouring points err together.
struct AnnealingFitter {
    private typealias Problem = RobustProblem<AnnealingForm>
    private let request: FitRequest
    private let data: AnnealingData
    private let delta: Double

    init(_ request: FitRequest) throws(FitError) {
        self.request = request
        data = try AnnealingData(request.observations)
        delta = request.options.huberDelta ?? AnnealingForm.huberDelta
    }

    func run() throws(FitError) -> NonlinearFit {
        guard data.inputs.contains(where: { $0.annealing > 0 }) else {
            throw .unidentified(
                parameter: "C",
                low: 0,
                high: .infinity,
                advice: "No run lowers its learning rate. Add one that decays, or log its rate."
            )
        }
        let problem = Problem(inputs: data.inputs, logTargets: data.logTargets, delta: delta)
        let solver = RobustSolver<AnnealingForm>(problem)
        let starts = AnnealingForm.starts(data.inputs, logTargets: data.logTargets)
        guard let solution = solver.solve(from: starts) else {
            throw .didNotConverge(starts: starts.count)
        }
        guard solution.inverse != nil else { throw .singular(stage: Annealing.card.title) }
        request.progress?(0.2)
        let draws = resampled(problem, solution)
        try request.checkCancelled()
        try checkIdentified(solution.theta, draws)
        request.progress?(0.8)
        let tests = AnnealingHeldOut(data: data, delta: delta)
        return report(solution, problem, draws, tests.leaveRunOut())
    }

    private func resampled(
        _ problem: Problem,
        _ solution: RobustSolver<AnnealingForm>.Solution
    ) -> [[Double]] {
        let blocks = blocks()
        let isCancelled = request.isCancelled
        let seed = request.seed
        return ParallelMap.map(request.options.drawCount) { draw -> [Double]? in
            guard !(isCancelled?() ?? false) else { return nil }
            var random = SplitMix64(seed: seed &+ UInt64(draw) &* 0x9E37_79B9)
            var copy = problem
            for index in copy.weights.indices { copy.weights[index] = 0 }
            for _ in blocks.indices {
                for point in blocks[random.index(below: blocks.count)] { copy.weights[point] += 1 }
            }
            let minimum = Minimiser(evaluationLimit: 200, tolerance: 1e-7).minimise(
                from: solution.theta,
                inverseHessian: copy.inverseCurvature(solution.theta) ?? solution.inverse,
                evaluate: { copy.value($0, &$1) }
            )
            return minimum.value.isFinite ? minimum.point : nil
        }.compactMap(\.self)
    }

    private func blocks() -> [[Int]] {
        let owners = data.owners
        let byRun = data.series.indices.map { run in owners.indices.filter { owners[$0] == run } }
        guard data.series.count < 5 else { return byRun }
        return byRun.flatMap { points in
            let size = max(1, points.count / 10)
            return stride(from: 0, to: points.count, by: size).map { start in
                Array(points[start..<min(start + size, points.count)])
            }
        }
    }

    private func checkIdentified(_ theta: [Double], _ draws: [[Double]]) throws(FitError) {
        let place = AnnealingForm.Coordinate.alpha.rawValue
        let interval = Quantiles.interval(theta[place], draws.map { $0[place] })
        guard let interval, interval.high - interval.low <= 3 else {
            throw .unidentified(
                parameter: "alpha",
                low: interval?.low ?? -.infinity,
                high: interval?.high ?? .infinity,
                advice: "Log the loss more often, or add a run of another length or schedule."
            )
        }
    }

    private func report(
        _ solution: RobustSolver<AnnealingForm>.Solution,
        _ problem: Problem,
        _ draws: [[Double]],
        _ tests: AnnealingHeldOut.Outcome
    ) -> NonlinearFit {
        let all = draws.map { AnnealingForm.parameters(Coordinates($0)) }
        let values = AnnealingForm.parameters(Coordinates(solution.theta))
        let parameters = Annealing.card.parameters.enumerated().map { place, symbol in
            let interval = Quantiles.interval(values[place], all.map { $0[place] })
            return NonlinearFit.Parameter(
                symbol: symbol.symbol,
                name: symbol.name,
                unit: symbol.unit,
                value: values[place],
                low: interval?.low ?? values[place],
                high: interval?.high ?? values[place]
            )
        }
        let square = problem.residuals(solution.theta).reduce(0) { $0 + $1 * $1 }
        let naive = tests.baselines.compactMap(\.score?.meanAbsolutePercent).min()
        var fit = NonlinearFit(
            law: Annealing.card.id,
            parameterConvention: request.parameterConvention,
            lossName: request.lossName,
            seed: request.seed,
            options: request.options,
            dataHash: data.hash,
            parameters: parameters,
            derived: [],
            objective: solution.objective,
            diagnostics: FitDiagnostics(
                objectiveName: "sum of Huber losses (delta \(delta)) of ln residuals over points",
                isConverged: solution.isConverged,
                starts: solution.starts,
                startsAtBest: solution.startsAtBest,
                draws: draws.count,
                resampled: data.series.count < 5 ? "stretches of curves" : "runs",
                residualPercent: 100
                    * (square / Double(max(problem.inputs.count, 1))).squareRoot(),
                heldOutErrorPercent: tests.law?.meanAbsolutePercent,
                baselineErrorPercent: naive,
                leftOut: data.leftOut.count
            ),
            domain: domain,
            residuals: residuals(solution.theta),
            leftOut: Array(data.leftOut.prefix(500)),
            leftOutCount: data.leftOut.count,
            ladder: [],
            crossValidation: tests.law,
            baselines: tests.baselines,
            presets: [published(solution.theta)],
            theta: solution.theta,
            draws: draws
        )
        fit.diagnostics.warnings = warnings(fit)
        return fit
    }

    private var domain: [String: Bounds] {
        let steps = data.series.compactMap(\.steps.last)
        let peaks = data.series.map(\.areas.peak)
        var domain: [String: Bounds] = [:]
        for (role, values) in [(Role.stepCount, steps), (.peakLearningRate, peaks)] {
            guard let low = values.min(), let high = values.max() else { continue }
            domain[role.rawValue] = Bounds(low: low, high: high)
        }
        return domain
    }

    /// One a run: its last point.
    private func residuals(_ theta: [Double]) -> [NonlinearFit.Residual] {
        var gradient = Coordinates<AnnealingForm.Coordinate>()
        return data.series.compactMap { series in
            guard let input = series.inputs.last, let target = series.logTargets.last,
                let step = series.steps.last
            else { return nil }
            let predicted = AnnealingForm.logPrediction(input, Coordinates(theta), &gradient)
            return NonlinearFit.Residual(
                runID: series.run.runID.hex,
                runName: series.run.runName,
                inputs: [
                    Role.stepCount.rawValue: step,
                    Role.peakLearningRate.rawValue: series.areas.peak,
                ],
                scale: exp(input.logArea),
                observed: exp(target),
                predicted: exp(predicted),
                errorPercent: 100 * expm1(target - predicted),
                influencePercent: influence(of: series, on: theta)
            )
        }
    }

    /// How far the end of the run with the largest area moves without this run; refitted.
    private func influence(of series: AnnealingData.Series, on theta: [Double]) -> Double {
        guard data.series.count > 1,
            let far = data.inputs.max(by: { $0.logArea < $1.logArea })
        else { return 0 }
        let rest = data.series.filter { $0.run.runID != series.run.runID }
        let problem = Problem(
            inputs: rest.flatMap(\.inputs),
            logTargets: rest.flatMap(\.logTargets),
            delta: delta
        )
        let minimum = Minimiser(evaluationLimit: 200, tolerance: 1e-7).minimise(
            from: theta,
            inverseHessian: problem.inverseCurvature(theta),
            evaluate: { problem.value($0, &$1) }
        )
        var gradient = Coordinates<AnnealingForm.Coordinate>()
        let whole = AnnealingForm.logPrediction(far, Coordinates(theta), &gradient)
        let without = AnnealingForm.logPrediction(far, Coordinates(minimum.point), &gradient)
        let moved = 100 * expm1(whole - without)
        return moved.isFinite ? moved : 0
    }

    private func published(_ theta: [Double]) -> NonlinearFit.NamedScore {
        var tally = ErrorTally()
        var gradient = Coordinates<AnnealingForm.Coordinate>()
        for series in data.series {
            guard let input = series.inputs.last, let target = series.logTargets.last else {
                continue
            }
            tally.add(
                predicted: AnnealingForm.logPrediction(
                    input,
                    AnnealingForm.published,
                    &gradient
                ),
                observed: target
            )
        }
        return .init(
            id: "authors-example",
            title: "Constants of the authors' example, of their model and data",
            citation: "arXiv 2408.11029",
            score: tally.score,
            refused: nil
        )
    }

    private func warnings(_ fit: NonlinearFit) -> [String] {
        var texts = [
            "Fitted on \(data.inputs.count) points of \(data.series.count) runs of one setting:"
                + " \(data.setting)."
        ]
        if let gain = fit.parameters.last, gain.low <= 0 {
            texts.append("These runs do not show that annealing lowers the loss: C may be 0.")
        }
        if data.series.count == 1 {
            texts.append("One run alone: floor, power and annealing are hard to tell apart.")
        }
        if let law = fit.diagnostics.heldOutErrorPercent,
            let naive = fit.diagnostics.baselineErrorPercent, law > naive
        {
            texts.append(
                "Left out, a naive rule errs by \(String(format: "%.2f", naive)) % and this law by"
                    + " \(String(format: "%.2f", law)) %: do not rely on it for other schedules."
            )
        }
        return texts
    }
}
