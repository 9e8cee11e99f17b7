/// Runs that teach a law: feasible by construction, whatever the bounds.
package struct MixtureDesign: Sendable {
    let request: MixtureDesignRequest
    package let region: MixtureRegion
    /// Inside the region.
    package let reference: [Double]
    /// Runs that exist, for designs that go on from them.
    let taken: [[Double]]
    private var notes: [String] = []

    package static let runsLimit = 4096
    static let poolLimit = 6000

    /// - Parameter taken: mixtures trained so far, by name.
    package init(
        _ request: MixtureDesignRequest,
        taken: [[String: Double]] = []
    ) throws(MixtureError) {
        self.request = request
        region = try MixtureRegion(domains: request.domains, constraints: request.constraints)
        try Self.check(request)
        let names = request.domains
        var known: [[Double]] = []
        for mixture in taken { known.append(try MixtureReading.shares(mixture, names, "runs")) }
        self.taken = known
        guard let named = request.reference else {
            reference = region.centre
            return
        }
        let wanted = try MixtureReading.shares(named, names, "reference")
        reference = region.pulled(wanted, towards: region.centre)
        let moved = wanted.distance(to: reference)
        if moved > 1e-6 {
            notes.append(
                "The reference is outside the bounds; the design is around the nearest mixture"
                    + " towards their middle, at L1 distance \(PlanExport.short(moved))."
            )
        }
    }

    package func plan() throws(MixtureError) -> MixturePlan {
        var plan = MixturePlan(
            method: request.method.rawValue,
            domains: request.domains,
            runs: [],
            seed: request.seed,
            notes: notes
        )
        for mixture in try spread(&plan.notes) { plan.add(.spread, mixture) }
        if plan.runs.count < request.count {
            plan.notes.append(
                "Only \(plan.runs.count) of \(request.count) different mixtures were found; the"
                    + " bounds leave little room."
            )
        }
        for _ in 0..<request.replicates { plan.add(.replicate, reference) }
        if request.hasDeletions { addDeletions(&plan) }
        if request.hasProbes { addProbes(&plan) }
        return plan
    }

    private func spread(_ notes: inout [String]) throws(MixtureError) -> [[Double]] {
        let (count, seed) = (request.count, request.seed)
        let even = [Double](repeating: 1, count: region.dimension)
        switch request.method {
        case .uniform: return region.sample(count, concentrations: even, seed: seed)
        case .dirichlet:
            let shares = reference.map { max($0 * request.strength, 1e-6) }
            return region.sample(count, concentrations: shares, seed: seed)
        case .regmix: return try regMix(&notes)
        case .spaceFilling:
            let pool = try pool(&notes)
            return MixtureSelection.spread(pool, count: count, taken: taken).map { pool[$0] }
        case .dOptimal:
            let pool = try pool(&notes)
            let features =
                request.features
                ?? .suited(runs: count + taken.count, domains: region.dimension)
            var design = OptimalDesign(pool, features: features, taken: taken)
            design.choose(count, seed: seed, isFirstRandom: false)
            return design.chosen.map { pool[$0] }
        }
    }

    private func regMix(_ notes: inout [String]) throws(MixtureError) -> [[Double]] {
        let floor = 1e-9
        let raw = reference.map { max($0, floor) }
        let sum = raw.reduce(0, +)
        let sample = try request.regmix.sample(
            request.count,
            prior: raw.map { $0 / sum },
            region: region,
            seed: request.seed
        )
        let drawn = min(sample.kept, request.count)
        if drawn < request.count {
            notes.append(
                "RegMix's own draws met the bounds \(sample.kept) times in \(sample.attempts);"
                    + " \(sample.mixtures.count - drawn) runs come from a walk over the same"
                    + " distribution cut to the bounds."
            )
        }
        return sample.mixtures
    }

    /// Candidates: those given that are allowed, or a pool made here.
    private func pool(_ notes: inout [String]) throws(MixtureError) -> [[Double]] {
        guard let given = request.candidates else {
            let size = min(Self.poolLimit, max(1500, 20 * request.count))
            return region.pool(size, around: reference, seed: request.seed)
        }
        var pool: [[Double]] = []
        for mixture in given {
            let shares = try MixtureReading.shares(mixture, request.domains, "candidates")
            if region.contains(shares) { pool.append(shares) }
        }
        if pool.count < given.count {
            notes.append("\(given.count - pool.count) candidates overstep the bounds.")
        }
        guard !pool.isEmpty else {
            throw .invalid(field: "candidates", reason: "No candidate is within the bounds.")
        }
        return pool
    }

    private func addDeletions(_ plan: inout MixturePlan) {
        for (index, name) in request.domains.enumerated() {
            let least = region.corners[2 * index + 1]
            let rest = 1 - reference[index]
            guard reference[index] > least[index] + 1e-9, rest > 1e-9 else { continue }
            let scale = (1 - least[index]) / rest
            var wanted = reference.map { $0 * scale }
            wanted[index] = least[index]
            plan.add(.deletion, region.pulled(wanted, towards: least), domain: name)
        }
    }

    private func addProbes(_ plan: inout MixturePlan) {
        for (index, name) in request.domains.enumerated() {
            let most = region.corners[2 * index]
            guard most[index] > reference[index] + 1e-9 else { continue }
            let probe = MixtureRegion.between(reference, most, request.probeStrength)
            plan.add(.probe, RegionCorners.exact(probe, region.low, region.high), domain: name)
        }
    }

    private static func check(_ request: MixtureDesignRequest) throws(MixtureError) {
        guard request.count >= 0, request.count <= runsLimit,
            request.replicates >= 0, request.replicates <= runsLimit
        else {
            throw .invalid(field: "count", reason: "count and replicates must be 0 to 4,096.")
        }
        guard request.strength > 0, request.strength <= 1e6 else {
            throw .invalid(field: "strength", reason: "strength must be above 0 and up to 1e6.")
        }
        guard request.probeStrength >= 0, request.probeStrength <= 1 else {
            throw .invalid(field: "probeStrength", reason: "probeStrength must be 0 to 1.")
        }
        guard (request.candidates?.count ?? 0) <= 20_000 else {
            throw .invalid(field: "candidates", reason: "At most 20,000 candidates are supported.")
        }
        try request.regmix.check()
    }
}
