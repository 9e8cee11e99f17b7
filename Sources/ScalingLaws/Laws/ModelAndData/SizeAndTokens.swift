import Foundation
import Runs

/// ln N and ln D of one run: what most laws of loss over size and data read.
package struct SizeAndTokens: Sendable, Hashable {
    package var logSize: Double
    package var logTokens: Double

    package init(logSize: Double, logTokens: Double) {
        self.logSize = logSize
        self.logTokens = logTokens
    }

    /// nil unless both are positive and finite.
    package init?(_ observation: Observation) {
        logSize = log(observation.parameterCount)
        logTokens = log(observation.tokenCount)
        guard logSize.isFinite, logTokens.isFinite else { return nil }
    }
}

/// Centres of the data and splits of the mean loss, from which the laws of this family start.
struct LossSplits {
    var size = 0.0
    var tokens = 0.0
    /// ln of the geometric mean of the losses.
    var mean = 0.0
    /// ln of the least loss.
    var least = 0.0

    init(_ inputs: [SizeAndTokens], _ logTargets: [Double]) {
        let count = Double(max(inputs.count, 1))
        size = inputs.reduce(0) { $0 + $1.logSize } / count
        tokens = inputs.reduce(0) { $0 + $1.logTokens } / count
        mean = logTargets.reduce(0, +) / count
        least = logTargets.min() ?? 0
    }

    struct Split {
        /// ln of the floor, and of either term at the data's centre.
        var logFloor: Double
        var logHalf: Double
        var exponent: Double
    }

    /// The floor a share of the least loss; the rest split evenly between the two terms.
    func splits(shares: [Double], exponents: [Double]) -> [Split] {
        shares.flatMap { share in
            exponents.map { exponent in
                let floor = share * exp(least)
                let rest = max(exp(mean) - floor, 1e-6 * exp(mean))
                return Split(logFloor: log(floor), logHalf: log(rest / 2), exponent: exponent)
            }
        }
    }
}

extension LawCard.Symbol {
    static let loss = Self(symbol: "L", name: "final loss", unit: "nats per token")
    static let modelSize = Self(
        symbol: "N",
        name: "model size by the project's convention",
        unit: "parameters"
    )
    static let tokens = Self(symbol: "D", name: "training tokens", unit: "tokens")
    static let floor = Self(symbol: "E", name: "irreducible loss", unit: "nats per token")
    static let sizeTerm = Self(symbol: "A", name: "size term at N = 1", unit: "nats per token")
    static let tokenTerm = Self(symbol: "B", name: "token term at D = 1", unit: "nats per token")
}
