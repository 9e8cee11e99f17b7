/// What a mixture must satisfy, keyed by the names of domains and targets. All shares are
/// proportions of tokens in 0…1.
package struct MixtureConstraints: Sendable, Hashable, Codable {
    /// Least and greatest share of a domain.
    package var bounds: [String: ShareRange] = [:]
    /// Unique tokens of each domain; with `targetTokens` they cap its share.
    package var availableTokens: [String: Double] = [:]
    /// Most passes over the unique tokens of any domain; nil sets no cap.
    package var maximumEpochs: Double?
    /// The same for single domains, in place of `maximumEpochs`.
    package var domainEpochs: [String: Double] = [:]
    /// Tokens of the run that the mixture is for.
    package var targetTokens: Double?
    /// Repeated tokens count for less, as Muennighoff et al. (arXiv 2305.16264) measured.
    package var discountsRepetition = false
    package var groups: [Group] = []
    /// Domains that keep their relative shares, as one virtual domain each.
    package var frozen: [FrozenGroup] = []
    /// The mixture that distance, divergence and margins are measured from; scaled to sum to 1.
    package var reference: [String: Double]?
    /// Greatest L1 distance to the reference: twice the share of tokens that move.
    package var distanceLimit: Double?
    /// Greatest Kullback–Leibler divergence Σ r ln(r / reference), nats.
    package var divergenceLimit: Double?
    /// Weight of that divergence in the objective; 0 leaves it out.
    package var divergenceWeight: Double?
    package var ceilings: [Ceiling] = []

    package struct ShareRange: Sendable, Hashable, Codable {
        package var low: Double?
        package var high: Double?

        package init(low: Double? = nil, high: Double? = nil) {
            self.low = low
            self.high = high
        }
    }

    /// Bounds of the sum of some shares.
    package struct Group: Sendable, Hashable, Codable {
        /// How messages call it; its domains when absent.
        package var name: String?
        package var domains: [String]
        package var low: Double?
        package var high: Double?

        package init(
            name: String? = nil,
            domains: [String],
            low: Double? = nil,
            high: Double? = nil
        ) {
            self.name = name
            self.domains = domains
            self.low = low
            self.high = high
        }

        var title: String { name ?? domains.joined(separator: " + ") }
    }

    package struct FrozenGroup: Sendable, Hashable, Codable {
        package var name: String?
        /// Relative shares, scaled to sum to 1.
        package var shares: [String: Double]

        package init(name: String? = nil, shares: [String: Double]) {
            self.name = name
            self.shares = shares
        }

        var title: String { name ?? shares.keys.sorted().joined(separator: " + ") }
    }

    /// The greatest loss that a target may have: `limit` in its unit, or `margin` above what the
    /// reference mixture is predicted to have.
    package struct Ceiling: Sendable, Hashable, Codable {
        package var target: String
        package var limit: Double?
        package var margin: Double?

        package init(target: String, limit: Double? = nil, margin: Double? = nil) {
            self.target = target
            self.limit = limit
            self.margin = margin
        }
    }

    package init() {}

    /// Bounds by side instead of by domain.
    private enum Spelling: String, CodingKey { case minimum, maximum }

    /// Absent members have their defaults, so `{}` constrains nothing. Bounds may also be said as
    /// `minimum` and `maximum`, shares by domain.
    package init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: CodingKeys.self)
        bounds = try box.decodeIfPresent([String: ShareRange].self, forKey: .bounds) ?? [:]
        availableTokens =
            try box.decodeIfPresent([String: Double].self, forKey: .availableTokens) ?? [:]
        maximumEpochs = try box.decodeIfPresent(Double.self, forKey: .maximumEpochs)
        domainEpochs = try box.decodeIfPresent([String: Double].self, forKey: .domainEpochs) ?? [:]
        targetTokens = try box.decodeIfPresent(Double.self, forKey: .targetTokens)
        discountsRepetition =
            try box.decodeIfPresent(Bool.self, forKey: .discountsRepetition) ?? false
        groups = try box.decodeIfPresent([Group].self, forKey: .groups) ?? []
        frozen = try box.decodeIfPresent([FrozenGroup].self, forKey: .frozen) ?? []
        reference = try box.decodeIfPresent([String: Double].self, forKey: .reference)
        distanceLimit = try box.decodeIfPresent(Double.self, forKey: .distanceLimit)
        divergenceLimit = try box.decodeIfPresent(Double.self, forKey: .divergenceLimit)
        divergenceWeight = try box.decodeIfPresent(Double.self, forKey: .divergenceWeight)
        ceilings = try box.decodeIfPresent([Ceiling].self, forKey: .ceilings) ?? []
        let sides = try decoder.container(keyedBy: Spelling.self)
        let low = try sides.decodeIfPresent([String: Double].self, forKey: .minimum) ?? [:]
        let high = try sides.decodeIfPresent([String: Double].self, forKey: .maximum) ?? [:]
        for (name, share) in low { bounds[name, default: ShareRange()].low = share }
        for (name, share) in high { bounds[name, default: ShareRange()].high = share }
    }
}

/// One thing a mixture has to satisfy, as people named it.
package struct ConstraintCause: Sendable, Hashable, Codable {
    package enum Kind: String, Sendable, Hashable, Codable {
        case lowerBound
        case upperBound
        case epochCap
        case groupLower
        case groupUpper
        case distance
        case divergence
        case ceiling
        /// Not in the request: how far the recommendation may go from the runs.
        case trust
    }

    package var kind: Kind
    /// The domain, group or target it is about.
    package var subject: String
    /// In the unit of what it limits: proportion, L1 distance, nats or the target's unit.
    package var limit: Double
    package var text: String
}
