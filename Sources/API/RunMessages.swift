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
    package var parent: RunID?
    package var params: [String: String]
    package var tags: [String: String]
    package var metrics: [String: MetricMessage]
    /// What the laws read in it, in each role's unit.
    package var roles: [Role: Double]

    package init(run: Run, state: State, roles: [Role: Double]) {
        id = run.id
        project = run.projectID
        name = run.name
        status = run.status
        self.state = state
        startTime = run.startTime
        endTime = run.endTime
        updatedAt = run.updatedAt
        parent = run.parentID
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

/// Body of `POST /api/v1/runs`.
package struct NewRunMessage: Sendable, Codable, Hashable {
    /// Name or id.
    package var project: String
    package var name: String
    package var params: [String: String]?
    package var tags: [String: String]?

    package init(
        project: String,
        name: String,
        params: [String: String]? = nil,
        tags: [String: String]? = nil
    ) {
        self.project = project
        self.name = name
        self.params = params
        self.tags = tags
    }
}

/// Body of `PATCH /api/v1/runs/{id}`: only what is given changes.
package struct RunPatch: Sendable, Codable, Hashable {
    package var name: String?
    package var status: RunStatus?
    /// Microseconds since 1970.
    package var endTime: Int64?
    package var tags: [String: String]?

    package init(
        name: String? = nil,
        status: RunStatus? = nil,
        endTime: Int64? = nil,
        tags: [String: String]? = nil
    ) {
        self.name = name
        self.status = status
        self.endTime = endTime
        self.tags = tags
    }
}
