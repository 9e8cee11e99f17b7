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
        parameterConvention: String,
        lossName: String,
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
}

/// Choices of the estimator; the defaults are what the product recommends.
package struct FitOptions: Sendable, Hashable, Codable {
    /// Runs whose loss is below (1 + tolerance) × the least of their cell are near-optimal.
    package var bandTolerance = 0.0025
    /// Forces one estimator instead of the choice by density of runs.
    package var estimator: Estimator?

    package init() {}
}

/// How the optimum's power laws were estimated.
package enum Estimator: String, Sendable, Hashable, Codable {
    /// Least squares through the near-optimal runs, every cell with equal weight.
    case band
    /// One shared asymmetric bowl around a power-law optimum, fitted to all runs at once.
    case jointSurface
}
