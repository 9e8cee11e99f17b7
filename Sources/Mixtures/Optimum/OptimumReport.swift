package import ScalingLaws

/// What is asked of an optimum.
package struct OptimumRequest: Sendable, Hashable, Codable {
    package var constraints = MixtureConstraints()
    /// Weight of each target in the objective, by name; 1 where absent. Scaled to sum to 1.
    package var weights: [String: Double] = [:]
    /// Standard deviations of the resampled laws that are added to the mean of their losses.
    package var caution = 1.0
    /// Greatest L1 distance to the nearest run; nil takes the distance within which 95 % of the
    /// runs have a neighbour.
    package var trustDistance: Double?
    /// Mixtures whose predicted loss is within this of the optimum count as equally good; unit of
    /// the target. nil takes the standard deviation of the laws' errors on runs left out.
    package var equivalence: Double?
    package var seed: UInt64 = 1

    package init() {}

    /// Absent members have their defaults.
    package init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: CodingKeys.self)
        constraints =
            try box.decodeIfPresent(MixtureConstraints.self, forKey: .constraints)
            ?? MixtureConstraints()
        weights = try box.decodeIfPresent([String: Double].self, forKey: .weights) ?? [:]
        caution = try box.decodeIfPresent(Double.self, forKey: .caution) ?? 1
        trustDistance = try box.decodeIfPresent(Double.self, forKey: .trustDistance)
        equivalence = try box.decodeIfPresent(Double.self, forKey: .equivalence)
        seed = try box.decodeIfPresent(UInt64.self, forKey: .seed) ?? 1
    }
}

/// The best mixture, how sure it is, and what it stands beside. Shares are arrays in the order of
/// `domains`; losses are in the unit of the targets.
package struct OptimumReport: Sendable, Hashable, Codable {
    /// A mixture with what is known of it.
    package struct Candidate: Sendable, Hashable, Codable {
        package enum Kind: String, Sendable, Hashable, Codable {
            /// Least mean + caution · sd inside the constraints and near the runs.
            case recommendation
            /// Least predicted loss under the constraints, without caution.
            case optimum
            /// The same without constraints.
            case unconstrained
            case reference
            case bestObserved
            /// A rule that looks at no run: uniform, by available tokens, temperature, UniMax.
            case naive
        }

        package var kind: Kind
        package var title: String
        package var proportions: [Double]
        /// Predicted, weighted over the targets, with the 90 % interval of the expected loss.
        package var loss: Interval
        package var deviation: Double
        package var losses: [String: Double]
        /// Weighted loss of the run itself, for `bestObserved`.
        package var observed: Double?
        /// L1 distance to the nearest run.
        package var distance: Double
        package var nearestRun: String?
        /// Farther from every run than runs are from each other.
        package var isExtrapolation: Bool
        /// Satisfies every constraint of the request.
        package var isAllowed: Bool
    }

    /// Where the optimum may lie: the optima of the laws refitted on resampled runs, spread by what
    /// laws err more on runs left out than on their own.
    package struct Region: Sendable, Hashable, Codable {
        /// 90 % interval of each share.
        package var low: [Double]
        package var high: [Double]
        /// L1 distance to the optimum that 90 % of the resampled optima keep.
        package var radius: Double
        package var drawCount: Int
    }

    /// Mixtures that are as good as the optimum within `within`.
    package struct Equivalent: Sendable, Hashable, Codable {
        package var within: Double
        /// Least and greatest share of each domain.
        package var low: [Double]
        package var high: [Double]
        /// Greatest L1 distance to the optimum among the extreme mixtures found.
        package var radius: Double
        /// The extremes are exact; otherwise the set may be larger.
        package var isExact: Bool
    }

    package struct Flag: Sendable, Hashable, Codable {
        package enum Kind: String, Sendable, Hashable, Codable {
            case extrapolation
            case uncertain
            case beyondObserved
            case nonsenseAtVertices
            case lawsDisagree
            case collapsed
            case severalOptima
            case wideRegion
            case trustOutOfReach
            case untriedConstraints
            case fewRuns
            case neverVary
            case moveTogether
            case repeated
            case law
        }

        package var kind: Kind
        package var text: String
    }

    /// One point of the trade-off between targets.
    package struct Tradeoff: Sendable, Hashable, Codable {
        package var weights: [String: Double]
        package var proportions: [Double]
        package var losses: [String: Double]
    }

    /// What a share moved into a domain, taken from all in proportion, gains for a target: unit of
    /// the target per unit proportion.
    package struct Worth: Sendable, Hashable, Codable {
        package var target: String
        package var domain: String
        package var gain: Interval
    }

    /// Loss along the share of one domain, the others scaled.
    package struct Sensitivity: Sendable, Hashable, Codable {
        package var domain: String
        package var shares: [Double]
        package var losses: [Interval]
    }

    /// What more unique tokens of a capped domain would buy.
    package struct TokenValue: Sendable, Hashable, Codable {
        package var domain: String
        /// Passes over its unique tokens in the optimum.
        package var epochs: Double
        /// Fall of the loss per extra unique token.
        package var pricePerToken: Double
        /// Fall of the loss with twice the unique tokens.
        package var gainOfDoubling: Double
    }

    /// What another law says of the same runs.
    package struct Rival: Sendable, Hashable, Codable {
        package var target: String
        package var law: String
        /// Its loss at the recommendation and at the best observed run.
        package var atRecommendation: Double
        package var atBestObserved: Double?
        /// Its own optimum under the constraints, and how far the plain optimum is from it in L1.
        package var optimum: [Double]?
        package var distance: Double?
    }

    package var domains: [String]
    package var targets: [String]
    package var weights: [String: Double]
    package var recommendation: Candidate
    package var others: [Candidate]
    /// Constraints that the plain optimum rests on, dearest first.
    package var binding: [BindingConstraint]
    /// Predicted loss of the constrained optimum minus that of the free one.
    package var gap: Double
    package var isGlobal: Bool
    package var residual: Double?
    package var method: String
    package var region: Region?
    package var equivalent: Equivalent?
    package var flags: [Flag]
    package var tradeoffs: [Tradeoff]
    package var worth: [Worth]
    package var sensitivity: [Sensitivity]
    package var tokens: [TokenValue]
    package var rivals: [Rival]
    /// L1 distance within which 95 % of the runs have a neighbour.
    package var reach: Double
}
