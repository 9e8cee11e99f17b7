/// One training: what was set before it (`params`), what is said about it (`tags`), and for each
/// metric what is known of its series without reading it (`metrics`).
package struct Run: Sendable, Hashable {
    package var id: RunID
    package var projectID: ProjectID
    package var name: String
    package var status: RunStatus
    package var userName: String
    package var parentID: RunID?
    /// Microseconds since 1970.
    package var startTime: Int64
    package var endTime: Int64?
    package var deletedAt: Int64?
    /// Time of the last accepted write, in microseconds since 1970: a heartbeat.
    package var updatedAt: Int64
    package var params: [String: String]
    package var tags: [String: String]
    package var metrics: [String: MetricSummary]

    package init(
        id: RunID,
        projectID: ProjectID,
        name: String,
        status: RunStatus,
        userName: String = "",
        parentID: RunID? = nil,
        startTime: Int64,
        endTime: Int64? = nil,
        deletedAt: Int64? = nil,
        updatedAt: Int64,
        params: [String: String] = [:],
        tags: [String: String] = [:],
        metrics: [String: MetricSummary] = [:]
    ) {
        self.id = id
        self.projectID = projectID
        self.name = name
        self.status = status
        self.userName = userName
        self.parentID = parentID
        self.startTime = startTime
        self.endTime = endTime
        self.deletedAt = deletedAt
        self.updatedAt = updatedAt
        self.params = params
        self.tags = tags
        self.metrics = metrics
    }
}

/// Where a run stands. Raw values are the native wire's words; MLflow's are their upper case.
package enum RunStatus: String, Sendable, Codable, CaseIterable {
    case scheduled, running, finished, failed, killed
}
