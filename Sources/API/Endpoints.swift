/// One call of the native API: what server and client agree on.
package struct Endpoint: Sendable, Hashable {
    package enum Method: String, Sendable { case get, post, put, patch, delete }

    package var method: Method
    /// Path with parameters in braces: `/api/v1/runs/{id}`.
    package var path: String
    /// One sentence: what it answers.
    package var summary: String

    package init(_ method: Method, _ path: String, _ summary: String) {
        self.method = method
        self.path = path
        self.summary = summary
    }
}

/// Every call under `/api/v1`. A test compares this list with the routes the server has.
package enum Endpoints {
    package static let all: [Endpoint] = [
        health
    ]

    package static let health = Endpoint(
        .get,
        "/api/v1/health",
        "Whether the server and its database answer."
    )
}
