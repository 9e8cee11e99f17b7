/// Answer of `GET /api/v1/mixtures/critical-proportions`: the share of a domain at which a loss is
/// what it was before.
package struct CriticalProportionMessage: Sendable, Codable, Hashable {
    package var target: String
    package var domain: String
    /// Unit of the target.
    package var baseLoss: Double
    package var runs: Int
    /// With its 90 % interval; absent where no share from 0 to 1 has the loss.
    package var critical: IntervalMessage?
    /// The curve level + exp(slope · share + intercept).
    package var level: Double
    package var slope: Double
    package var intercept: Double
    /// Of a run about the curve, unit of the target.
    package var deviation: Double
    package var notes: [String]

    package init(
        target: String,
        domain: String,
        baseLoss: Double,
        runs: Int,
        critical: IntervalMessage?,
        level: Double,
        slope: Double,
        intercept: Double,
        deviation: Double,
        notes: [String]
    ) {
        self.target = target
        self.domain = domain
        self.baseLoss = baseLoss
        self.runs = runs
        self.critical = critical
        self.level = level
        self.slope = slope
        self.intercept = intercept
        self.deviation = deviation
        self.notes = notes
    }
}

/// Answer of `GET /api/v1/mixtures/rate-surfaces`: the loss over the share of a domain and the peak
/// learning rate. Intervals are of 90 %.
package struct RateSurfaceMessage: Sendable, Codable, Hashable {
    package var target: String
    package var domain: String
    package var runs: Int
    /// The best point; absent where the surface is no bowl.
    package var learningRate: IntervalMessage?
    package var share: IntervalMessage?
    package var loss: Double?
    /// Change of ln(best rate) per unit of ln(share / (1 − share)); 0 where both can be tuned one
    /// after the other.
    package var coupling: IntervalMessage?
    /// At the share, and at the rate, that were asked about.
    package var bestRate: IntervalMessage?
    package var bestShare: IntervalMessage?
    /// Of 1, x, y, x², x·y, y² with x = ln(rate), y = ln(share / (1 − share)), both less `centre`.
    package var coefficients: [Double]
    package var centre: [Double]
    package var deviation: Double
    package var notes: [String]

    package init(
        target: String,
        domain: String,
        runs: Int,
        coefficients: [Double],
        centre: [Double],
        deviation: Double,
        notes: [String]
    ) {
        self.target = target
        self.domain = domain
        self.runs = runs
        self.coefficients = coefficients
        self.centre = centre
        self.deviation = deviation
        self.notes = notes
    }
}
