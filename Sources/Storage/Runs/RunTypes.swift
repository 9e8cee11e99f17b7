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

/// The order of a list of runs; ties are broken by run id. A run without the metric or param comes
/// last either way, and so does NaN.
package enum RunOrder: Sendable, Hashable {
    case startTime(ascending: Bool)
    case name(ascending: Bool)
    /// By the last value of a metric.
    case metric(String, ascending: Bool)
    /// Numbers by value first, then other texts by code point.
    case param(String, ascending: Bool)

    package static let startTimeDescending = RunOrder.startTime(ascending: false)

    var isAscending: Bool {
        switch self {
        case .startTime(let ascending), .name(let ascending), .metric(_, let ascending),
            .param(_, let ascending):
            ascending
        }
    }
}

package struct RunQuery: Sendable {
    /// Empty means every project.
    package var projectIDs: [ProjectID]
    package var lifecycle: RunLifecycle
    package var order: RunOrder
    /// Cut to `Limits.runPageCount`.
    package var limit: Int
    package var after: RunCursor?

    package init(
        projectIDs: [ProjectID],
        lifecycle: RunLifecycle = .active,
        order: RunOrder = .startTimeDescending,
        limit: Int = 100,
        after: RunCursor? = nil
    ) {
        self.projectIDs = projectIDs
        self.lifecycle = lifecycle
        self.order = order
        self.limit = limit
        self.after = after
    }
}

/// Where a page of runs ended: the sort key of its last run. Only good with the same order.
package struct RunCursor: Sendable, Hashable, Codable {
    /// 0 number, 1 other text, 2 missing.
    var rank: Int
    var number: Double
    var text: String
    package var runID: RunID
}

package struct RunPage: Sendable {
    package var runs: [Run]
    /// nil on the last page, also when that page is full.
    package var next: RunCursor?
}
