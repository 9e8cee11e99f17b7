package import Runs

/// Body of `POST /api/v1/runs/bulk`: either `runs`, or `project` with an optional filter `q`.
package struct BulkRequest: Sendable, Codable, Hashable {
    package enum Operation: String, Sendable, Codable, CaseIterable {
        case delete, restore, purge
        case tag, untag, group, status
    }

    package var runs: [RunID]?
    /// Name or id.
    package var project: String?
    package var q: String?
    package var operation: Operation
    /// For `tag`.
    package var tags: [String: String]?
    /// Names of tags, for `untag`.
    package var keys: [String]?
    /// For `group`; empty takes the runs out of their groups.
    package var group: String?
    /// For `status`.
    package var status: RunStatus?
    /// Only says what would be done.
    package var dryRun: Bool?

    package init(runs: [RunID]? = nil, project: String? = nil, operation: Operation) {
        self.runs = runs
        self.project = project
        self.operation = operation
    }
}

/// Answer of `POST /api/v1/runs/bulk`.
package struct BulkAnswer: Sendable, Codable, Hashable {
    package struct Refusal: Sendable, Codable, Hashable {
        package var run: RunID
        package var reason: String

        package init(run: RunID, reason: String) {
            self.run = run
            self.reason = reason
        }
    }

    /// Runs that were asked for.
    package var matched: Int
    /// Runs that were changed, or would be.
    package var changed: Int
    /// Every run that was left alone.
    package var refused: [Refusal]
    package var dryRun: Bool

    package init(matched: Int, changed: Int, refused: [Refusal], dryRun: Bool) {
        self.matched = matched
        self.changed = changed
        self.refused = refused
        self.dryRun = dryRun
    }
}
