import Foundation
import FoundationNetworking

/// Calls of the demo to its own server, as a browser or a script would make them.
struct DemoCalls: Sendable {
    let origin: String
    let token: String?

    struct Failure: Error, CustomStringConvertible {
        var address: String
        var reason: String

        var description: String { "\(address) \(reason)" }
    }

    /// The body and its type; an answer other than 2xx is thrown.
    func send(
        _ method: String,
        _ address: String,
        _ body: Data? = nil
    ) async throws -> (body: Data, type: String) {
        guard let url = URL(string: origin + address) else {
            throw Failure(address: address, reason: "is no address")
        }
        let configuration = URLSessionConfiguration.ephemeral
        // A proxy of the environment must not stand between us and ourselves.
        configuration.connectionProxyDictionary = [:]
        var request = URLRequest(url: url, timeoutInterval: 30)
        request.httpMethod = method
        request.httpBody = body
        if body != nil { request.setValue("application/json", forHTTPHeaderField: "Content-Type") }
        if let token {
            request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization")
        }
        let session = URLSession(configuration: configuration)
        defer { session.finishTasksAndInvalidate() }
        let (data, response) = try await session.data(for: request)
        guard let response = response as? HTTPURLResponse, 200..<300 ~= response.statusCode else {
            let status = (response as? HTTPURLResponse)?.statusCode ?? 0
            let text = String(decoding: data.prefix(500), as: UTF8.self)
            throw Failure(address: address, reason: "answered \(status): \(text)")
        }
        return (data, response.value(forHTTPHeaderField: "Content-Type") ?? "nothing")
    }
}
