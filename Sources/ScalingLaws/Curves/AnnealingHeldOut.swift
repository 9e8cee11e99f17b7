import Foundation
import Runs

/// The law on ends that it did not see: of each run from the others, or, where there is one run, of
/// its last quarter from the rest; beside naive rules. Where no run that is left anneals, the law
/// has no answer and the split is skipped.
struct AnnealingHeldOut {
    struct Outcome {
        var law: NonlinearFit.Score?
        var baselines: [NonlinearFit.NamedScore] = []
    }

    let data: AnnealingData
    let delta: Double

    private typealias Point = (input: AnnealingForm.Input, step: Double, target: Double)

    func leaveRunOut() -> Outcome {
        var law = ErrorTally()
        var last = ErrorTally()
        var power = ErrorTally()
        for (known, asked) in splits() where known.contains(where: { $0.input.annealing > 0 }) {
            if let predicted = predict(known, asked.input) {
                law.add(predicted: predicted, observed: asked.target)
            }
            let blind = known.map { Self.blind($0) }
            if let predicted = predict(blind, Self.blind(asked).input) {
                power.add(predicted: predicted, observed: asked.target)
            }
            let nearest = known.min { first, second in
                abs(first.input.logArea - asked.input.logArea)
                    < abs(second.input.logArea - asked.input.logArea)
            }
            if let nearest { last.add(predicted: nearest.target, observed: asked.target) }
        }
        return Outcome(
            law: law.score,
            baselines: [
                .init(
                    id: "nearest-point",
                    title: "The known loss at the nearest area under the rate",
                    citation: nil,
                    score: last.score,
                    refused: nil
                ),
                .init(
                    id: "power-of-steps",
                    title: "A power law of steps that sees no learning rate",
                    citation: nil,
                    score: power.score,
                    refused: nil
                ),
            ]
        )
    }

    private func splits() -> [(known: [Point], asked: Point)] {
        let points: [[Point]] = data.series.map { series in
            series.steps.indices.map {
                (series.inputs[$0], series.steps[$0], series.logTargets[$0])
            }
        }
        guard points.count > 1 else {
            let curve = points.first ?? []
            let known = Array(curve.prefix(curve.count * 3 / 4))
            return curve.last.map { [(known, $0)] } ?? []
        }
        return points.indices.prefix(30).compactMap { index in
            let known = points.indices.filter { $0 != index }.flatMap { points[$0] }
            return points[index].last.map { (known, $0) }
        }
    }

    private static func blind(_ point: Point) -> Point {
        (AnnealingForm.Input(logArea: log(point.step), annealing: 0), point.step, point.target)
    }

    private func predict(_ known: [Point], _ input: AnnealingForm.Input) -> Double? {
        guard known.count >= 5 else { return nil }
        let inputs = known.map(\.input)
        let targets = known.map(\.target)
        let problem = RobustProblem<AnnealingForm>(
            inputs: inputs,
            logTargets: targets,
            delta: delta
        )
        let starts = AnnealingForm.starts(inputs, logTargets: targets)
        guard let solution = RobustSolver<AnnealingForm>(problem).solve(from: starts) else {
            return nil
        }
        var gradient = Coordinates<AnnealingForm.Coordinate>()
        let value = AnnealingForm.logPrediction(input, Coordinates(solution.theta), &gradient)
        return value.isFinite ? value : nil
    }
}
