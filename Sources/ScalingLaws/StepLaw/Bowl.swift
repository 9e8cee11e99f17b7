import Foundation

/// Shape of the loss around the optimum, shared by all cells; x = ln LR − ln LR*, y = ln B − ln B*.
///
/// bowl(x, y) = a·h(s, x − ridge(y)) + b·h(t, y), where h(s, u) = (e^(s·u) − 1 − s·u) / s² is a
/// parabola u²/2 skewed by s, and the ridge, the best learning rate for a given batch, has slope
/// `ridgeSlope` far below the knee and 0 far above it.
package struct Bowl: Sendable, Hashable, Codable {
    package var learningRateCurvature: Double
    package var learningRateSkew: Double
    package var batchCurvature: Double
    package var batchSkew: Double
    package var ridgeSlope: Double
    /// Batch over optimal batch at which the ridge bends.
    package var ridgeKnee: Double
    package var ridgeSharpness: Double

    package init(
        learningRateCurvature: Double,
        learningRateSkew: Double,
        batchCurvature: Double,
        batchSkew: Double,
        ridgeSlope: Double,
        ridgeKnee: Double,
        ridgeSharpness: Double
    ) {
        self.learningRateCurvature = learningRateCurvature
        self.learningRateSkew = learningRateSkew
        self.batchCurvature = batchCurvature
        self.batchSkew = batchSkew
        self.ridgeSlope = ridgeSlope
        self.ridgeKnee = ridgeKnee
        self.ridgeSharpness = ridgeSharpness
    }

    /// ln of loss above the optimum.
    package func excess(x: Double, y: Double) -> Double {
        learningRateCurvature * Self.well(learningRateSkew, x - ridge(y))
            + batchCurvature * Self.well(batchSkew, y)
    }

    /// ln of the best learning rate at this batch over the optimal one; 0 at y = 0.
    package func ridge(_ y: Double) -> Double {
        let scale = ridgeSlope / ridgeSharpness
        let bend = log(ridgeKnee)
        return scale
            * (Self.softplus(ridgeSharpness * bend) - Self.softplus(ridgeSharpness * (bend - y)))
    }

    static func well(_ skew: Double, _ u: Double) -> Double {
        let t = skew * u
        guard abs(t) > 1e-4 else { return u * u * (0.5 + t / 6) }
        return (exp(min(t, 700)) - 1 - t) / (skew * skew)
    }

    /// ln(1 + e^z) without overflow.
    static func softplus(_ z: Double) -> Double {
        max(z, 0) + log1p(exp(-abs(z)))
    }
}
