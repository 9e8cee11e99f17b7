import Foundation

/// Arithmetic on the simplex that does not overflow.
enum Simplex {
    /// exp(x) / Σ exp(x).
    static func softmax(_ logits: [Double]) -> [Double] {
        let top = logits.max() ?? 0
        let powers = logits.map { exp($0 - top) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }

    /// w_i exp(x_i), scaled to sum 1: a step of exponentiated gradient. Weights of 0 stay 0.
    static func reweighted(_ weights: [Double], by logits: [Double]) -> [Double] {
        softmax(zip(weights, logits).map { $0 > 0 ? log($0) + $1 : -.infinity })
    }

    /// Towards equal shares of all: (1 − c) w + c / K.
    static func smoothed(_ weights: [Double], by share: Double) -> [Double] {
        weights.map { (1 - share) * $0 + share / Double(weights.count) }
    }
}
