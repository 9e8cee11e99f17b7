import Foundation

/// DoGE (arXiv 2310.15393): weights rise where the gradient of a domain points along those of the
/// others, or of separate targets. The job logs inner products; no gradient leaves it.
package struct DoGE: OnlineRule {
    package static let card = OnlineRuleCard(
        id: "doge",
        title: "DoGE",
        equation: "s_i = lr ⟨g_i, Σ_{j≠i} g_j⟩ / (mean ‖g‖ + 1e-6), clipped; ln w += s / μ",
        citation: "Fan et al., arXiv 2310.15393, and its code",
        settings: [
            .init("learningRate", "learning rate of the step", 1e-3, 1e-12...1000),
            .init("mu", "strength that holds the weights back", 0.01, 1e-9...1e9),
            .init("least", "least score per learning rate", 0, -1e6...1e6),
            .init("most", "greatest score per learning rate", 5, -1e6...1e6),
            .init("smoothing", "share given back to all domains", 0, 0...1),
        ],
        reads: ["gradientProducts", "targetProducts"],
        averages: true,
        note: "With targetProducts the score is the sum over targets and no own term is removed."
    )

    private let learningRate: Double
    private let mu: Double
    private let least: Double
    private let most: Double
    private let smoothing: Double
    private var sum: [Double]
    private var count = 0
    package private(set) var weights: [Double]
    /// Scores of the last observation.
    package private(set) var scores: [Double]

    package init(_ setup: OnlineSetup) throws(MixtureError) {
        learningRate = setup.setting("learningRate")
        mu = setup.setting("mu")
        least = setup.setting("least")
        most = setup.setting("most")
        smoothing = setup.setting("smoothing")
        weights = setup.start
        sum = setup.start.map { _ in 0 }
        scores = sum
        guard least <= most else {
            throw .invalid(field: "settings", reason: "least is above most; swap them.")
        }
    }

    package var answer: [Double] { count > 0 ? sum.map { $0 / Double(count) } : weights }

    package mutating func observe(_ sample: OnlineSample) throws(MixtureError) {
        guard let products = sample.gradientProducts else {
            throw .invalid(
                field: "gradientProducts",
                reason: "DoGE reads gradientProducts: the inner product of the gradients of each"
                    + " pair of domains, with themselves too; the observation has none."
            )
        }
        let norms = products.indices.map { max(products[$0][$0], 0).squareRoot() }
        let scale = norms.reduce(0, +) / Double(norms.count) + 1e-6
        scores = products.indices.map { index in
            let raw =
                sample.targetProducts?[index]
                ?? products[index].reduce(0, +) - products[index][index]
            return min(max(learningRate * raw / scale, learningRate * least), learningRate * most)
        }
        let moved = Simplex.reweighted(weights, by: scores.map { $0 / mu })
        weights = Simplex.smoothed(moved, by: smoothing)
        for index in sum.indices { sum[index] += weights[index] }
        count += 1
    }
}
