/// State of an import: the answer of `POST /api/v1/imports` and `GET /api/v1/imports/{id}`.
package struct ImportMessage: Sendable, Codable, Hashable {
    package enum Status: String, Sendable, Codable { case queued, running, finished, failed }

    package struct Rejected: Sendable, Codable, Hashable {
        /// 1-based line of the file.
        package var line: Int
        package var column: String?
        package var reason: String

        package init(line: Int, column: String?, reason: String) {
            self.line = line
            self.column = column
            self.reason = reason
        }
    }

    package var id: String
    package var project: String
    package var status: Status
    /// Share done, 0 to 1.
    package var progress: Double
    /// Runs that were new.
    package var inserted: Int
    /// Runs that an earlier import had stored.
    package var unchanged: Int
    /// The first rejected rows; `rejectedCount` counts all.
    package var rejected: [Rejected]
    package var rejectedCount: Int
    /// Rows left out by `where`.
    package var filtered: Int
    package var diverged: Int
    /// Sentences for people about values that contradict each other.
    package var notes: [String]
    /// Why a failed import failed; it left nothing.
    package var error: APIError?

    package init(id: String, project: String) {
        self.id = id
        self.project = project
        status = .queued
        progress = 0
        inserted = 0
        unchanged = 0
        rejected = []
        rejectedCount = 0
        filtered = 0
        diverged = 0
        notes = []
    }
}
