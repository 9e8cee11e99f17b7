/// Answer of `GET /api/v1/health`.
package struct Health: Sendable, Codable, Hashable {
    /// "ok", or "degraded" when the database does not answer.
    package var status: String
    package var version: String
    /// "ok", or why it does not answer.
    package var database: String

    package init(status: String, version: String, database: String) {
        self.status = status
        self.version = version
        self.database = database
    }
}

/// Version of the product, shown by `/version`, health and both programs.
package enum ProductVersion {
    package static let text = "0.1.0"
}
