/// Carries one request to a server and brings its reply. Tests put a fake in its place.
package protocol Transport: Sendable {
    func send(_ request: WireRequest) async throws(ClientError) -> WireReply
}

/// One HTTP request.
package struct WireRequest: Sendable {
    package enum Body: Sendable {
        case none
        case bytes([UInt8])
        /// Streamed from disk; `byteCount` is announced to the server.
        case file(path: String, byteCount: Int)
    }

    /// GET, POST, PUT, PATCH or DELETE.
    package var method: String
    package var url: String
    package var headers: [String: String]
    package var body: Body
    /// For the whole call.
    package var timeoutSeconds: Int
    /// For the whole call, connecting included, in place of `timeoutSeconds`.
    package var milliseconds: Int?
    /// Told how many bytes of the body were sent, from another thread.
    package var onUpload: (@Sendable (Int) -> Void)?

    package init(
        method: String,
        url: String,
        headers: [String: String] = [:],
        body: Body = .none,
        timeoutSeconds: Int = 60,
        onUpload: (@Sendable (Int) -> Void)? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeoutSeconds = timeoutSeconds
        self.onUpload = onUpload
    }
}

/// One HTTP reply. Header names are lower case.
package struct WireReply: Sendable {
    package var status: Int
    package var headers: [String: String]
    package var body: [UInt8]

    package init(status: Int, headers: [String: String] = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
