/// One training: what was set before it (`params`), what is said about it (`tags`), and for each
/// metric what is known of its series without reading it (`metrics`).
package struct Run: Sendable, Hashable {
    package var id: RunID
    package var projectID: ProjectID
    package var name: String
    package var status: RunStatus
    package var userName: String
    package var parentID: RunID?
    /// Runs that belong together carry one name; nil when none was given.
    package var groupName: String?
    /// Microseconds since 1970.
    package var startTime: Int64
    package var endTime: Int64?
    package var deletedAt: Int64?
    /// Time of the last change of any kind, in microseconds since 1970.
    package var updatedAt: Int64
    /// Last sign of life of the job itself, in microseconds since 1970: points or a heartbeat, but
    /// no edit by a person.
    package var heardAt: Int64
    /// When the server ended the run because it had been silent for long; nil after any other end.
    package var lostAt: Int64?
    /// Whether the run is being removed for good.
    package var isPurging = false
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
        groupName: String? = nil,
        startTime: Int64,
        endTime: Int64? = nil,
        deletedAt: Int64? = nil,
        updatedAt: Int64,
        heardAt: Int64? = nil,
        lostAt: Int64? = nil,
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
        self.groupName = groupName
        self.startTime = startTime
        self.endTime = endTime
        self.deletedAt = deletedAt
        self.updatedAt = updatedAt
        self.heardAt = heardAt ?? updatedAt
        self.lostAt = lostAt
        self.params = params
        self.tags = tags
        self.metrics = metrics
    }
}

/// Where a run stands. Raw values are the native wire's words; MLflow's are their upper case.
package enum RunStatus: String, Sendable, Codable, CaseIterable {
    case scheduled, running, finished, failed, killed
}
