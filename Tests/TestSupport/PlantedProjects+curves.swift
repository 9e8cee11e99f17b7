import Foundation
import Runs
import ScalingLaws

extension PlantedProjects {
    /// Parabolas of loss over ln N about N* = 2e8·(C/1e20)^0.5.
    static var profiles: [[Role: Double]] {
        var random = SplitMix64(seed: 11)
        var runs: [[Role: Double]] = []
        for budget in [1e19, 3e19, 1e20, 3e20, 1e21] {
            for step in -3...3 {
                let offset = Double(step) * 0.4
                let size = 2e8 * (budget / 1e20).squareRoot() * exp(offset)
                let loss = 1.7 + 1.1 * pow(budget / 1e20, -0.15) + 0.06 * offset * offset
                runs.append([
                    .parameterCount: size, .tokenCount: budget / 6 / size,
                    .loss: loss * (1 + 0.0005 * random.normal()),
                ])
            }
        }
        return runs
    }

    static let baseModelSizes = 7

    /// Fine-tunings of six base models that bend at different sizes of data.
    static var baseModels: [[Role: Double]] {
        (0..<6).flatMap { model in
            (0..<baseModelSizes).map { size in
                let tokens = 2e5 * exp2(Double(size))
                let learned = exp(0.6 * log((5e5 + 4e5 * Double(model)) / 1e7))
                let loss = 0.5 / (learned + exp(0.6 * log(tokens / 1e7))) + 1.5
                return [
                    .parameterCount: 1e8 * pow(1.5, Double(model)),
                    .fineTuningTokenCount: tokens, .loss: loss - 0.09 * Double(model),
                ]
            }
        }
    }

    /// Steps to a loss, with B_crit = 2e5·(N/1e8)^0.5 tokens.
    static var batches: [[Role: Double]] {
        var random = SplitMix64(seed: 13)
        var runs: [[Role: Double]] = []
        for size in [3e7, 1e8, 3e8, 9e8] {
            for batch in (0..<7).map({ 16_384 * pow(4, Double($0)) }) {
                let critical = 2e5 * pow(size / 1e8, 0.5)
                runs.append([
                    .parameterCount: size, .batchTokens: batch,
                    .targetLoss: 3.4 * pow(size / 1e8, -0.05),
                    .stepCount: 3_000 * (1 + critical / batch) * exp(0.01 * random.normal()),
                ])
            }
        }
        return runs
    }

    /// |g_B|² = 2 + 6e4/B, with a scatter of one per cent.
    static var gradients: [[Role: Double]] {
        var random = SplitMix64(seed: 17)
        func norm(_ batch: Double) -> Double {
            (2 + 6e4 / batch) * exp(0.01 * random.normal())
        }
        return (0..<12).map { index in
            let small = 1_024 * exp2(Double(index % 4))
            return [
                .smallBatchTokens: small, .batchTokens: 64 * small,
                .smallGradientNormSquared: norm(small), .gradientNormSquared: norm(64 * small),
            ]
        }
    }

    /// Sweeps of the learning rate at five widths, with LR* as the width to the power -0.1.
    static var widths: [[Role: Double]] {
        var random = SplitMix64(seed: 19)
        var runs: [[Role: Double]] = []
        for width in [128.0, 256, 512, 1_024, 2_048] {
            for step in -4...4 {
                let best = 4e-3 * pow(width / 512, -0.1)
                let offset = Double(step) * 0.45 + 0.1
                let loss = (3 - 0.1 * log2(width / 128)) * (1 + 0.012 * offset * offset)
                runs.append([
                    .modelWidth: width, .peakLearningRate: best * exp(offset),
                    .loss: loss * exp(0.0004 * random.normal()),
                ])
            }
        }
        return runs
    }

    /// Curves of L = 2.5 + 0.45·S1^-0.5 - 0.4·S2 under two schedules, with the rate logged.
    static var schedules: [String] {
        [("cosine", LearningRateSchedule.Shape.cosine), ("constant", .constant)].map {
            name,
            shape in
            let end = 12_000.0
            let schedule = LearningRateSchedule(shape: shape, peak: 3e-4, horizonSteps: end)
            var (first, momentum, second) = (0.0, 0.0, 0.0)
            var last = 3e-4
            var (steps, rates, losses): ([String], [String], [String]) = ([], [], [])
            for step in 1...Int(end) {
                let rate = schedule.rate(at: Double(step))
                momentum = 0.999 * momentum + (last - rate)
                first += rate
                second += momentum
                last = rate
                guard step.isMultiple(of: 100) else { continue }
                steps.append("\(step)")
                rates.append("\(rate)")
                losses.append("\(2.5 + 0.45 * pow(first, -0.5) - 0.4 * second)")
            }
            let at = "\"steps\":[\(steps.joined(separator: ","))]"
            return line(
                name,
                [.stepCount: end, .peakLearningRate: 3e-4, .batchTokens: 1e6],
                metrics: "\"loss\":{\(at),\"values\":[\(losses.joined(separator: ","))]},"
                    + "\"learning_rate\":{\(at),\"values\":[\(rates.joined(separator: ","))]}"
            )
        }
    }

    /// Finished runs of one setting, and two that run: a good one and a bad one.
    static var curves: [String] {
        let finished = (0..<30).map { curve("peer \($0)", 1 + 0.004 * Double($0), points: 100) }
        return finished + [
            curve("good", 0.985, points: 60, isRunning: true),
            curve("bad", 1.4, points: 60, isRunning: true),
        ]
    }

    private static func curve(
        _ name: String,
        _ scale: Double,
        points: Int,
        isRunning: Bool = false
    ) -> String {
        let steps = (1...points).map { $0 * 10 }
        let values = steps.map { step in
            scale * (2 + 3 / pow(Double(step), 0.4)) * (1 + 0.002 * sin(Double(step) * scale))
        }
        return line(
            name,
            [.stepCount: 1_000, .peakLearningRate: 1e-3 * scale],
            metrics: "\"loss\":{\"steps\":\(steps),\"values\":\(values)}",
            isRunning: isRunning
        )
    }
}
