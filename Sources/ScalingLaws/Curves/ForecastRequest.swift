package import Runs

/// What is known of a run that still trains, and of the project's finished runs.
package struct ForecastRequest: Sendable {
    /// The loss whose final value is asked for, in nats, so far; it may be held-out loss and
    /// sparse.
    package var curve: LossCurve
    /// Training loss of the same run, where the loss asked for is another one logged more rarely.
    package var trainingCurve: LossCurve?
    /// Step at which the training ends.
    package var horizonSteps: Double
    /// nil: inferred from the learning rates, else none is assumed.
    package var warmupSteps: Double?
    /// How the rate goes on; nil: inferred from the learning rates where it can be.
    package var schedule: LearningRateSchedule?
    /// The run's settings by role; they choose which peers are most alike.
    package var settings: [Role: Double]
    /// Finished runs of the project, the run itself not among them.
    package var peers: [Peer]
    /// The loss to beat, such as the least of the finished runs; nil: no probability is given.
    package var baselineLossNats: Double?
    /// Stopping is advised where the run beats the baseline with less than this probability.
    package var stopErrorRate: Double
    package var seed: UInt64

    package init(
        curve: LossCurve,
        trainingCurve: LossCurve? = nil,
        horizonSteps: Double,
        warmupSteps: Double? = nil,
        schedule: LearningRateSchedule? = nil,
        settings: [Role: Double] = [:],
        peers: [Peer] = [],
        baselineLossNats: Double? = nil,
        stopErrorRate: Double = 0.05,
        seed: UInt64 = 1
    ) {
        self.curve = curve
        self.trainingCurve = trainingCurve
        self.horizonSteps = horizonSteps
        self.warmupSteps = warmupSteps
        self.schedule = schedule
        self.settings = settings
        self.peers = peers
        self.baselineLossNats = baselineLossNats
        self.stopErrorRate = stopErrorRate
        self.seed = seed
    }

    /// A finished run: its whole curve, its end and its settings.
    package struct Peer: Sendable, Hashable {
        package var runName: String
        package var curve: LossCurve
        package var trainingCurve: LossCurve?
        package var horizonSteps: Double
        /// Of the same metric as `ForecastRequest.curve`; not finite for a run that blew up.
        package var finalLossNats: Double
        package var settings: [Role: Double]

        package init(
            runName: String,
            curve: LossCurve,
            trainingCurve: LossCurve? = nil,
            horizonSteps: Double,
            finalLossNats: Double,
            settings: [Role: Double] = [:]
        ) {
            self.runName = runName
            self.curve = curve
            self.trainingCurve = trainingCurve
            self.horizonSteps = horizonSteps
            self.finalLossNats = finalLossNats
            self.settings = settings
        }
    }
}
