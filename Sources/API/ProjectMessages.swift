package import Runs

/// A project, as a list and a page need it.
package struct ProjectMessage: Sendable, Codable, Hashable {
    package var id: ProjectID
    /// What MLflow clients call it by: digits.
    package var experimentID: String
    package var name: String
    /// Markdown.
    package var note: String?
    /// Microseconds since 1970.
    package var createdAt: Int64
    package var runCount: Int
    package var runningCount: Int
    package var lastActivity: Int64?
    /// Least finite loss of its finished runs, nats per token.
    package var bestLoss: Double?
    /// Runs by the day (UTC) of their last change: seven days, today last.
    package var runsByDay: [Int]
    /// The newest finished fit of each law.
    package var laws: [ProjectLaw]

    package init(
        project: Project,
        note: String? = nil,
        runCount: Int = 0,
        runningCount: Int = 0,
        lastActivity: Int64? = nil,
        bestLoss: Double? = nil,
        runsByDay: [Int] = [],
        laws: [ProjectLaw] = []
    ) {
        id = project.id
        experimentID = String(project.experimentID)
        name = project.name
        self.note = note
        createdAt = project.createdAt
        self.runCount = runCount
        self.runningCount = runningCount
        self.lastActivity = lastActivity
        self.bestLoss = bestLoss
        self.runsByDay = runsByDay
        self.laws = laws
    }
}

/// A law fitted on a project.
package struct ProjectLaw: Sendable, Codable, Hashable {
    package var law: String
    package var fitID: String
    package var finishedAt: Int64

    package init(law: String, fitID: String, finishedAt: Int64) {
        self.law = law
        self.fitID = fitID
        self.finishedAt = finishedAt
    }
}

/// Answer of `GET /api/v1/projects`.
package struct ProjectList: Sendable, Codable, Hashable {
    package var projects: [ProjectMessage]

    package init(projects: [ProjectMessage]) { self.projects = projects }
}

/// Body of `POST /api/v1/projects`.
package struct NewProject: Sendable, Codable, Hashable {
    package var name: String

    package init(name: String) { self.name = name }
}

/// Body of `PATCH /api/v1/projects/{project}`: only what is given changes.
package struct ProjectPatch: Sendable, Codable, Hashable {
    package var name: String?
    /// Markdown; an empty text removes it.
    package var note: String?
    /// A null removes the tag.
    package var tags: [String: String?]?

    package init(name: String? = nil, note: String? = nil, tags: [String: String?]? = nil) {
        self.name = name
        self.note = note
        self.tags = tags
    }
}

/// Answer of `GET /api/v1/projects/{project}/groups`.
package struct GroupList: Sendable, Codable, Hashable {
    package struct Group: Sendable, Codable, Hashable {
        package var name: String
        package var runs: Int
        package var running: Int
        /// Microseconds since 1970.
        package var lastActivity: Int64

        package init(name: String, runs: Int, running: Int, lastActivity: Int64) {
            self.name = name
            self.runs = runs
            self.running = running
            self.lastActivity = lastActivity
        }
    }

    /// The last changed first.
    package var groups: [Group]

    package init(groups: [Group]) { self.groups = groups }
}

/// Answer of `GET` and `PUT /api/v1/projects/{project}/roles`; the body of `PUT` is a
/// `RoleMapping`.
package struct RolesMessage: Sendable, Codable, Hashable {
    /// What the user said a bare `parameterCount` counts, else what the runs say.
    package var parameterConvention: String?
    package var roles: [RoleMessage]

    package init(parameterConvention: String?, roles: [RoleMessage]) {
        self.parameterConvention = parameterConvention
        self.roles = roles
    }
}

/// Where a project's runs get one role from.
package struct RoleMessage: Sendable, Codable, Hashable {
    package var role: Role
    package var unit: String
    /// The formula that most runs are answered by; nil when none is.
    package var expression: String?
    package var kind: RoleSource.Kind?
    package var resolvedRuns: Int
    package var missingRuns: Int
    /// Why most of the missing runs lack it, and what to do.
    package var reason: String?

    package init(role: Role) {
        self.role = role
        unit = role.unit
        resolvedRuns = 0
        missingRuns = 0
    }
}
