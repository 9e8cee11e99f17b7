/// Everything one request logs to one run; stored whole or not at all.
package struct RunBatch: Sendable {
    package var runID: RunID
    /// Points by metric name.
    package var series: [String: PointColumns]
    package var params: [String: String]
    package var tags: [String: String]

    package init(
        runID: RunID,
        series: [String: PointColumns] = [:],
        params: [String: String] = [:],
        tags: [String: String] = [:]
    ) {
        self.runID = runID
        self.series = series
        self.params = params
        self.tags = tags
    }
}
