/// All that a fit depends on: the same request gives the same fit, bit for bit.
package struct FitRequest: Sendable {
    package var observations: [Observation]
    /// Which parameters N counts, in the user's words; shown wherever N is used.
    package var parameterConvention: String
    package var lossName: String
    package var seed: UInt64
    package var options: FitOptions
    /// Told the share of work done, 0 … 1, from the fitting thread.
    package var progress: (@Sendable (Double) -> Void)?
    /// Asked between stages; true ends the fit with `FitError.cancelled`.
    package var isCancelled: (@Sendable () -> Bool)?

    package init(
        observations: [Observation],
        parameterConvention: String = "unspecified",
        lossName: String = "loss",
        seed: UInt64 = 1,
        options: FitOptions = FitOptions(),
        progress: (@Sendable (Double) -> Void)? = nil,
        isCancelled: (@Sendable () -> Bool)? = nil
    ) {
        self.observations = observations
        self.parameterConvention = parameterConvention
        self.lossName = lossName
        self.seed = seed
        self.options = options
        self.progress = progress
        self.isCancelled = isCancelled
    }

    func checkCancelled() throws(FitError) {
        if isCancelled?() ?? false { throw .cancelled }
    }
}

/// Choices of the estimator; the defaults are what the product recommends.
package struct FitOptions: Sendable, Hashable, Codable {
    /// Runs whose loss is below (1 + tolerance) × the least of their cell are near-optimal.
    package var bandTolerance = 0.0025
    /// Forces one estimator instead of the choice by density of runs.
    package var estimator: Estimator?
    /// Resampled refits behind the intervals of a nonlinear law.
    package var drawCount = 400
    /// Scale of ln loss beyond which a residual counts linearly; nil is the law's own.
    package var huberDelta: Double?
    /// Id of published constants that pull the fit where runs are silent; nil is none.
    package var prior: String?
    /// Of the critical batch by overhead: steps above proportion, in per cent; nil is 20.
    package var overheadPercent: Double?
    /// Of the same: the batch from which steps are taken to fall in proportion; nil is the law's.
    package var anchorBatchTokens: Double?

    package init() {}

    /// Absent members have their defaults, so that earlier fits stay readable.
    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        bandTolerance = try members.decodeIfPresent(Double.self, forKey: .bandTolerance) ?? 0.0025
        estimator = try members.decodeIfPresent(Estimator.self, forKey: .estimator)
        drawCount = try members.decodeIfPresent(Int.self, forKey: .drawCount) ?? 400
        huberDelta = try members.decodeIfPresent(Double.self, forKey: .huberDelta)
        prior = try members.decodeIfPresent(String.self, forKey: .prior)
        overheadPercent = try members.decodeIfPresent(Double.self, forKey: .overheadPercent)
        anchorBatchTokens = try members.decodeIfPresent(Double.self, forKey: .anchorBatchTokens)
    }
}

/// How the optimum's power laws were estimated.
package enum Estimator: String, Sendable, Hashable, Codable {
    /// Least squares through the near-optimal runs, every cell with equal weight.
    case band
    /// One shared asymmetric bowl around a power-law optimum, fitted to all runs at once.
    case jointSurface
}
