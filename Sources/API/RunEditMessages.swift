package import Runs

/// Body of `POST /api/v1/runs`.
package struct NewRunMessage: Sendable, Codable, Hashable {
    /// 32 hexadecimal digits chosen by the client, so that the call can be repeated harmlessly; nil
    /// leaves the choice to the server.
    package var id: RunID?
    /// Name or id.
    package var project: String
    package var name: String
    package var params: [String: String]?
    package var tags: [String: String]?
    /// Microseconds since 1970; nil means now.
    package var startTime: Int64?
    package var group: String?
    /// Markdown.
    package var note: String?
    package var parent: RunID?

    package init(
        id: RunID? = nil,
        project: String,
        name: String,
        params: [String: String]? = nil,
        tags: [String: String]? = nil,
        startTime: Int64? = nil,
        group: String? = nil,
        note: String? = nil,
        parent: RunID? = nil
    ) {
        self.id = id
        self.project = project
        self.name = name
        self.params = params
        self.tags = tags
        self.startTime = startTime
        self.group = group
        self.note = note
        self.parent = parent
    }
}

/// Body of `PATCH /api/v1/runs/{id}`: only what is given changes.
package struct RunPatch: Sendable, Codable, Hashable {
    package var name: String?
    package var status: RunStatus?
    /// Microseconds since 1970.
    package var endTime: Int64?
    /// A null removes the tag.
    package var tags: [String: String?]?
    /// Corrections of what was logged; what stood before is kept.
    package var params: [String: String]?
    /// An empty text takes the run out of its group, removes its note, or its parent.
    package var group: String?
    package var note: String?
    package var parent: String?

    package init(
        name: String? = nil,
        status: RunStatus? = nil,
        endTime: Int64? = nil,
        tags: [String: String?]? = nil,
        params: [String: String]? = nil,
        group: String? = nil,
        note: String? = nil,
        parent: String? = nil
    ) {
        self.name = name
        self.status = status
        self.endTime = endTime
        self.tags = tags
        self.params = params
        self.group = group
        self.note = note
        self.parent = parent
    }
}

/// Answer of `POST /api/v1/runs/{id}/heartbeat`: what the server thinks of the run now, so that a
/// job learns that somebody ended it.
package struct HeartbeatMessage: Sendable, Codable, Hashable {
    package var status: RunStatus

    package init(status: RunStatus) { self.status = status }
}

/// Body of `POST /api/v1/runs/{id}/resume`; may be left out.
package struct ResumeMessage: Sendable, Codable, Hashable {
    /// First step of the new attempt.
    package var fromStep: Int64?

    package init(fromStep: Int64? = nil) { self.fromStep = fromStep }
}

/// Answer of `GET /api/v1/runs/{id}/life`.
package struct RunLifeMessage: Sendable, Codable, Hashable {
    /// In order; the first is the run as it was made.
    package var attempts: [AttemptMessage]
    /// What corrected params were before, oldest change first.
    package var paramChanges: [ParamChangeMessage]

    package init(attempts: [AttemptMessage], paramChanges: [ParamChangeMessage]) {
        self.attempts = attempts
        self.paramChanges = paramChanges
    }
}

/// One stretch of a run between a start and an end. Points of all attempts are kept and shown.
package struct AttemptMessage: Sendable, Codable, Hashable {
    /// Microseconds since 1970.
    package var startedAt: Int64
    package var endedAt: Int64?
    package var status: RunStatus
    /// Earlier attempts' points count up to the step before it; nil when nobody said.
    package var fromStep: Int64?

    package init(startedAt: Int64, endedAt: Int64?, status: RunStatus, fromStep: Int64?) {
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.status = status
        self.fromStep = fromStep
    }
}

package struct ParamChangeMessage: Sendable, Codable, Hashable {
    package var key: String
    /// nil when the param was not there.
    package var old: String?
    /// Microseconds since 1970.
    package var changedAt: Int64

    package init(key: String, old: String?, changedAt: Int64) {
        self.key = key
        self.old = old
        self.changedAt = changedAt
    }
}
