package import Foundation

/// The runs of one swarm as a law reads them: proportions of the same domains, in one order, and
/// the value of one target for each run.
///
/// The order of domains is decided once, here; whatever comes from a file or a request is keyed by
/// name and put in this order, so caps and weights cannot hit the wrong domain.
package struct MixtureData: Sendable {
    /// Names, each once; d of them.
    package var domains: [String]
    package var runs: [Run]

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

    package init(domains: [String], runs: [Run]) {
        self.domains = domains
        self.runs = runs
    }

    /// d.
    package var dimension: Int { domains.count }
    package var losses: [Double] { runs.map(\.loss) }

    /// The same domains with only these runs, which may repeat.
    package func selecting(_ indices: [Int]) -> MixtureData {
        MixtureData(domains: domains, runs: indices.map { runs[$0] })
    }
}
