import Foundation

/// Mixtures from the sizes of the domains alone: the naive rivals of every optimum.
package enum SizePresets {
    /// p_i ∝ n_i^(1/T). T = 1 is sampling by size, a large T nearly the same for all.
    ///
    /// - Parameter tokens: available tokens of each domain.
    package static func temperature(
        tokens: [String: Double],
        temperature: Double
    ) throws(MixtureError) -> [String: Double] {
        try PresetInput.check("tokens", tokens)
        guard temperature.isFinite, temperature >= 0.01, temperature <= 1e6 else {
            throw .invalid(
                field: "temperature",
                reason:
                    "temperature is \(temperature); a number from 0.01 to 1,000,000 was expected."
            )
        }
        let most = tokens.values.max() ?? 0
        guard most > 0 else {
            throw .invalid(field: "tokens", reason: "No domain has tokens; one must have some.")
        }
        // Relative to the largest domain, so that no power overflows.
        let powers = tokens.mapValues { $0 > 0 ? pow($0 / most, 1 / temperature) : 0 }
        let sum = powers.orderedSum
        return powers.mapValues { $0 / sum }
    }

    /// UniMax: every domain gets the same, unless that would repeat it more often than allowed;
    /// what small domains cannot take is shared among the larger ones (arXiv 2304.09151).
    ///
    /// - Parameters:
    ///   - tokens: available tokens of each domain.
    ///   - budget: tokens of the training run.
    ///   - maxEpochs: most passes over a domain.
    package static func uniMax(
        tokens: [String: Double],
        budget: Double,
        maxEpochs: Double
    ) throws(MixtureError) -> CappedShares {
        try PresetInput.check("tokens", tokens)
        try PresetInput.check("maxEpochs", maxEpochs)
        return try CappedShares(
            total: budget,
            weights: tokens.mapValues { _ in 1 },
            caps: tokens.mapValues { min($0 * maxEpochs, PresetInput.largest) }
        )
    }

    /// The same share for each domain.
    package static func uniform(domains: [String]) -> [String: Double] {
        let names = Set(domains)
        return Dictionary(uniqueKeysWithValues: names.map { ($0, 1 / Double(names.count)) })
    }
}
