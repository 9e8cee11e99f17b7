/// Where a running job will end.
package struct Forecast: Sendable, Hashable, Codable {
    /// Nats, with a 90 % interval.
    package var finalLoss: Interval
    /// From the last logged step to the horizon, at most 120 points, for a figure.
    package var path: [Point]
    /// What was used, in words: "how 40 finished runs went on from here".
    package var method: String
    /// nil without a baseline to beat.
    package var probabilityOfBeatingBaseline: Double?
    package var baselineLossNats: Double?
    /// nil without a baseline to beat.
    package var stop: Stop?
    /// What simpler rules say.
    package var baselines: [Baseline]
    package var observedSteps: Double
    package var horizonSteps: Double
    /// Share of the training that is done, 0 … 1.
    package var observedShare: Double
    /// Finished runs that informed the forecast.
    package var peers: Int
    package var warnings: [String]
    /// What could not be said, and what to do about it.
    package var refusals: [String]

    package struct Point: Sendable, Hashable, Codable {
        package var step: Double
        package var value: Double
        package var low: Double
        package var high: Double

        package init(step: Double, value: Double, low: Double, high: Double) {
            self.step = step
            self.value = value
            self.low = low
            self.high = high
        }
    }

    package struct Stop: Sendable, Hashable, Codable {
        package var isAdvised: Bool
        /// The run beats the baseline with less than this probability where stopping is advised.
        package var errorRate: Double
        package var reason: String
        /// Steps that stopping now would save.
        package var savedSteps: Double

        package init(isAdvised: Bool, errorRate: Double, reason: String, savedSteps: Double) {
            self.isAdvised = isAdvised
            self.errorRate = errorRate
            self.reason = reason
            self.savedSteps = savedSteps
        }
    }

    package struct Baseline: Sendable, Hashable, Codable {
        /// `last-value`, `last-three-points`, `peers-median-ratio`.
        package var id: String
        package var title: String
        /// nil where the rule cannot answer.
        package var finalLossNats: Double?

        package init(id: String, title: String, finalLossNats: Double?) {
            self.id = id
            self.title = title
            self.finalLossNats = finalLossNats
        }
    }

    package init(
        finalLoss: Interval,
        path: [Point],
        method: String,
        probabilityOfBeatingBaseline: Double? = nil,
        baselineLossNats: Double? = nil,
        stop: Stop? = nil,
        baselines: [Baseline] = [],
        observedSteps: Double,
        horizonSteps: Double,
        peers: Int = 0,
        warnings: [String] = [],
        refusals: [String] = []
    ) {
        self.finalLoss = finalLoss
        self.path = path
        self.method = method
        self.probabilityOfBeatingBaseline = probabilityOfBeatingBaseline
        self.baselineLossNats = baselineLossNats
        self.stop = stop
        self.baselines = baselines
        self.observedSteps = observedSteps
        self.horizonSteps = horizonSteps
        observedShare = observedSteps / horizonSteps
        self.peers = peers
        self.warnings = warnings
        self.refusals = refusals
    }
}
