/// What a design is asked for, all by name.
package struct MixtureDesignRequest: Sendable, Hashable, Codable {
    package enum Method: String, Sendable, Hashable, Codable, CaseIterable {
        /// Far from one another and from the runs there are.
        case spaceFilling = "space-filling"
        /// Uniform over the region.
        case uniform
        /// Dirichlet around the reference, cut to the region.
        case dirichlet
        /// RegMix's distribution around the reference.
        case regmix
        /// Runs that determine a linear model best.
        case dOptimal = "d-optimal"
    }

    package var method: Method
    package var domains: [String]
    /// Runs of the spread-out part; the blocks come on top.
    package var count: Int
    package var seed: UInt64
    package var minimum: [String: Double]
    package var maximum: [String: Double]
    package var groups: [MixtureRegion.Group]
    /// Present mixture or token shares; the middle of the region when absent.
    package var reference: [String: Double]?
    /// Of the Dirichlet method: high stays near the reference.
    package var strength: Double
    package var features: OptimalDesign.Features
    /// The reference once more, this often.
    package var replicates: Int
    /// The reference without each domain in turn.
    package var hasDeletions: Bool
    /// As much of each domain in turn as allowed.
    package var hasProbes: Bool
    /// 1 goes to the very end, 0 stays at the reference.
    package var probeStrength: Double
    /// Mixtures to choose from in place of a pool made here.
    package var candidates: [[String: Double]]?
    package var regmix: RegMixSampling

    package init(method: Method, domains: [String], count: Int, seed: UInt64 = 1) {
        self.method = method
        self.domains = domains
        self.count = count
        self.seed = seed
        minimum = [:]
        maximum = [:]
        groups = []
        strength = 20
        features = .shares
        replicates = 0
        hasDeletions = false
        hasProbes = false
        // Aioli's near-one-hot batches (arXiv 2411.05735).
        probeStrength = 0.625
        regmix = RegMixSampling()
    }

    private enum CodingKeys: String, CodingKey {
        case method, domains, count, seed, minimum, maximum, groups, reference, strength
        case features, replicates, hasDeletions, hasProbes, probeStrength, candidates, regmix
    }

    /// Absent members have their defaults.
    package init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            method: try box.decode(Method.self, forKey: .method),
            domains: try box.decode([String].self, forKey: .domains),
            count: try box.decode(Int.self, forKey: .count)
        )
        func read<Value: Decodable>(_ key: CodingKeys, _ value: inout Value) throws {
            if let found = try box.decodeIfPresent(Value.self, forKey: key) { value = found }
        }
        try read(.seed, &seed)
        try read(.minimum, &minimum)
        try read(.maximum, &maximum)
        try read(.groups, &groups)
        reference = try box.decodeIfPresent([String: Double].self, forKey: .reference)
        try read(.strength, &strength)
        try read(.features, &features)
        try read(.replicates, &replicates)
        try read(.hasDeletions, &hasDeletions)
        try read(.hasProbes, &hasProbes)
        try read(.probeStrength, &probeStrength)
        candidates = try box.decodeIfPresent([[String: Double]].self, forKey: .candidates)
        try read(.regmix, &regmix)
    }
}
