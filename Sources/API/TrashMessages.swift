package import Runs

/// Answer of `GET /api/v1/trash`: what was deleted and can still come back.
package struct TrashMessage: Sendable, Codable, Hashable {
    package var projects: [TrashedProjectMessage]
    package var runs: [TrashedRunMessage]
    /// Send as `after` for the next page of runs; nil on the last one.
    package var next: String?

    package init(projects: [TrashedProjectMessage], runs: [TrashedRunMessage], next: String?) {
        self.projects = projects
        self.runs = runs
        self.next = next
    }
}

package struct TrashedProjectMessage: Sendable, Codable, Hashable {
    package var id: ProjectID
    package var name: String
    package var runCount: Int
    /// Microseconds since 1970.
    package var deletedAt: Int64
    /// When it goes for good; nil when never.
    package var purgeAt: Int64?
    /// Whether it is going now and cannot come back.
    package var isPurging: Bool

    package init(
        id: ProjectID,
        name: String,
        runCount: Int,
        deletedAt: Int64,
        purgeAt: Int64?,
        isPurging: Bool
    ) {
        self.id = id
        self.name = name
        self.runCount = runCount
        self.deletedAt = deletedAt
        self.purgeAt = purgeAt
        self.isPurging = isPurging
    }
}

package struct TrashedRunMessage: Sendable, Codable, Hashable {
    package var id: RunID
    package var name: String
    package var project: ProjectID
    package var projectName: String
    /// Microseconds since 1970.
    package var deletedAt: Int64
    /// When it goes for good; nil when never.
    package var purgeAt: Int64?
    /// Whether it is going now and cannot come back.
    package var isPurging: Bool

    package init(
        id: RunID,
        name: String,
        project: ProjectID,
        projectName: String,
        deletedAt: Int64,
        purgeAt: Int64?,
        isPurging: Bool
    ) {
        self.id = id
        self.name = name
        self.project = project
        self.projectName = projectName
        self.deletedAt = deletedAt
        self.purgeAt = purgeAt
        self.isPurging = isPurging
    }
}

/// Answer of the calls that delete, restore or purge one run or project.
package struct DeletionMessage: Sendable, Codable, Hashable {
    /// 32 hexadecimal digits.
    package var id: String
    /// Microseconds since 1970; nil when it is not deleted.
    package var deletedAt: Int64?
    /// When it goes for good; nil when it is not deleted, or never.
    package var purgeAt: Int64?
    package var isPurging: Bool

    package init(id: String, deletedAt: Int64?, purgeAt: Int64?, isPurging: Bool) {
        self.id = id
        self.deletedAt = deletedAt
        self.purgeAt = purgeAt
        self.isPurging = isPurging
    }
}
