package import API
import Foundation

/// Calls the native API of a server. Knows no screen: it prints nothing and asks nothing.
package struct Client: Sendable {
    package let address: ServerAddress
    private let token: String?
    private let transport: any Transport
    private let policy: RetryPolicy
    private let sleep: @Sendable (Double) async -> Void

    /// - Parameters:
    ///   - token: the server's token, if it wants one.
    ///   - sleep: waits for so many seconds between calls; tests put their own in its place.
    package init(
        address: ServerAddress,
        token: String? = nil,
        transport: any Transport = CurlTransport(),
        policy: RetryPolicy = RetryPolicy(),
        sleep: @escaping @Sendable (Double) async -> Void = Client.pause
    ) {
        self.address = address
        self.token = token
        self.transport = transport
        self.policy = policy
        self.sleep = sleep
    }

    /// Waits; ends early when the task is cancelled.
    package static let pause: @Sendable (Double) async -> Void = { seconds in
        do {
            try await Task.sleep(for: .seconds(seconds))
        } catch {
            return
        }
    }

    /// Waits before asking again about a job.
    package func wait(seconds: Double) async { await sleep(seconds) }

    /// Makes a call without a body.
    /// - Parameter values: for the path's `{parameters}`, in order; encoded here.
    package func call<Message: Decodable & Sendable>(
        _ endpoint: Endpoint,
        _ values: [String] = [],
        query: [(name: String, value: String)] = [],
        timeoutSeconds: Int = 60
    ) async throws(ClientError) -> Answer<Message> {
        try await answer(
            WireRequest(
                method: endpoint.method.rawValue.uppercased(),
                url: address.url(ServerAddress.path(endpoint.path, values), query: query),
                timeoutSeconds: timeoutSeconds
            )
        )
    }

    /// Makes a call whose body is a message.
    package func call<Message: Decodable & Sendable>(
        _ endpoint: Endpoint,
        _ values: [String] = [],
        query: [(name: String, value: String)] = [],
        body: some Encodable & Sendable,
        timeoutSeconds: Int = 60
    ) async throws(ClientError) -> Answer<Message> {
        try await answer(
            WireRequest(
                method: endpoint.method.rawValue.uppercased(),
                url: address.url(ServerAddress.path(endpoint.path, values), query: query),
                headers: ["Content-Type": "application/json"],
                body: .bytes(try Self.json(body)),
                timeoutSeconds: timeoutSeconds
            )
        )
    }

    /// A message as the bytes of a body.
    static func json(_ body: some Encodable) throws(ClientError) -> [UInt8] {
        do {
            return [UInt8](try WireJSON.encoder().encode(body))
        } catch {
            throw .refused(APIError(.invalid, "The request cannot be written as JSON: \(error)"))
        }
    }

    /// Makes a call whose body is JSON that is written already.
    /// - Parameter milliseconds: for connecting and for the whole call; nil for the usual minute.
    package func call<Message: Decodable & Sendable>(
        _ endpoint: Endpoint,
        _ values: [String] = [],
        bytes: [UInt8],
        headers: [String: String] = [:],
        milliseconds: Int?
    ) async throws(ClientError) -> Answer<Message> {
        var request = WireRequest(
            method: endpoint.method.rawValue.uppercased(),
            url: address.url(ServerAddress.path(endpoint.path, values)),
            headers: headers.merging(["Content-Type": "application/json"]) { $1 },
            body: .bytes(bytes)
        )
        request.milliseconds = milliseconds
        return try await answer(request)
    }

    /// Makes a call whose body is bytes or a file, sent as they are.
    /// - Parameter onUpload: told from another thread how many bytes were sent.
    package func upload<Message: Decodable & Sendable>(
        _ endpoint: Endpoint,
        query: [(name: String, value: String)],
        body: WireRequest.Body,
        onUpload: (@Sendable (Int) -> Void)? = nil
    ) async throws(ClientError) -> Answer<Message> {
        try await answer(
            WireRequest(
                method: endpoint.method.rawValue.uppercased(),
                url: address.url(endpoint.path, query: query),
                headers: ["Content-Type": "application/octet-stream"],
                body: body,
                timeoutSeconds: 3_600,
                onUpload: onUpload
            )
        )
    }

    /// Makes a call whose answer is a file, and gives its bytes as they came.
    /// - Parameter json: the body of the call, if it takes one.
    package func download(
        _ endpoint: Endpoint,
        _ values: [String] = [],
        query: [(name: String, value: String)] = [],
        json: [UInt8]? = nil
    ) async throws(ClientError) -> [UInt8] {
        try await reply(
            WireRequest(
                method: endpoint.method.rawValue.uppercased(),
                url: address.url(ServerAddress.path(endpoint.path, values), query: query),
                headers: json == nil ? [:] : ["Content-Type": "application/json"],
                body: json.map { .bytes($0) } ?? .none,
                timeoutSeconds: 3_600
            ),
            accepting: "*/*"
        ).body
    }

    private func reply(
        _ request: WireRequest,
        accepting type: String
    ) async throws(ClientError) -> WireReply {
        var request = request
        request.headers["Accept"] = type
        if let token { request.headers["Authorization"] = "Bearer \(token)" }
        let reply = try await persist(request)
        guard (200..<300).contains(reply.status) else { throw refusal(reply) }
        return reply
    }

    private func answer<Message: Decodable & Sendable>(
        _ request: WireRequest
    ) async throws(ClientError) -> Answer<Message> {
        let reply = try await reply(request, accepting: "application/json")
        do {
            let value = try WireJSON.decoder().decode(Message.self, from: Data(reply.body))
            return Answer(value: value, body: reply.body)
        } catch {
            throw malformed(reply, "the answer lacks something that is needed (\(error))")
        }
    }

    /// Makes the call, again if need be, as the policy says.
    private func persist(_ request: WireRequest) async throws(ClientError) -> WireReply {
        var attempt = 1
        while true {
            let delay: Double
            do throws(ClientError) {
                let reply = try await transport.send(request)
                guard let wait = policy.delay(after: attempt, reply: reply) else { return reply }
                delay = wait
            } catch {
                guard let wait = policy.delay(after: attempt, error: error) else { throw error }
                delay = wait
            }
            await sleep(delay)
            if Task.isCancelled { throw .unreachable(url: address.shown, reason: "cancelled") }
            attempt += 1
        }
    }

    private func refusal(_ reply: WireReply) -> ClientError {
        do {
            return .refused(try WireJSON.decoder().decode(APIError.self, from: Data(reply.body)))
        } catch {
            let code = APIError.Code.allCases.first { $0.status == reply.status }
            if code == .unauthorized || code == .unavailable, let code {
                return .refused(APIError(code, "The server answered with status \(reply.status)."))
            }
            return malformed(reply, "the error is not in the form of the API")
        }
    }

    private func malformed(_ reply: WireReply, _ reason: String) -> ClientError {
        .malformedReply(status: reply.status, url: address.shown, reason: reason)
    }
}

/// What a call brought: the message, and the bytes exactly as the server sent them.
package struct Answer<Message: Sendable>: Sendable {
    package var value: Message
    package var body: [UInt8]

    package init(value: Message, body: [UInt8]) {
        self.value = value
        self.body = body
    }
}
