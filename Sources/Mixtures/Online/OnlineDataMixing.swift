import Foundation

/// Floor of the weights of Exp3: e_t = min(1/K, √(ln K / (K t))), from 1/K downwards.
package enum ExplorationRate {
    /// - Parameters:
    ///   - count: K, domains.
    ///   - time: t, observations so far with this one, from 1.
    package static func value(domains count: Int, time: Int) -> Double {
        let k = Double(count)
        return min(1 / k, (log(k) / (k * Double(max(time, 1)))).squareRoot())
    }
}

/// Memory of the three variants: rewards of the domains and how many observations were made.
package struct BanditMemory: Sendable, Codable, Hashable {
    var rewards: [Double]
    var time = 0
    /// ε of the last observation.
    var rate: Double
    package var weights: [Double]

    init(_ setup: OnlineSetup) {
        rewards = setup.start.map { _ in 0 }
        rate = 1 / Double(setup.start.count)
        weights = setup.start
    }

    /// Domains whose loss counts: the sampled one, or all that were measured.
    static func observed(_ sample: OnlineSample) throws(MixtureError) -> [(Int, Double)] {
        let found = sample.losses.enumerated().compactMap { index, loss in
            loss.map { (index, $0) }
        }
        .filter { sample.sampled == nil || sample.sampled == $0.0 }
        guard !found.isEmpty else {
            throw .invalid(
                field: "losses",
                reason: "Online data mixing reads the loss of the sampled domain, or of all domains"
                    + " of a mixed batch; the observation has none."
            )
        }
        return found
    }

    /// (1 − K ε_t) softmax(ε_{t−1} R) + ε_t.
    mutating func mixExponentially() {
        let next = advance()
        let shares = Simplex.softmax(rewards.map { $0 * next.previous })
        weights = shares.map { (1 - Double(shares.count) * next.rate) * $0 + next.rate }
    }

    /// (1 − K ε_t) R / ΣR + ε_t.
    mutating func mixLinearly() {
        let next = advance()
        let sum = rewards.reduce(0, +)
        let count = Double(rewards.count)
        weights = rewards.map {
            (1 - count * next.rate) * (sum > 0 ? $0 / sum : 1 / count) + next.rate
        }
    }

    private mutating func advance() -> (previous: Double, rate: Double) {
        time += 1
        let previous = rate
        rate = ExplorationRate.value(domains: rewards.count, time: time)
        return (previous, rate)
    }
}

/// Online data mixing by Exp3 (arXiv 2312.02406): a domain of high loss earns reward, weighted by
/// how seldom it is drawn.
package struct OnlineDataMixing: OnlineRule {
    package static let card = OnlineRuleCard(
        id: "online-data-mixing",
        title: "Online data mixing (Exp3)",
        equation: "R_i += (loss_i / scale) / p_i; p = (1 − K ε_t) softmax(ε_{t−1} R) + ε_t",
        citation: "Albalak et al., arXiv 2312.02406, and its code",
        settings: [.init("scale", "loss that earns reward 1, nats per token", 10, 0.001...1e6)],
        reads: ["losses", "sampledDomain"],
        averages: false
    )

    private let scale: Double
    private var memory: BanditMemory
    package var weights: [Double] { memory.weights }

    package init(_ setup: OnlineSetup) {
        scale = setup.setting("scale")
        memory = BanditMemory(setup)
    }

    package mutating func observe(_ sample: OnlineSample) throws(MixtureError) {
        for (index, loss) in try BanditMemory.observed(sample) {
            memory.rewards[index] += loss / scale / max(memory.weights[index], 1e-12)
        }
        memory.mixExponentially()
    }
}

/// The released default of online data mixing for batches of one domain: smoothed exp(loss).
package struct SmoothedDataMixing: OnlineRule {
    package static let card = OnlineRuleCard(
        id: "online-data-mixing-smoothed",
        title: "Online data mixing, smoothed rewards",
        equation: "R_i ← α R_i + (1 − α) exp(loss_i); p = (1 − K ε_t) softmax(ε_{t−1} R) + ε_t",
        citation: "Released default of the code of arXiv 2312.02406",
        settings: [.init("alpha", "share of the old reward that stays", 0.9, 0...0.999_999)],
        reads: ["losses", "sampledDomain"],
        averages: false
    )

    private let alpha: Double
    private var memory: BanditMemory
    package var weights: [Double] { memory.weights }

    package init(_ setup: OnlineSetup) {
        alpha = setup.setting("alpha")
        memory = BanditMemory(setup)
    }

    package mutating func observe(_ sample: OnlineSample) throws(MixtureError) {
        try memory.smooth(sample, alpha: alpha)
        memory.mixExponentially()
    }
}

/// The same for mixed batches: weights linear in the rewards.
package struct LinearDataMixing: OnlineRule {
    package static let card = OnlineRuleCard(
        id: "online-data-mixing-linear",
        title: "Online data mixing, smoothed and linear",
        equation: "R_i ← α R_i + (1 − α) exp(loss_i); p = (1 − K ε_t) R / ΣR + ε_t",
        citation: "Code of arXiv 2312.02406, mixed batches",
        settings: [.init("alpha", "share of the old reward that stays", 0.9, 0...0.999_999)],
        reads: ["losses", "sampledDomain"],
        averages: false
    )

    private let alpha: Double
    private var memory: BanditMemory
    package var weights: [Double] { memory.weights }

    package init(_ setup: OnlineSetup) {
        alpha = setup.setting("alpha")
        memory = BanditMemory(setup)
    }

    package mutating func observe(_ sample: OnlineSample) throws(MixtureError) {
        try memory.smooth(sample, alpha: alpha)
        memory.mixLinearly()
    }
}

extension BanditMemory {
    /// Losses above this are no cross-entropy of a vocabulary, and their exponentials drown all.
    static let largestLoss = 100.0

    mutating func smooth(_ sample: OnlineSample, alpha: Double) throws(MixtureError) {
        for (index, loss) in try Self.observed(sample) {
            guard loss <= Self.largestLoss else {
                throw .invalid(
                    field: "losses",
                    reason: "A loss is \(loss) nats per token; at most 100 was expected, as the"
                        + " reward is its exponential. Skip the observation of a diverged step."
                )
            }
            rewards[index] = alpha * rewards[index] + (1 - alpha) * exp(loss)
        }
    }
}
