package import Runs

/// Decides over all running jobs of a sweep at once.
package enum StopAdvisor {
    package struct Job: Sendable {
        package var runID: RunID
        package var runName: String
        package var request: ForecastRequest

        package init(runID: RunID, runName: String, request: ForecastRequest) {
            self.runID = runID
            self.runName = runName
            self.request = request
        }
    }
}
