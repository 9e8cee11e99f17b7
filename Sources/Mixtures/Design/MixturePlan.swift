/// Runs to launch, with why each is there: the answer of a design and of a suggestion.
package struct MixturePlan: Sendable, Hashable, Codable {
    /// How the mixtures were chosen: an id of `MixtureDesignRequest.Method` or of
    /// `NextMixtureRequest.Method`.
    package var method: String
    /// In the order of the runs' files.
    package var domains: [String]
    package var runs: [Run]
    package var seed: UInt64
    /// What a reader must know: what could not be placed, or how wide the design is.
    package var notes: [String]

    package struct Run: Sendable, Hashable, Codable {
        /// A file name without its ending; each once.
        package var name: String
        package var purpose: Purpose
        /// Shares of tokens by domain, summing to 1.
        package var proportions: [String: Double]
        /// The domain it is about: left out or made most of.
        package var domain: String?
        /// Predicted loss and its deviation in the unit of the target, where a law has chosen it.
        package var prediction: Double?
        package var deviation: Double?
        /// Parameters of the model to train, where sizes were chosen too.
        package var parameterCount: Double?
        /// Relative cost, in the unit of the request.
        package var cost: Double?
        /// Why a suggestion stands where it does, as "expected improvement 0.012 nats".
        package var reason: String?

        package init(name: String, purpose: Purpose, proportions: [String: Double]) {
            self.name = name
            self.purpose = purpose
            self.proportions = proportions
        }
    }

    package enum Purpose: String, Sendable, Hashable, Codable, CaseIterable {
        /// Part of the spread-out design.
        case spread
        /// The reference again, to learn the noise.
        case replicate
        /// The reference without one domain.
        case deletion
        /// As much of one domain as allowed, moved towards the reference.
        case probe
        /// Chosen by a law on the runs so far.
        case suggestion
        /// Drawn at random among the candidates, so that a wrong law is found out.
        case exploration
    }

    package init(
        method: String,
        domains: [String],
        runs: [Run],
        seed: UInt64,
        notes: [String] = []
    ) {
        self.method = method
        self.domains = domains
        self.runs = runs
        self.seed = seed
        self.notes = notes
    }

    /// Adds a run; its name is the next number of the plan.
    mutating func add(_ purpose: Purpose, _ mixture: [Double], domain: String? = nil) {
        let number = "\(runs.count + 1)"
        let zeros = String(repeating: "0", count: max(0, 4 - number.count))
        var run = Run(
            name: "mixture-" + zeros + number,
            purpose: purpose,
            proportions: Dictionary(uniqueKeysWithValues: zip(domains, mixture))
        )
        run.domain = domain
        runs.append(run)
    }

    func proportions(of run: Run) -> [Double] { domains.map { run.proportions[$0] ?? 0 } }
}
