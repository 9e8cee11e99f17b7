package import Foundation
import ScalingLaws

/// The runs of one swarm as a law reads them: proportions of the same domains, in one order, and
/// the value of one target for each run.
///
/// The order of domains is decided once, here; whatever comes from a file or a request is keyed by
/// name and put in this order, so caps and weights cannot hit the wrong domain.
package struct MixtureData: Sendable {
    /// Names, each once; d of them.
    package var domains: [String]
    package var runs: [Run]
    /// Unique tokens of each domain, nil where unknown: laws over scale discount repeated tokens.
    package var availableTokens: [Double?] = []
    /// Where the target is a weighted sum of metrics: what it is made of; else empty.
    package var parts: [TargetPart] = []

    package struct Run: Sendable {
        package var id: UUID
        package var name: String
        /// d shares of tokens, not negative, summing to 1.
        package var proportions: [Double]
        /// The target, lower is better: nats per token, bits per byte, or 1 − accuracy.
        package var loss: Double
        /// 1 / variance relative to the other runs; 1 where unknown. A run of weight 2 counts as
        /// two runs of the same mixture.
        package var weight: Double
        /// Model size and tokens seen, for laws over scale; nil where the runs do not say.
        package var parameterCount: Double?
        package var tokenCount: Double?
        /// Losses of the target's parts, in their order; empty where it has none.
        package var partLosses: [Double] = []

        package init(
            id: UUID,
            name: String,
            proportions: [Double],
            loss: Double,
            weight: Double = 1,
            parameterCount: Double? = nil,
            tokenCount: Double? = nil
        ) {
            self.id = id
            self.name = name
            self.proportions = proportions
            self.loss = loss
            self.weight = weight
            self.parameterCount = parameterCount
            self.tokenCount = tokenCount
        }
    }

    package init(domains: [String], runs: [Run], availableTokens: [Double?] = []) {
        self.domains = domains
        self.runs = runs
        self.availableTokens = availableTokens
    }

    /// d.
    package var dimension: Int { domains.count }
    package var losses: [Double] { runs.map(\.loss) }

    /// Of names, shares and losses, whatever the order of the runs.
    package var hash: String {
        var hash = DataHash()
        for name in domains { hash.mix(name) }
        for run in runs.sorted(by: { $0.id.uuidString < $1.id.uuidString }) {
            for value in run.proportions + [run.loss] { hash.mix(value) }
        }
        return hash.text
    }

    /// The same domains with only these runs, which may repeat.
    package func selecting(_ indices: [Int]) -> MixtureData {
        var selected = self
        selected.runs = indices.map { runs[$0] }
        return selected
    }
}
