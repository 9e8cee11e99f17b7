import Foundation

/// The bowl with its derivatives, written out for speed; `Bowl` is the readable form.
package struct JointModel: Sendable {
    private let a: Double
    private let s: Double
    private let b: Double
    private let t: Double
    private let slope: Double
    private let knee: Double
    private let atKnee: Double
    private let sigmaAtKnee: Double

    /// - Parameter p: twelve parameters in the order of `JointProblem.prior`.
    package init(_ p: [Double]) {
        (a, s, b, t, slope, knee) = (exp(p[6]), p[7], exp(p[8]), p[9], p[10], p[11])
        let z = JointProblem.sharpness * knee
        atKnee = Bowl.softplus(z)
        sigmaAtKnee = 1 / (1 + exp(-z))
    }

    package func value(_ X: Double, _ Y: Double) -> Double {
        let z = JointProblem.sharpness * (knee - Y)
        let ridge = slope / JointProblem.sharpness * (atKnee - Bowl.softplus(z))
        return a * Bowl.well(s, X - ridge) + b * Bowl.well(t, Y)
    }

    /// Value and derivatives with respect to X, Y, ln a, s, ln b, t, α, ln knee.
    package func derivatives(_ X: Double, _ Y: Double, _ out: inout [Double]) -> Double {
        let power = JointProblem.sharpness
        let z = power * (knee - Y)
        let softplus = Bowl.softplus(z)
        let sigma = 1 / (1 + exp(-z))
        let bend = (atKnee - softplus) / power
        let u = X - slope * bend
        let (hu, hu1, hus) = Self.well(s, u)
        let (hy, hy1, hys) = Self.well(t, Y)
        out[0] = a * hu1
        out[1] = -a * hu1 * slope * sigma + b * hy1
        out[2] = a * hu
        out[3] = a * hus
        out[4] = b * hy
        out[5] = b * hys
        out[6] = -a * hu1 * bend
        out[7] = -a * hu1 * slope * (sigmaAtKnee - sigma)
        return a * hu + b * hy
    }

    /// h, ∂h/∂u and ∂h/∂s of h = (e^(su) − 1 − su) / s².
    private static func well(_ s: Double, _ u: Double) -> (Double, Double, Double) {
        let t = s * u
        guard abs(t) > 1e-2 else {
            let uu = u * u
            return (
                uu * (0.5 + t / 6 + t * t / 24), u * (1 + t / 2 + t * t / 6),
                uu * u * (1.0 / 6 + t / 12 + t * t / 40)
            )
        }
        let e = exp(min(t, 700))
        let rise = e - 1 - t
        return (rise / (s * s), (e - 1) / s, (u * (e - 1) * s - 2 * rise) / (s * s * s))
    }
}
