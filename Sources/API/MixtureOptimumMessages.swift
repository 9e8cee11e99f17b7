/// Body of `POST /api/v1/mixtures/optima`.
package struct MixtureOptimumBody: Sendable, Codable, Hashable {
    /// Name or id.
    package var project: String
    /// One metric or pattern; `targets` instead for several.
    package var target: String?
    /// Weights by metric or pattern: their weighted sum is made small.
    package var targets: [String: Double]?
    /// Model size and tokens asked for, of laws that know what those do; nil is the largest run's.
    package var parameterCount: Double?
    package var tokenCount: Double?
    /// Members are documented with the call; absent ones constrain nothing.
    package var constraints: AnyJSON?
    /// What the answer is compared with; the mean of the runs when absent.
    package var reference: [String: Double]?
    /// Standard deviations added to the prediction: the more, the more careful. 1 when absent.
    package var caution: Double?
    /// Mixtures whose prediction is no more above the best count as equal, in the target's unit.
    package var tolerance: Double?
    package var seed: UInt64?

    package init(
        project: String,
        target: String? = nil,
        targets: [String: Double]? = nil,
        constraints: AnyJSON? = nil,
        reference: [String: Double]? = nil,
        caution: Double? = nil,
        tolerance: Double? = nil,
        seed: UInt64? = nil
    ) {
        self.project = project
        self.target = target
        self.targets = targets
        self.constraints = constraints
        self.reference = reference
        self.caution = caution
        self.tolerance = tolerance
        self.seed = seed
    }
}

/// Answer of `POST /api/v1/mixtures/optima`. Losses are in the unit of the targets.
package struct MixtureOptimumMessage: Sendable, Codable, Hashable {
    package struct Weight: Sendable, Codable, Hashable {
        package var value: Double
        /// 90 % region of the best share over resampled fits.
        package var low: Double
        package var high: Double

        package init(value: Double, low: Double, high: Double) {
            self.value = value
            self.low = low
            self.high = high
        }
    }

    package struct Prediction: Sendable, Codable, Hashable {
        package var value: Double
        /// Of the expected loss, without a run's own noise.
        package var sd: Double
        package var low: Double
        package var high: Double

        package init(value: Double, sd: Double, low: Double, high: Double) {
            self.value = value
            self.sd = sd
            self.low = low
            self.high = high
        }
    }

    package struct Binding: Sendable, Codable, Hashable {
        package var constraint: String
        /// What a unit more of the limit gains.
        package var shadowPrice: Double
        /// Of an epoch cap: what one more unique token gains.
        package var pricePerToken: Double?
        /// What the loss would fall by without this constraint alone.
        package var cost: Double?

        package init(
            constraint: String,
            shadowPrice: Double,
            pricePerToken: Double?,
            cost: Double?
        ) {
            self.constraint = constraint
            self.shadowPrice = shadowPrice
            self.pricePerToken = pricePerToken
            self.cost = cost
        }
    }

    /// Another mixture, beside the recommended one.
    package struct Alternative: Sendable, Codable, Hashable {
        /// A word such as `unconstrained`, `bestObserved`, `reference`, `naive`.
        package var name: String
        package var title: String
        package var weights: [String: Double]
        package var prediction: Prediction
        /// What it measured; of runs alone.
        package var measured: Double?

        package init(
            name: String,
            title: String,
            weights: [String: Double],
            prediction: Prediction,
            measured: Double? = nil
        ) {
            self.name = name
            self.title = title
            self.weights = weights
            self.prediction = prediction
            self.measured = measured
        }
    }

    package struct Range: Sendable, Codable, Hashable {
        package var low: Double
        package var high: Double

        package init(low: Double, high: Double) {
            self.low = low
            self.high = high
        }
    }

    package struct Extrapolation: Sendable, Codable, Hashable {
        package var inside: Bool
        /// L1, 0 to 2.
        package var distance: Double
        package var nearestRun: String?

        package init(inside: Bool, distance: Double, nearestRun: String?) {
            self.inside = inside
            self.distance = distance
            self.nearestRun = nearestRun
        }
    }

    /// Something to know before trusting the optimum.
    package struct Flag: Sendable, Codable, Hashable {
        /// A word such as `extrapolation`.
        package var kind: String
        package var message: String

        package init(kind: String, message: String) {
            self.kind = kind
            self.message = message
        }
    }

    /// One point of the trade-off between targets.
    package struct Tradeoff: Sendable, Codable, Hashable {
        package var targets: [String: Double]
        package var weights: [String: Double]
        package var losses: [String: Double]

        package init(
            targets: [String: Double],
            weights: [String: Double],
            losses: [String: Double]
        ) {
            self.targets = targets
            self.weights = weights
            self.losses = losses
        }
    }

    /// Predicted loss along the share of one domain, the others in proportion.
    package struct Sensitivity: Sendable, Codable, Hashable {
        package var domain: String
        package var shares: [Double]
        package var losses: [IntervalMessage]

        package init(domain: String, shares: [Double], losses: [IntervalMessage]) {
            self.domain = domain
            self.shares = shares
            self.losses = losses
        }
    }

    /// What more unique tokens of a capped domain would buy.
    package struct TokenValue: Sendable, Codable, Hashable {
        package var domain: String
        package var epochs: Double
        /// Fall of the loss per extra unique token.
        package var pricePerToken: Double
        /// Fall of the loss with twice the unique tokens.
        package var gainOfDoubling: Double

        package init(
            domain: String,
            epochs: Double,
            pricePerToken: Double,
            gainOfDoubling: Double
        ) {
            self.domain = domain
            self.epochs = epochs
            self.pricePerToken = pricePerToken
            self.gainOfDoubling = gainOfDoubling
        }
    }

    /// Ids of the fits it rests on, by target.
    package var fits: [String: String]
    package var law: String
    package var weights: [String: Weight]
    package var prediction: Prediction
    /// By target, when there are several.
    package var losses: [String: Double]
    package var binding: [Binding]
    package var alternatives: [Alternative]
    /// Shares over all mixtures that are as good within the tolerance.
    package var equivalent: [String: Range]
    package var tolerance: Double
    /// L1 distance from the recommendation that holds 90 % of the resampled optima.
    package var regionRadius: Double?
    package var extrapolation: Extrapolation
    /// Predicted loss lost to the constraints.
    package var constraintCost: Double?
    /// By target and domain: fall of the loss per unit of share moved into the domain from all in
    /// proportion: what a token of it is worth.
    package var worth: [String: [String: IntervalMessage]]
    package var sensitivity: [Sensitivity]
    package var tradeoffs: [Tradeoff]
    package var tokenValues: [TokenValue]
    package var flags: [Flag]

    package init(
        fits: [String: String],
        law: String,
        weights: [String: Weight],
        prediction: Prediction,
        extrapolation: Extrapolation,
        tolerance: Double
    ) {
        self.fits = fits
        self.law = law
        self.weights = weights
        self.prediction = prediction
        self.extrapolation = extrapolation
        self.tolerance = tolerance
        losses = [:]
        binding = []
        alternatives = []
        equivalent = [:]
        worth = [:]
        sensitivity = []
        tradeoffs = []
        tokenValues = []
        flags = []
    }
}
