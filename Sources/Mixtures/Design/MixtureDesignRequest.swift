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
    /// Bounds, epoch caps and groups. In JSON they may also stand beside the other members.
    package var constraints = MixtureConstraints()
    /// Present mixture or token shares; the middle of the region when absent.
    package var reference: [String: Double]?
    /// Of the Dirichlet method: high stays near the reference.
    package var strength: Double
    /// Of the D-optimal method; nil lets the number of runs decide.
    package var features: OptimalDesign.Features?
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
        strength = 20
        replicates = 0
        hasDeletions = false
        hasProbes = false
        // Aioli's near-one-hot batches (arXiv 2411.05735).
        probeStrength = 0.625
        regmix = RegMixSampling()
    }

    private enum CodingKeys: String, CodingKey {
        case method, domains, count, seed, constraints, reference, strength
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
        constraints =
            try box.decodeIfPresent(MixtureConstraints.self, forKey: .constraints)
            ?? MixtureConstraints(from: decoder)
        reference = try box.decodeIfPresent([String: Double].self, forKey: .reference)
        try read(.strength, &strength)
        features = try box.decodeIfPresent(OptimalDesign.Features.self, forKey: .features)
        try read(.replicates, &replicates)
        try read(.hasDeletions, &hasDeletions)
        try read(.hasProbes, &hasProbes)
        try read(.probeStrength, &probeStrength)
        candidates = try box.decodeIfPresent([[String: Double]].self, forKey: .candidates)
        try read(.regmix, &regmix)
    }
}
