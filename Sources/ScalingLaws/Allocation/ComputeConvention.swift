import Foundation

/// How training compute follows from size and tokens: C = factor · N · D. An answer names it,
/// because counting embeddings or attention moves the best N by more than most intervals are wide.
package struct ComputeConvention: Sendable, Hashable, Codable {
    /// FLOPs of training per parameter and token; a forward pass is a third of it.
    package var flopsPerParameterToken: Double
    package var name: String

    /// C = 6·N·D, forward and backward of every parameter counted, attention scores not.
    package static func sixND(parameters: String) -> Self {
        Self(flopsPerParameterToken: 6, name: "C = 6·N·D, N: \(parameters) parameters")
    }

    /// The median of C/(N·D) over runs that report their own C, attention included if they count
    /// it.
    /// - Returns: 6·N·D when fewer than half of the runs say or the median is no plausible factor.
    package static func measured(
        _ runs: [(compute: Double, size: Double, tokens: Double)],
        parameters: String
    ) -> Self {
        let plausible = runs.map { $0.compute / ($0.size * $0.tokens) }
            .filter { $0.isFinite && $0 > 1 && $0 < 100 }
        guard let median = Quantiles.middle(plausible), plausible.count * 2 >= runs.count else {
            return sixND(parameters: parameters)
        }
        guard abs(median / 6 - 1) > 0.005 else { return sixND(parameters: parameters) }
        let digits = (median * 100).rounded() / 100
        return Self(
            flopsPerParameterToken: median,
            name: "C = \(digits)·N·D, the median of the runs' own counts, N: \(parameters)"
                + " parameters"
        )
    }

    func logTokens(logCompute: Double, logSize: Double) -> Double {
        logCompute - log(flopsPerParameterToken) - logSize
    }

    func logCompute(logSize: Double, logTokens: Double) -> Double {
        log(flopsPerParameterToken) + logSize + logTokens
    }

    /// ln of training compute plus that of serving so many tokens, forward passes alone.
    func logTotal(logSize: Double, logTokens: Double, served: Double) -> Double {
        log(flopsPerParameterToken) + logSize + log(exp(logTokens) + served / 3)
    }
}
