/// Answer of `GET /api/v1/mixtures`: what the runs of a project say of their data.
package struct SwarmMessage: Sendable, Codable, Hashable {
    package var domains: [Domain]
    package var targets: [Target]
    /// Finished runs with a mixture.
    package var runs: Int
    package var runsWithoutMixture: Int
    package var leftOut: [LeftOut]
    package var warnings: [MixtureWarningMessage]

    package struct Domain: Sendable, Codable, Hashable {
        package var name: String
        /// Shares of the runs' tokens.
        package var least: Double
        package var mean: Double
        package var greatest: Double
        /// Unique tokens, where runs say.
        package var availableTokens: Double?

        package init(
            name: String,
            least: Double,
            mean: Double,
            greatest: Double,
            availableTokens: Double?
        ) {
            self.name = name
            self.least = least
            self.mean = mean
            self.greatest = greatest
            self.availableTokens = availableTokens
        }
    }

    package struct Target: Sendable, Codable, Hashable {
        package var name: String
        /// Runs with a finite last value.
        package var runs: Int
        /// The newest finished fit of it.
        package var fit: String?

        package init(name: String, runs: Int, fit: String? = nil) {
            self.name = name
            self.runs = runs
            self.fit = fit
        }
    }

    package struct LeftOut: Sendable, Codable, Hashable {
        package var run: String
        package var reason: String

        package init(run: String, reason: String) {
            self.run = run
            self.reason = reason
        }
    }

    package init(
        domains: [Domain],
        targets: [Target],
        runs: Int,
        runsWithoutMixture: Int,
        leftOut: [LeftOut],
        warnings: [MixtureWarningMessage]
    ) {
        self.domains = domains
        self.targets = targets
        self.runs = runs
        self.runsWithoutMixture = runsWithoutMixture
        self.leftOut = leftOut
        self.warnings = warnings
    }
}

/// Something about the mixtures of a set of runs that a reader must know.
package struct MixtureWarningMessage: Sendable, Codable, Hashable {
    /// A word such as `sumOffOne`.
    package var kind: String
    package var message: String

    package init(kind: String, message: String) {
        self.kind = kind
        self.message = message
    }
}

/// Body of `POST /api/v1/mixtures/predictions`.
package struct MixturePredictionBody: Sendable, Codable, Hashable {
    /// Name or id.
    package var project: String
    /// A metric, or a pattern such as `metric/*` for the mean of all that match.
    package var target: String
    /// Id of a fit; nil is the newest of the target, made first where there is none.
    package var fit: String?
    /// Model size and tokens asked for, of laws that know what those do; nil is the largest run's.
    package var parameterCount: Double?
    package var tokenCount: Double?
    package var mixtures: [Row]

    package struct Row: Sendable, Codable, Hashable {
        /// Given back with the answer.
        package var index: String?
        /// Shares by domain; what is not named has none.
        package var proportions: [String: Double]

        package init(index: String? = nil, proportions: [String: Double]) {
            self.index = index
            self.proportions = proportions
        }
    }

    package init(
        project: String,
        target: String,
        fit: String? = nil,
        parameterCount: Double? = nil,
        tokenCount: Double? = nil,
        mixtures: [Row]
    ) {
        self.project = project
        self.target = target
        self.fit = fit
        self.parameterCount = parameterCount
        self.tokenCount = tokenCount
        self.mixtures = mixtures
    }
}

/// Answer of `POST /api/v1/mixtures/predictions`.
package struct MixturePredictionList: Sendable, Codable, Hashable {
    package var fit: String
    package var law: String
    package var target: String
    package var predictions: [MixturePredictionMessage]
    package var warnings: [String]

    package init(
        fit: String,
        law: String,
        target: String,
        predictions: [MixturePredictionMessage],
        warnings: [String]
    ) {
        self.fit = fit
        self.law = law
        self.target = target
        self.predictions = predictions
        self.warnings = warnings
    }
}

/// What a law expects of one mixture, in the unit of the target.
package struct MixturePredictionMessage: Sendable, Codable, Hashable {
    package var index: String
    package var prediction: Double
    /// Standard deviation of one new run about the prediction.
    package var sd: Double
    /// 90 % interval of one new run.
    package var low: Double
    package var high: Double
    /// L1 distance to the nearest run, 0 to 2.
    package var distance: Double
    package var nearestRun: String?
    /// Farther from every run than the runs are from each other.
    package var isExtrapolation: Bool

    package init(
        index: String,
        prediction: Double,
        sd: Double,
        low: Double,
        high: Double,
        distance: Double,
        nearestRun: String?,
        isExtrapolation: Bool
    ) {
        self.index = index
        self.prediction = prediction
        self.sd = sd
        self.low = low
        self.high = high
        self.distance = distance
        self.nearestRun = nearestRun
        self.isExtrapolation = isExtrapolation
    }
}
