/// Which of a sweep's running jobs to stop, with one error rate for all of them together.
package struct StopPlan: Sendable, Hashable, Codable {
    package var jobs: [Job]
    /// Bound on the probability that a stopped job would have ended best.
    package var familyErrorRate: Double
    /// The loss to beat: the least of the finished runs; nil when none has finished.
    package var bestFinishedLossNats: Double?
    /// Steps that remain over all running jobs, and those that the stops would save.
    package var remainingSteps: Double
    package var savedSteps: Double
    /// What successive halving would stop now: the worse half by the last loss.
    package var halvingStops: [String]
    package var statement: String

    package init(
        jobs: [Job],
        familyErrorRate: Double,
        bestFinishedLossNats: Double?,
        remainingSteps: Double,
        savedSteps: Double,
        halvingStops: [String],
        statement: String
    ) {
        self.jobs = jobs
        self.familyErrorRate = familyErrorRate
        self.bestFinishedLossNats = bestFinishedLossNats
        self.remainingSteps = remainingSteps
        self.savedSteps = savedSteps
        self.halvingStops = halvingStops
        self.statement = statement
    }

    package struct Job: Sendable, Hashable, Codable {
        package var runID: String
        package var runName: String
        /// nil where no forecast could be given; `refused` says why.
        package var forecast: Forecast?
        package var refused: String?
        /// That it ends below the finished runs and all other running jobs.
        package var probabilityOfBest: Double?
        package var isStopAdvised: Bool

        package init(
            runID: String,
            runName: String,
            forecast: Forecast?,
            refused: String?,
            probabilityOfBest: Double?,
            isStopAdvised: Bool
        ) {
            self.runID = runID
            self.runName = runName
            self.forecast = forecast
            self.refused = refused
            self.probabilityOfBest = probabilityOfBest
            self.isStopAdvised = isStopAdvised
        }
    }
}
