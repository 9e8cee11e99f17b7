import Foundation

/// The learning rate over a training: linear warm-up to the peak, then one of the usual shapes.
package struct LearningRateSchedule: Sendable, Hashable, Codable {
    package var shape: Shape
    package var peak: Double
    /// The rate at the horizon.
    package var final: Double
    package var warmupSteps: Double
    package var horizonSteps: Double

    package enum Shape: Sendable, Hashable, Codable {
        case constant
        case linear
        case cosine
        /// Warm-up, stable, decay: linear to the final rate over the last share of the steps.
        case stableDecay(share: Double)
    }

    package init(
        shape: Shape,
        peak: Double,
        final: Double = 0,
        warmupSteps: Double = 0,
        horizonSteps: Double
    ) {
        self.shape = shape
        self.peak = peak
        self.final = final
        self.warmupSteps = warmupSteps
        self.horizonSteps = horizonSteps
    }

    /// The rate at a step, 0 … horizon; beyond the horizon it stays at the final rate.
    package func rate(at step: Double) -> Double {
        guard step >= warmupSteps else {
            return peak * max(step, 0) / max(warmupSteps, .leastNormalMagnitude)
        }
        let length = max(horizonSteps - warmupSteps, .leastNormalMagnitude)
        let share = min((step - warmupSteps) / length, 1)
        switch shape {
        case .constant:
            return peak
        case .linear:
            return peak + (final - peak) * share
        case .cosine:
            return final + (peak - final) * 0.5 * (1 + cos(.pi * share))
        case .stableDecay(let decay):
            let start = horizonSteps * (1 - min(max(decay, 0), 1))
            guard step > start else { return peak }
            let length = max(horizonSteps - start, .leastNormalMagnitude)
            return peak + (final - peak) * min((step - start) / length, 1)
        }
    }

    package var title: String {
        switch shape {
        case .constant: "constant"
        case .linear: "linear decay"
        case .cosine: "cosine decay"
        case .stableDecay(let share):
            "stable, then decay over the last \((share * 100).formatted(.number)) %"
        }
    }
}
