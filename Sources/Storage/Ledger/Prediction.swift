package import Foundation
package import Runs

/// A loss foretold for a run to come, frozen with its interval until the run has finished.
package struct Prediction: Sendable, Hashable {
    package var id: UUID
    package var projectID: ProjectID
    package var law: String
    package var fitID: UUID
    /// What the law was asked with, in the units of the roles.
    package var values: [Role: Double]
    /// The run it is about; without it `runName`, without that the values say which.
    package var runID: RunID?
    package var runName: String?
    /// Loss in nats per token, with the 90 % interval for one run.
    package var predicted: Double
    package var low: Double
    package var high: Double
    /// Microseconds since 1970.
    package var createdAt: Int64
    package var score: Score?
    /// Set while the run it was about has failed.
    package var void: Void?

    /// Why no loss scores it.
    package struct Void: Sendable, Hashable {
        package var runID: RunID
        package var reason: String
        /// Microseconds since 1970.
        package var voidedAt: Int64

        package init(runID: RunID, reason: String, voidedAt: Int64) {
            self.runID = runID
            self.reason = reason
            self.voidedAt = voidedAt
        }
    }

    /// What became of it.
    package struct Score: Sendable, Hashable {
        package var runID: RunID
        /// NaN or infinite when the run blew up.
        package var observed: Double
        /// Microseconds since 1970.
        package var scoredAt: Int64

        package init(runID: RunID, observed: Double, scoredAt: Int64) {
            self.runID = runID
            self.observed = observed
            self.scoredAt = scoredAt
        }
    }

    package init(
        id: UUID,
        projectID: ProjectID,
        law: String,
        fitID: UUID,
        values: [Role: Double],
        runID: RunID? = nil,
        runName: String? = nil,
        predicted: Double,
        low: Double,
        high: Double,
        createdAt: Int64,
        score: Score? = nil
    ) {
        self.id = id
        self.projectID = projectID
        self.law = law
        self.fitID = fitID
        self.values = values
        self.runID = runID
        self.runName = runName
        self.predicted = predicted
        self.low = low
        self.high = high
        self.createdAt = createdAt
        self.score = score
    }
}
