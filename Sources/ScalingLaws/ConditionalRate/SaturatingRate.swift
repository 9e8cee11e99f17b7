import Foundation

/// ln LR = base(N, D) − (α/p)·ln(1 + (B0(N, D)/B)^p): slope α in ln B far below B0, 0 far above.
///
/// It contains the usual rules as limits: B0 → ∞ is the power law LR ∝ B^α (linear scaling at
/// α = 1, the square-root rule at 1/2, the Power scheduler at α = 1 with its exponent of D), B0 → 0
/// no dependence on the batch, and B0 ∝ D^e at one batch below it the token-horizon rule with the
/// exponent eD − α·e.
package struct SaturatingRate: Sendable, Hashable, Codable {
    /// ln LR far above B0 = (1, ln N − pivot, ln D − pivot) · these three.
    package var base: [Double]
    /// d ln LR / d ln B far below B0.
    package var slope: Double
    package var sharpness: Double
    /// ln B0 likewise.
    package var knee: [Double]

    package init(base: [Double], slope: Double, sharpness: Double, knee: [Double]) {
        self.base = base
        self.slope = slope
        self.sharpness = sharpness
        self.knee = knee
    }

    /// - Parameters: ln N and ln D less the pivot, and ln B.
    package func logRate(n: Double, d: Double, logBatch: Double) -> Double {
        at(base, n, d) + slope * Self.bend(at(knee, n, d) - logBatch, sharpness)
    }

    /// d ln LR / d ln B.
    package func localSlope(n: Double, d: Double, logBatch: Double) -> Double {
        slope / (1 + exp(-sharpness * (at(knee, n, d) - logBatch)))
    }

    /// −ln(1 + e^(p·z)) / p, z = ln(B0/B).
    static func bend(_ z: Double, _ sharpness: Double) -> Double {
        -Bowl.softplus(sharpness * z) / sharpness
    }

    private func at(_ law: [Double], _ n: Double, _ d: Double) -> Double {
        law[0] + law[1] * n + law[2] * d
    }
}
