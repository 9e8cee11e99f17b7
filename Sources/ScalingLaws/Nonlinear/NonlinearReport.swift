import Foundation
import Runs

/// Puts a fit together: residuals with their influence, published constants, warnings.
struct NonlinearReport<L: NonlinearLaw> {
    let data: NonlinearData<L>
    let solution: RobustSolver<L>.Solution
    let problem: RobustProblem<L>

    func fit(
        request: FitRequest,
        parameters: [NonlinearFit.Parameter],
        derived: [NonlinearFit.Parameter],
        draws: [[Double]],
        ladder: [NonlinearFit.Rung],
        validation: (law: NonlinearFit.Score?, baselines: [NonlinearFit.NamedScore])
    ) -> NonlinearFit {
        let residuals = residuals()
        let last = ladder.last
        let baseline = last?.baselines.compactMap(\.score?.meanAbsolutePercent).min()
        let square = residuals.reduce(0) { $0 + $1.errorPercent * $1.errorPercent }
        var fit = NonlinearFit(
            law: L.card.id,
            parameterConvention: request.parameterConvention,
            lossName: request.lossName,
            seed: request.seed,
            options: request.options,
            dataHash: data.hash,
            parameters: parameters,
            derived: derived,
            objective: solution.objective,
            diagnostics: FitDiagnostics(
                objectiveName: objectiveName,
                isConverged: solution.isConverged,
                starts: solution.starts,
                startsAtBest: solution.startsAtBest,
                draws: draws.count,
                residualPercent: (square / Double(max(residuals.count, 1))).squareRoot(),
                heldOutErrorPercent: last?.score.meanAbsolutePercent,
                baselineErrorPercent: baseline,
                leftOut: data.leftOut.count
            ),
            domain: data.domain,
            residuals: residuals,
            leftOut: Array(data.leftOut.prefix(500)),
            leftOutCount: data.leftOut.count,
            ladder: ladder,
            crossValidation: validation.law,
            baselines: validation.baselines,
            presets: presets(),
            theta: solution.theta,
            draws: draws
        )
        fit.diagnostics.warnings = warnings(fit, request)
        return fit
    }

    private var objectiveName: String {
        if let own = L.ownObjectiveName { return own }
        return problem.delta.isFinite
            ? "sum of Huber losses (delta \(problem.delta)) of ln residuals"
            : "half the sum of squared ln residuals"
    }

    /// First order: a run's pull on the coordinates, carried to the prediction at the largest
    /// scale.
    private func residuals() -> [NonlinearFit.Residual] {
        let theta = Coordinates<L.Coordinate>(solution.theta)
        let size = solution.theta.count
        var gradient = Coordinates<L.Coordinate>()
        var largest = Coordinates<L.Coordinate>()
        if let input = data.inputs.last { _ = L.logPrediction(input, theta, &largest) }
        let inverse = solution.inverse ?? []
        let roles = L.card.inputs + L.card.optionalInputs
        return data.inputs.indices.map { place in
            let run = data.observations[place]
            let predicted = L.logPrediction(data.inputs[place], theta, &gradient)
            let residual = predicted - data.logTargets[place]
            let pull = min(max(residual, -problem.delta), problem.delta)
            var influence = 0.0
            for row in 0..<size where !inverse.isEmpty {
                for column in 0..<size {
                    influence +=
                        largest.values[row] * inverse[row * size + column]
                        * gradient.values[column] * pull
                }
            }
            let inputs = roles.filter { $0 != .loss }.compactMap { role in
                run.values[role].map { (role.rawValue, $0) }
            }
            return NonlinearFit.Residual(
                runID: run.runID.hex,
                runName: run.runName,
                inputs: Dictionary(inputs, uniquingKeysWith: { first, _ in first }),
                scale: L.scale(run),
                observed: exp(data.logTargets[place]),
                predicted: exp(predicted),
                errorPercent: 100 * expm1(-residual),
                influencePercent: influence.isFinite ? 100 * influence : 0
            )
        }
    }

    private func presets() -> [NonlinearFit.NamedScore] {
        L.presets.map { preset in
            var tally = ErrorTally()
            var refusal: String?
            var gradient = Coordinates<L.Coordinate>()
            for place in data.inputs.indices {
                if let reason = preset.refusal?(data.observations[place]) {
                    refusal = reason
                    continue
                }
                tally.add(
                    predicted: L.logPrediction(data.inputs[place], preset.theta, &gradient),
                    observed: data.logTargets[place]
                )
            }
            return .init(
                id: preset.id,
                title: preset.title,
                citation: preset.citation,
                score: tally.score,
                refused: refusal
            )
        }
    }

    private func warnings(_ fit: NonlinearFit, _ request: FitRequest) -> [String] {
        var warnings: [String] = []
        if !solution.isConverged {
            warnings.append("The search ended before its minimum was certain; intervals are rough.")
        }
        if fit.draws.count < request.options.drawCount * 9 / 10 {
            warnings.append(
                "\(request.options.drawCount - fit.draws.count) of \(request.options.drawCount)"
                    + " resampled refits ended nowhere: the runs hardly determine the law."
            )
        }
        if let law = fit.diagnostics.heldOutErrorPercent,
            let naive = fit.diagnostics.baselineErrorPercent, law > naive
        {
            warnings.append(
                "On the largest scale, left out, a naive rule errs by \(Self.text(naive)) % and this"
                    + " law by \(Self.text(law)) %: do not rely on its extrapolation."
            )
        }
        if fit.ladder.isEmpty {
            warnings.append("Too few scales to test what the law predicts beyond its runs.")
        }
        if let floor = fit.parameters.first(where: { $0.symbol == "E" }),
            floor.high > 2 * floor.low
        {
            warnings.append(
                "The irreducible loss E is not identified: \(Self.text(floor.low)) to"
                    + " \(Self.text(floor.high)) fit these runs alike. Use the law between its runs;"
                    + " runs nearer to the floor, larger and longer, would determine it."
            )
        }
        if data.leftOut.count - data.tunedOutCount > data.count {
            warnings.append("More runs were left out than were used; see their reasons.")
        }
        return warnings + DataTraps.warnings(data.observations)
    }

    private static func text(_ value: Double) -> String {
        let rounded = (value * 100).rounded() / 100
        return abs(rounded - value) <= 0.05 * abs(value)
            ? "\(rounded)" : String(format: "%.2g", value)
    }
}
