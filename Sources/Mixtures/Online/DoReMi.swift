import Foundation

/// DoReMi (arXiv 2305.10429): weights rise where a small proxy is worse than a reference model; the
/// average over training is the mixture for the large run.
package struct DoReMi: OnlineRule {
    package static let card = OnlineRuleCard(
        id: "doremi",
        title: "DoReMi",
        equation: "ln w += η · excess; w ← (1 − c) softmax(ln w) + c / K; answer: mean of w",
        citation: "Xie et al., arXiv 2305.10429, and its code",
        settings: [
            .init("eta", "step size per nat", 1, 0...1000),
            .init("smoothing", "share given back to all domains, c", 1e-4, 0...1),
        ],
        reads: ["excessLosses", "losses", "referenceLosses"],
        averages: true,
        note: "The code has c = 1e-4, the paper 1e-3. A domain without tokens in a step keeps its"
            + " last excess. Excess from mean losses only is clipped after the mean, not per token."
    )

    private let eta: Double
    private let smoothing: Double
    private var excess: [Double]
    private var sum: [Double]
    private var count = 0
    package private(set) var weights: [Double]

    package init(_ setup: OnlineSetup) {
        eta = setup.setting("eta")
        smoothing = setup.setting("smoothing")
        weights = setup.start
        excess = setup.start.map { _ in 0 }
        sum = excess
    }

    package var answer: [Double] { count > 0 ? sum.map { $0 / Double(count) } : weights }

    package mutating func observe(_ sample: OnlineSample) throws(MixtureError) {
        guard sample.excessLosses.contains(where: { $0 != nil }) else {
            throw .invalid(
                field: "excessLosses",
                reason: "DoReMi reads excessLosses, or losses and referenceLosses of a domain; the"
                    + " observation has neither."
            )
        }
        for (index, value) in sample.excessLosses.enumerated() {
            if let value { excess[index] = max(value, 0) }
        }
        let moved = Simplex.reweighted(weights, by: excess.map { eta * $0 })
        weights = Simplex.smoothed(moved, by: smoothing)
        for index in sum.indices { sum[index] += weights[index] }
        count += 1
    }
}
