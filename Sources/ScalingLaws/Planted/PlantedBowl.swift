import Foundation

/// Shapes of loss about an optimum for planted sweeps; every one has its least value, 0, exactly at
/// the optimum.
package enum PlantedBowl: Sendable, Hashable {
    case symmetric
    /// Curvature along ln LR and along ln B that differs right and left of the optimum by this
    /// ratio.
    case sided(rate: Double, batch: Double)
    /// u² becomes 2·(e^(s·u) − 1 − s·u) / s².
    case exponential(rate: Double, batch: Double)
    /// u² becomes u² + c·u³, levelled off where u is large.
    case cubic(rate: Double, batch: Double)
    /// Like the public Step Law sweep: leans with both, and curvature along the batch grows with
    /// the learning rate.
    case observed

    /// Excess of the loss relative to its least value.
    ///
    /// - Parameters:
    ///   - u: ln of learning rate over its optimum.
    ///   - v: ln of batch over its optimum.
    ///   - overtraining: ln of tokens per parameter over that of the mean cell; curvature along the
    ///     learning rate falls with it, and the tilt grows, as in public sweeps.
    package func excess(u: Double, v: Double, overtraining: Double) -> Double {
        let rateCurvature = 0.0095 * exp(-0.35 * overtraining)
        var batchCurvature = 0.008 * exp(-0.06 * overtraining)
        let tilt = min(max(-0.3 - 0.08 * overtraining, -0.7), 0.3)
        if case .observed = self { batchCurvature *= exp(0.45 * min(max(u, -2.5), 2.5)) }
        let a = rateCurvature.squareRoot() * warped(u, \.rate)
        let b = batchCurvature.squareRoot() * warped(v, \.batch)
        return a * a + b * b + 2 * tilt * a * b
    }

    private struct Lean {
        var rate: Double
        var batch: Double
    }

    /// Signed root of the well along one axis.
    private func warped(_ u: Double, _ axis: KeyPath<Lean, Double>) -> Double {
        switch self {
        case .symmetric:
            return u
        case .sided(let rate, let batch):
            let ratio = Lean(rate: rate, batch: batch)[keyPath: axis]
            return u * pow(ratio, u > 0 ? 0.25 : -0.25)
        case .exponential(let rate, let batch):
            return Self.exponential(u, Lean(rate: rate, batch: batch)[keyPath: axis])
        case .cubic(let rate, let batch):
            return u * (1 + Lean(rate: rate, batch: batch)[keyPath: axis] * tanh(u)).squareRoot()
        case .observed:
            return Self.exponential(u, Lean(rate: 1, batch: -0.4)[keyPath: axis])
        }
    }

    private static func exponential(_ u: Double, _ skew: Double) -> Double {
        let t = min(skew * u, 50)
        guard abs(t) > 1e-4 else { return u }
        return (u < 0 ? -1 : 1) * (2 * max(expm1(t) - t, 0)).squareRoot() / abs(skew)
    }
}
