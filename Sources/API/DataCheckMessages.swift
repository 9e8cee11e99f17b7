package import Runs

/// Answer of `GET /api/v1/data-checks`: what is wrong or odd in a project's runs.
package struct DataCheckMessage: Sendable, Codable, Hashable {
    package enum Severity: String, Sendable, Codable {
        /// A law cannot use these runs, or would be misled by them.
        case error
        case warning
        /// Worth knowing; nothing to repair.
        case info
    }

    package struct Check: Sendable, Codable, Hashable {
        package struct Run: Sendable, Codable, Hashable {
            package var id: RunID
            package var name: String

            package init(id: RunID, name: String) {
                self.id = id
                self.name = name
            }
        }

        /// Kebab-case.
        package var kind: String
        package var severity: Severity
        /// Runs it is about; 0 when it is about all of them together.
        package var count: Int
        package var message: String
        /// What to do about it.
        package var advice: String?
        /// The first of the runs.
        package var runs: [Run]

        package init(
            kind: String,
            severity: Severity,
            count: Int = 0,
            message: String,
            advice: String? = nil,
            runs: [Run] = []
        ) {
            self.kind = kind
            self.severity = severity
            self.count = count
            self.message = message
            self.advice = advice
            self.runs = runs
        }
    }

    /// Runs looked at.
    package var runs: Int
    /// Runs that no error or warning is about.
    package var clean: Int
    /// Errors first.
    package var checks: [Check]

    package init(runs: Int, clean: Int, checks: [Check]) {
        self.runs = runs
        self.clean = clean
        self.checks = checks
    }
}
