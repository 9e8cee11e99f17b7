import Foundation
import Runs

extension Annealing {
    package static var reads: Set<Question.Field> {
        [.steps, .tokens, .batchTokens, .learningRate]
    }

    /// Reads `steps`, or `tokens` and `batchTokens`, and `learningRate`, the peak (default: that of
    /// the runs).
    package static func advise(
        _ question: Question,
        from fit: NonlinearFit
    ) throws(RecommendError) -> Advice {
        var asked = question
        let steps = try steps(question)
        let peaks = fit.domain[Role.peakLearningRate.rawValue]
        let peak = question[.learningRate] ?? peaks.map { ($0.low * $0.high).squareRoot() }
        guard let peak, peak.isFinite, peak > 0 else {
            throw .missing(field: "learningRate", meaning: Question.Field.learningRate.meaning)
        }
        asked.values[.steps] = steps
        asked.values[.learningRate] = peak
        let ends = shapes.compactMap { shape in end(shape, peak: peak, steps: steps, fit) }
        guard let cosine = ends.first(where: { $0.name == "cosine" }),
            let best = ends.min(by: { $0.loss.value < $1.loss.value })
        else {
            throw .refused(
                field: "steps",
                reason: "The law gives no positive loss for \(steps) steps at a peak of \(peak)."
                    + " Ask nearer to the runs."
            )
        }
        return Advice(
            law: card.id,
            question: asked,
            statement: "After \(text(steps)) steps at a peak of \(text(peak)) cosine decay ends at"
                + " \(text(cosine.loss.value)) nats and the best of the usual schedules,"
                + " \(best.title), at \(text(best.loss.value)).",
            quantities: ends.map { end in
                Advice.Quantity(
                    end.name + "LossNats",
                    "Loss at the end, " + end.title,
                    unit: "nats per token",
                    value: end.loss.value,
                    low: end.loss.low,
                    high: end.loss.high
                )
            },
            tables: [table(ends, cosine)],
            extrapolation: fit.reach([.stepCount: steps, .peakLearningRate: peak]),
            rivals: rivals(fit, steps: steps),
            warnings: fit.diagnostics.warnings
        )
    }

    private struct End {
        var name: String
        var title: String
        var loss: Interval
    }

    private static var shapes: [(name: String, shape: LearningRateSchedule.Shape)] {
        [
            ("cosine", .cosine), ("linear", .linear),
            ("stableDecay10", .stableDecay(share: 0.1)),
            ("stableDecay20", .stableDecay(share: 0.2)),
            ("stableDecay50", .stableDecay(share: 0.5)), ("constant", .constant),
        ]
    }

    private static func steps(_ question: Question) throws(RecommendError) -> Double {
        let steps: Double
        if let given = question[.steps] {
            steps = given
        } else {
            steps = try question.required(.tokens) / question.required(.batchTokens)
        }
        guard steps.isFinite, steps >= 10, steps < 1e12 else {
            throw .invalidTarget(
                field: "steps",
                given: steps,
                expected: "10 to 1e12 optimiser steps"
            )
        }
        return steps
    }

    private static func end(
        _ shape: (name: String, shape: LearningRateSchedule.Shape),
        peak: Double,
        steps: Double,
        _ fit: NonlinearFit
    ) -> End? {
        let schedule = LearningRateSchedule(shape: shape.shape, peak: peak, horizonSteps: steps)
        guard let areas = AnnealingAreas(schedule),
            let input = AnnealingForm.input(areas, at: steps), fit.theta.count == 4
        else { return nil }
        var gradient = Coordinates<AnnealingForm.Coordinate>()
        let value = AnnealingForm.logPrediction(input, Coordinates(fit.theta), &gradient)
        let sample = fit.draws.filter { $0.count == 4 }
            .map { AnnealingForm.logPrediction(input, Coordinates($0), &gradient) }
        guard let interval = Quantiles.interval(value, sample) else { return nil }
        return End(
            name: shape.name,
            title: schedule.title,
            loss: Interval(
                value: exp(interval.value),
                low: exp(interval.low),
                high: exp(interval.high)
            )
        )
    }

    private static func table(_ ends: [End], _ cosine: End) -> Advice.Table {
        Advice.Table(
            title: "Loss at the end by schedule, decay to zero",
            columns: ["schedule", "loss (nats)", "low", "high", "against cosine (%)"],
            rows: ends.map { end in
                [
                    .text(end.title), .number(end.loss.value), .number(end.loss.low),
                    .number(end.loss.high),
                    .number(100 * (end.loss.value / cosine.loss.value - 1)),
                ]
            }
        )
    }

    private static func rivals(_ fit: NonlinearFit, steps: Double) -> [Advice.Rival] {
        let nearest = fit.residuals.min { first, second in
            let a = abs(log((first.inputs[Role.stepCount.rawValue] ?? 1) / steps))
            let b = abs(log((second.inputs[Role.stepCount.rawValue] ?? 1) / steps))
            return (a, first.runID) < (b, second.runID)
        }
        guard let nearest else { return [] }
        return [
            Advice.Rival(
                id: "nearest-run",
                title: "The end of the run of the most similar length",
                citation: nearest.runName,
                quantities: [
                    Advice.Quantity(
                        "lossNats",
                        "Loss at the end",
                        unit: "nats per token",
                        value: nearest.observed
                    )
                ]
            )
        ]
    }

    private static func text(_ value: Double) -> String { String(format: "%.5g", value) }
}
