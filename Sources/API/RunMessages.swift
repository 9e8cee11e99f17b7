package import Runs

/// A run with everything but its points.
package struct RunMessage: Sendable, Codable, Hashable {
    /// What a person should think of the run: its status, and what its silence or its loss adds.
    package enum State: String, Sendable, Codable, CaseIterable {
        case scheduled, running, stalled, finished, failed, killed, diverged
    }

    package var id: RunID
    package var project: ProjectID
    package var name: String
    package var status: RunStatus
    package var state: State
    /// Microseconds since 1970.
    package var startTime: Int64
    package var endTime: Int64?
    package var updatedAt: Int64
    /// Last sign of life of the job, which no edit by a person moves.
    package var heardAt: Int64
    /// When the server ended the run because of its silence.
    package var lostAt: Int64?
    package var parent: RunID?
    package var group: String?
    /// Markdown.
    package var note: String?
    package var params: [String: String]
    package var tags: [String: String]
    package var metrics: [String: MetricMessage]
    /// What the laws read in it, in each role's unit.
    package var roles: [Role: Double]

    package init(run: Run, state: State, roles: [Role: Double], note: String? = nil) {
        id = run.id
        project = run.projectID
        name = run.name
        status = run.status
        self.state = state
        startTime = run.startTime
        endTime = run.endTime
        updatedAt = run.updatedAt
        heardAt = run.heardAt
        lostAt = run.lostAt
        parent = run.parentID
        group = run.groupName
        self.note = note
        params = run.params
        tags = run.tags
        metrics = run.metrics.mapValues(MetricMessage.init)
        self.roles = roles
    }
}

/// What is known of one series without reading it.
package struct MetricMessage: Sendable, Codable, Hashable {
    package var last: Double
    /// Least and greatest finite value.
    package var min: Double?
    package var max: Double?
    package var lastStep: Int64
    package var count: Int64
    package var notFinite: Int64

    package init(_ summary: MetricSummary) {
        last = summary.lastValue
        min = summary.minimum
        max = summary.maximum
        lastStep = summary.lastStep
        count = summary.pointCount
        notFinite = summary.notFiniteCount
    }
}

/// Answer of `GET /api/v1/runs`.
package struct RunList: Sendable, Codable, Hashable {
    package var runs: [RunMessage]
    /// Send as `after` for the next page; nil on the last one.
    package var next: String?

    package init(runs: [RunMessage], next: String?) {
        self.runs = runs
        self.next = next
    }
}
