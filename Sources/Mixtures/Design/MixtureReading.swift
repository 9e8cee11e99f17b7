extension RegMixSampling {
    func check() throws(MixtureError) {
        let isSane =
            flattening >= 0 && flattening <= 10 && strengths.lowerBound >= 1e-3
            && strengths.upperBound <= 1e6 && (1...1000).contains(strengthCount)
            && maximumEpochs > 0 && step >= 1e-9 && step <= 0.1
            && (1...10_000).contains(attemptsPerRun)
        guard isSane else {
            throw .invalid(
                field: "regmix",
                reason: "A setting of the RegMix sampling is out of range: flattening 0 … 10,"
                    + " strengths 0.001 … 1e6, step 1e-9 … 0.1, 1 to 10,000 attempts a run."
            )
        }
    }
}

/// Mixtures by name, put into the order of the domains.
enum MixtureReading {
    /// Scaled to sum to 1; sums more than 2 % off are errors.
    static func shares(
        _ mixture: [String: Double],
        _ domains: [String],
        _ field: String
    ) throws(MixtureError) -> [Double] {
        try PresetInput.check(field, mixture)
        try PresetInput.checkNames(field, mixture.keys, within: domains)
        let sum = mixture.orderedSum
        guard abs(sum - 1) <= 0.02 else {
            throw .invalid(
                field: field,
                reason: "A mixture of \(field) sums to \(sum); shares must sum to 1."
            )
        }
        return domains.map { (mixture[$0] ?? 0) / sum }
    }
}
