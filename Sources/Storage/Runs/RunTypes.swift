package import Runs

/// A run to be made.
package struct NewRun: Sendable {
    package var id: RunID
    package var projectID: ProjectID
    package var name: String
    package var status: RunStatus
    package var userName: String
    package var parentID: RunID?
    package var groupName: String?
    /// Microseconds since 1970.
    package var startTime: Int64
    package var params: [String: String]
    package var tags: [String: String]

    package init(
        id: RunID,
        projectID: ProjectID,
        name: String,
        status: RunStatus = .running,
        userName: String = "",
        parentID: RunID? = nil,
        groupName: String? = nil,
        startTime: Int64,
        params: [String: String] = [:],
        tags: [String: String] = [:]
    ) {
        self.id = id
        self.projectID = projectID
        self.name = name
        self.status = status
        self.userName = userName
        self.parentID = parentID
        self.groupName = groupName
        self.startTime = startTime
        self.params = params
        self.tags = tags
    }
}
