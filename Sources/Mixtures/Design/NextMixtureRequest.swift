/// What is asked for when runs exist and the next ones are to be chosen.
package struct NextMixtureRequest: Sendable, Hashable, Codable {
    package enum Method: String, Sendable, Hashable, Codable, CaseIterable {
        /// The effective-data law's best candidate, with every third run drawn at random.
        case effectiveData = "effective-data"
        /// Most expected improvement on the best run, by a Gaussian process.
        case expectedImprovement = "expected-improvement"
        /// Lowest mean − κ · deviation, by a Gaussian process.
        case lowerBound = "lower-bound"
        /// No law: the baseline.
        case random
    }

    package var method: Method
    /// Runs to suggest at once.
    package var count: Int
    package var seed: UInt64
    /// Bounds, epoch caps and groups. In JSON they may also stand beside the other members.
    package var constraints = MixtureConstraints()
    /// Mixtures to choose from; a pool is made when absent.
    package var candidates: [[String: Double]]?
    /// Greatest L1 distance to the nearest run; nil trusts the law everywhere.
    package var trustRadius: Double?
    /// κ of the lower bound.
    package var kappa: Double
    /// Of the effective-data method: one in this many runs is drawn at random; 0 for none.
    package var explorationEvery: Int
    /// With fewer runs than this the suggestions fill space, as no law can be had.
    package var startCount: Int
    /// Model sizes that may be trained; empty where all runs have one size.
    package var sizes: [ProxySize]
    /// The size that the mixture is for; the largest of `sizes` when absent.
    package var targetParameterCount: Double?

    package struct ProxySize: Sendable, Hashable, Codable {
        package var parameterCount: Double
        /// Of one run, in any unit that is the same for all sizes.
        package var cost: Double

        package init(parameterCount: Double, cost: Double) {
            self.parameterCount = parameterCount
            self.cost = cost
        }
    }

    package init(method: Method, count: Int = 1, seed: UInt64 = 1) {
        self.method = method
        self.count = count
        self.seed = seed
        kappa = 2
        explorationEvery = 3
        startCount = 12
        sizes = []
    }

    private enum CodingKeys: String, CodingKey {
        case method, count, seed, constraints, candidates, trustRadius, kappa
        case explorationEvery, startCount, sizes, targetParameterCount
    }

    /// Absent members have their defaults.
    package init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            method: try box.decodeIfPresent(Method.self, forKey: .method) ?? .effectiveData
        )
        func read<Value: Decodable>(_ key: CodingKeys, _ value: inout Value) throws {
            if let found = try box.decodeIfPresent(Value.self, forKey: key) { value = found }
        }
        try read(.count, &count)
        try read(.seed, &seed)
        constraints =
            try box.decodeIfPresent(MixtureConstraints.self, forKey: .constraints)
            ?? MixtureConstraints(from: decoder)
        candidates = try box.decodeIfPresent([[String: Double]].self, forKey: .candidates)
        trustRadius = try box.decodeIfPresent(Double.self, forKey: .trustRadius)
        try read(.kappa, &kappa)
        try read(.explorationEvery, &explorationEvery)
        try read(.startCount, &startCount)
        try read(.sizes, &sizes)
        targetParameterCount = try box.decodeIfPresent(
            Double.self,
            forKey: .targetParameterCount
        )
    }

    package static let countLimit = 256

    func check() throws(MixtureError) {
        guard count >= 1, count <= Self.countLimit else {
            throw .invalid(field: "count", reason: "count must be 1 to \(Self.countLimit).")
        }
        guard kappa >= 0, kappa <= 100 else {
            throw .invalid(field: "kappa", reason: "kappa must be 0 to 100.")
        }
        guard explorationEvery >= 0, explorationEvery != 1, startCount >= 0 else {
            throw .invalid(
                field: "explorationEvery",
                reason: "explorationEvery must be 0 or at least 2, and startCount not negative."
            )
        }
        if let trustRadius, !(trustRadius > 0 && trustRadius <= 2) {
            throw .invalid(
                field: "trustRadius",
                reason: "trustRadius is an L1 distance of shares: above 0 and up to 2."
            )
        }
        guard (candidates?.count ?? 0) <= 20_000 else {
            throw .invalid(field: "candidates", reason: "At most 20,000 candidates are supported.")
        }
        guard sizes.count <= 32,
            sizes.allSatisfy({
                $0.parameterCount >= 1 && $0.parameterCount <= 1e18 && $0.cost > 0
                    && $0.cost <= 1e30
            }), Set(sizes.map(\.parameterCount)).count == sizes.count
        else {
            throw .invalid(
                field: "sizes",
                reason: "Up to 32 different sizes, each with parameters from 1 to 1e18 and a"
                    + " positive cost."
            )
        }
        if let target = targetParameterCount, !(target >= 1 && target <= 1e18) {
            throw .invalid(
                field: "targetParameterCount",
                reason: "targetParameterCount must be from 1 to 1e18."
            )
        }
    }
}
